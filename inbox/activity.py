"""The append-only log. Audit, reports, the live view and escalation all hang on `record`."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.dispatch import Signal

from inbox import hot
from inbox.models import Activity, Agent, Conversation

# The rows, and the notification of the live view, which PostgreSQL delivers only if and when they are committed.
WRITE = """
INSERT INTO inbox_activity (verb, at, actor_id, conversation_id, data)
SELECT * FROM unnest(%(verbs)s::text[], %(times)s::timestamptz[], %(actors)s::bigint[], %(conversations)s::bigint[],
    %(data)s::text[]::jsonb[])
RETURNING id, pg_notify('otvet_activity', '')
"""

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
    written = list(lines)
    if not written:
        return
    columns = {
        "verbs": [line.verb for line in written],
        "times": [line.at for line in written],
        "actors": [line.actor_id for line in written],
        "conversations": [line.conversation_id for line in written],
        "data": [json.dumps(line.data) for line in written],
    }
    for activity, (pk, _) in zip(written, hot.fetch(WRITE, columns), strict=True):
        activity.pk = pk
    for activity in written:
        activity_recorded.send(sender=Activity, activity=activity)


def announce(pk: int, *, verb: str, now: datetime, conversation: int, by: Agent | None = None, **data: Any) -> None:
    """Send the signal for a row that a statement of the hot path wrote, and notified, itself."""
    activity = Activity(pk=pk, verb=verb, at=now, actor=by, conversation_id=conversation, data=data)
    activity_recorded.send(sender=Activity, activity=activity)
