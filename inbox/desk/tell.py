"""Telling a colleague something that he must not miss: it waits for him until he has seen it."""

from collections.abc import Iterable
from datetime import datetime

from inbox.models import Agent, Conversation, Notice, NoticeKind


def tell(
    agent: Agent, kind: NoticeKind, conversation: Conversation | None, *, now: datetime, about: Agent | None = None
) -> None:
    """Leave him a notice. Call inside the transaction of what it tells of."""
    Notice.objects.create(agent=agent, kind=kind, conversation=conversation, about=about, at=now)


def tell_all(notices: Iterable[Notice]) -> None:
    """Leave many at once, in one statement."""
    Notice.objects.bulk_create(notices)


def seen(agent: Agent, *, now: datetime) -> None:
    """He has seen all of his notices."""
    Notice.objects.filter(agent=agent, read_at=None).update(read_at=now)


def seen_of(agent: Agent, conversation: Conversation, *, now: datetime) -> None:
    """He has this conversation on his screen: what he was told of it is no news any more."""
    Notice.objects.filter(agent=agent, conversation=conversation, read_at=None).update(read_at=now)
