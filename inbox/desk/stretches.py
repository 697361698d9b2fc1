"""The stretches of ownership as rows: one ends, the next begins, and whoever got it says that he has it."""

import json
from datetime import datetime

from inbox import hot
from inbox.models import Agent, Cause, Conversation, Interval

# A sweep's `now` may be older than what was done while it worked: no stretch ends before it began.
END = """
UPDATE inbox_interval SET ended_at = greatest(started_at, %(now)s), ended_by = %(cause)s
WHERE conversation_id = %(conversation)s AND ended_at IS NULL RETURNING ended_at
"""
# The row, the stretch that ends and the one that begins change hands together; the database compares them at the end.
HAND = """
WITH ended AS (
    UPDATE inbox_interval SET ended_at = greatest(started_at, %(now)s), ended_by = %(cause)s
    WHERE conversation_id = %(conversation)s AND ended_at IS NULL RETURNING ended_at),
moved AS (
    UPDATE inbox_conversation SET team_id = %(team)s, owner_id = %(owner)s::bigint, level = %(level)s
    WHERE id = %(conversation)s)
INSERT INTO inbox_interval (conversation_id, team_id, owner_id, level, started_at, began_by, ended_by, by_id, reason,
    note, why, accepted_at)
SELECT %(conversation)s, %(team)s, %(owner)s::bigint, %(level)s, begins.at, %(cause)s, '', %(by)s::bigint, %(reason)s,
    %(note)s, %(why)s::jsonb, CASE WHEN %(accepted)s THEN begins.at END
FROM (SELECT coalesce((SELECT ended_at FROM ended), %(now)s::timestamptz) AS at) AS begins
RETURNING id, started_at, accepted_at
"""
ACCEPT = """
UPDATE inbox_interval SET accepted_at = %(now)s
WHERE conversation_id = %(conversation)s AND owner_id = %(by)s AND ended_at IS NULL AND accepted_at IS NULL
"""


def change_hands(begun: Interval) -> None:
    """Write down a stretch that begins, and with it whose the conversation is and that the stretch before it ended.

    No stretch ends before it began: the new one then begins as late.
    """
    values = {
        "conversation": begun.conversation_id,
        "team": begun.team_id,
        "owner": begun.owner_id,
        "level": begun.level,
        "now": begun.started_at,
        "cause": begun.began_by,
        "by": begun.by_id,
        "reason": begun.reason,
        "note": begun.note,
        "why": json.dumps(begun.why) if begun.why is not None else None,
        "accepted": begun.accepted_at is not None,
    }
    ((begun.pk, begun.started_at, begun.accepted_at),) = hot.fetch(HAND, values)


def end(conversation: Conversation, *, now: datetime, cause: Cause) -> datetime:
    """End the present stretch. Return when that was: `now`, or when it began if that is later."""
    rows = hot.fetch(END, {"conversation": conversation.pk, "now": now, "cause": cause})
    return rows[0][0] if rows else now


def accepted(conversation: Conversation, by: Agent, now: datetime) -> bool:
    """His mark that he has what was given to him; whether there was anything to mark."""
    return bool(hot.change(ACCEPT, {"conversation": conversation.pk, "by": by.pk, "now": now}))
