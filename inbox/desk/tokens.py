"""Keys with which one's programs act in one's name."""

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from inbox.activity import record
from inbox.desk.links import digest
from inbox.errors import Invalid
from inbox.models import Agent, ApiToken


def make_token(name: str, *, expires_at: datetime | None, by: Agent, now: datetime) -> tuple[ApiToken, str]:
    """A new token of his, and its secret, which is not kept. Raise Invalid for an end that has passed."""
    if expires_at and expires_at <= now:
        raise Invalid(gettext_noop("This time has already passed."))
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        token = ApiToken.objects.create(
            agent=by, name=name, digest=digest(secret), created_at=now, expires_at=expires_at
        )
        record("token_made", now=now, by=by, token=token.pk)
    return token, secret


def delete_token(token: ApiToken, *, by: Agent, now: datetime) -> None:
    """End it at once."""
    with transaction.atomic():
        record("token_deleted", now=now, by=by, token=token.pk)
        token.delete()
