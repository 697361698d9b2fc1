"""The append-only log. Audit, reports, the live view and escalation all hang on `record`."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection
from django.dispatch import Signal

from inbox.models import Activity, Agent, Conversation

CHANNEL = "otvet_activity"  # what PostgreSQL's NOTIFY calls it

# Sent with `activity` (unsaved but for its pk where SQL wrote it) inside the transaction: receivers write rows
# of their own, nothing else.
activity_recorded = Signal()


def record(
    verb: str,
    *,
    now: datetime,
    by: Agent | None = None,
    conversation: Conversation | int | None = None,
    **data: Any,
) -> Activity:
    """Write down that something happened, and tell the live view when the transaction commits.

    `data` is ids and short facts; no bodies, no addresses: the log outlives the erasing of a person.
    """
    where = conversation.pk if isinstance(conversation, Conversation) else conversation
    activity = Activity(verb=verb, at=now, actor=by, conversation_id=where, data=data)
    record_all([activity])
    return activity


def record_all(lines: Iterable[Activity]) -> None:
    """Write down many at once, in one statement."""
    written = Activity.objects.bulk_create(lines)
    with connection.cursor() as cursor:
        # PostgreSQL delivers a notification only if and when the transaction commits.
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])
    for activity in written:
        activity_recorded.send(sender=Activity, activity=activity)


def announce(pk: int, *, verb: str, now: datetime, conversation: int, **data: Any) -> None:
    """Send the signal for a row that a statement of the hot path wrote, and notified, itself."""
    activity = Activity(pk=pk, verb=verb, at=now, conversation_id=conversation, data=data)
    activity_recorded.send(sender=Activity, activity=activity)
