"""Links that work once: an invitation, a sign-in, the first admin. Only their hashes are kept."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction

from inbox.activity import record
from inbox.errors import NotFound
from inbox.models import Agent, OneTimeLink, Purpose
from inbox.permissions import Can, require

LASTS = {
    Purpose.INVITE: timedelta(hours=72),
    Purpose.SIGN_IN: timedelta(hours=12),
    Purpose.FIRST_ADMIN: timedelta(hours=72),
}


def invite(agent: Agent, *, by: Agent, now: datetime) -> str:
    """A new invitation for somebody; earlier links of his end. Return the secret, which is not kept."""
    require(by, Can.RUN_PEOPLE)
    with transaction.atomic():
        OneTimeLink.objects.filter(agent=agent, used_at=None).delete()
        record("invited", now=now, by=by, agent=agent.pk)
        return make_link(Purpose.INVITE, agent, now=now, by=by)


def make_link(purpose: Purpose, agent: Agent | None, *, now: datetime, by: Agent | None = None) -> str:
    """A link's secret: 256 random bits. Whoever has it may use it, once, until it ends."""
    secret = secrets.token_urlsafe(32)
    OneTimeLink.objects.create(
        agent=agent, purpose=purpose, digest=digest(secret), expires_at=now + LASTS[purpose], made_by=by
    )
    return secret


def look(secret: str, *, now: datetime) -> OneTimeLink:
    """The link, if it can still be used. Raise NotFound: unknown, used and ended look the same from outside."""
    link = OneTimeLink.objects.select_related("agent").filter(digest=digest(secret), used_at=None).first()
    if link is None or link.expires_at <= now or (link.agent and not link.agent.is_active):
        raise NotFound
    return link


def use(secret: str, *, now: datetime) -> OneTimeLink:
    """Use the link up. Of two who try at once, one gets NotFound."""
    link = look(secret, now=now)
    if not OneTimeLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now):
        raise NotFound
    return link


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return sha256(secret.encode()).hexdigest()
