"""Browsers of one's own that ring while their pages are all closed: adding one, and ending it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop

from connectors.webpush import Subscription
from inbox.errors import Invalid
from inbox.models import Agent, Browser

MOST = 10  # of one person: each of them is an address that we write to


def add(
    agent: Agent, subscription: Subscription, *, name: str, language: str, replaces: UUID | None, now: datetime
) -> Browser:
    """From now on it rings in this browser, in this language unless he has chosen one for himself.

    It takes the place of what the same browser was before (`replaces` is its handle), whoever sat there then.
    Raise Invalid for an address without TLS, and for one browser too many.
    """
    if not subscription.endpoint.startswith("https://") or len(subscription.endpoint) > 1000:
        raise Invalid
    with transaction.atomic():
        Agent.objects.select_for_update().get(pk=agent.pk)
        Browser.objects.filter(Q(endpoint=subscription.endpoint) | Q(handle=replaces)).delete()
        if Browser.objects.filter(agent=agent).count() >= MOST:
            raise Invalid(
                gettext_noop("You are told in %(most)s browsers already. Remove one of them first."), most=MOST
            )
        return Browser.objects.create(
            agent=agent,
            endpoint=subscription.endpoint,
            key=subscription.key,
            secret=subscription.secret,
            name=name[:100],
            language=language,
            since=now,
        )


def remove(agent: Agent, browser_id: int) -> None:
    """Nothing rings there any more. One of somebody else stays as it is."""
    Browser.objects.filter(agent=agent, pk=browser_id).delete()


def signed_out(handle: UUID) -> None:
    """Whoever sat at this browser has left it: what he is told is not for the next one."""
    Browser.objects.filter(handle=handle).delete()


def signed_in(agent: Agent, handle: UUID) -> None:
    """He sits at this browser now; somebody before him may have left it without signing out."""
    Browser.objects.filter(handle=handle).exclude(agent=agent).delete()
