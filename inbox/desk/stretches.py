"""The stretches of ownership as rows: one ends, the next begins, and whoever got it says that he has it."""

import json
from datetime import datetime

from inbox import hot
from inbox.activity import announce
from inbox.models import Agent, Cause, Conversation, Interval, State

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
    WHERE id = %(conversation)s),
begun AS (
    INSERT INTO inbox_interval (conversation_id, team_id, owner_id, level, started_at, began_by, ended_by, by_id,
        reason, note, why, accepted_at)
    SELECT %(conversation)s, %(team)s, %(owner)s::bigint, %(level)s, begins.at, %(cause)s, '', %(by)s::bigint,
        %(reason)s, %(note)s, %(why)s::jsonb, CASE WHEN %(accepted)s THEN begins.at END
    FROM (SELECT coalesce((SELECT ended_at FROM ended), %(now)s::timestamptz) AS at) AS begins
    RETURNING id, started_at, accepted_at),
line AS (
    INSERT INTO inbox_activity (verb, at, actor_id, conversation_id, data)
    SELECT %(cause)s, begun.started_at, %(by)s::bigint, %(conversation)s,
        jsonb_build_object('interval', begun.id) || %(about)s::jsonb
    FROM begun RETURNING id)
SELECT begun.id, begun.started_at, begun.accepted_at, line.id, pg_notify('otvet_activity', '') FROM begun, line
"""
SOLVE = """
WITH ended AS (
    UPDATE inbox_interval SET ended_at = greatest(started_at, %(now)s), ended_by = 'solved'
    WHERE conversation_id = %(conversation)s AND ended_at IS NULL RETURNING ended_at),
solved AS (
    UPDATE inbox_conversation SET state = 'solved', snoozed_until = NULL,
        solved_at = coalesce((SELECT ended_at FROM ended), %(now)s::timestamptz)
    WHERE id = %(conversation)s RETURNING solved_at, owner_id),
line AS (
    INSERT INTO inbox_activity (verb, at, actor_id, conversation_id, data)
    SELECT 'solved', solved_at, %(by)s::bigint, %(conversation)s, jsonb_build_object('owner', owner_id)
    FROM solved RETURNING id)
SELECT solved.solved_at, solved.owner_id, line.id, pg_notify('otvet_activity', '') FROM solved, line
"""
# Who answers what was given to him has accepted it.
ANSWER = """
WITH accepted AS (
    UPDATE inbox_interval SET accepted_at = %(now)s
    WHERE conversation_id = %(conversation)s AND owner_id = %(by)s AND ended_at IS NULL AND accepted_at IS NULL),
answered AS (
    UPDATE inbox_conversation SET last_message = %(message)s, last_activity_at = %(now)s, we_spoke_last = true,
        preview = %(preview)s, state = %(state)s, snoozed_until = %(snoozed_until)s
    WHERE id = %(conversation)s)
INSERT INTO inbox_activity (verb, at, actor_id, conversation_id, data)
VALUES ('replied', %(now)s, %(by)s, %(conversation)s, %(about)s::jsonb)
RETURNING id, pg_notify('otvet_activity', '')
"""
ACCEPT = """
UPDATE inbox_interval SET accepted_at = %(now)s
WHERE conversation_id = %(conversation)s AND owner_id = %(by)s AND ended_at IS NULL AND accepted_at IS NULL
"""


def change_hands(begun: Interval, **about: object) -> None:
    """Write down a stretch that begins, and with it whose the conversation is and that the stretch before it ended.

    No stretch ends before it began: the new one then begins as late. The log says so, with what is told `about` it.
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
        "about": json.dumps(about),
    }
    ((begun.pk, begun.started_at, begun.accepted_at, line, _notified),) = hot.fetch(HAND, values)
    of, when, by = begun.conversation_id, begun.started_at, begun.by
    announce(line, verb=begun.began_by, now=when, conversation=of, by=by, interval=begun.pk, **about)


def end_solved(conversation: Conversation, *, by: Agent, now: datetime) -> datetime:
    """End the present stretch and close the row; the log says so. Return when that was, as `end` does."""
    values = {"conversation": conversation.pk, "now": now, "by": by.pk}
    ((solved_at, owner, line, _notified),) = hot.fetch(SOLVE, values)
    conversation.state, conversation.solved_at, conversation.snoozed_until = State.SOLVED, solved_at, None
    announce(line, verb="solved", now=solved_at, conversation=conversation.pk, by=by, owner=owner)
    return conversation.solved_at


def end(conversation: Conversation, *, now: datetime, cause: Cause) -> datetime:
    """End the present stretch. Return when that was: `now`, or when it began if that is later."""
    rows = hot.fetch(END, {"conversation": conversation.pk, "now": now, "cause": cause})
    return rows[0][0] if rows else now


def mark_answered(conversation: Conversation, *, by: Agent, now: datetime, message: int, **about: object) -> None:
    """Write down how the row stands after an answer, and that he has what he answers; the log says so."""
    values = {
        "conversation": conversation.pk,
        "message": message,
        "by": by.pk,
        "now": now,
        "preview": conversation.preview,
        "state": conversation.state,
        "snoozed_until": conversation.snoozed_until,
        "about": json.dumps({"message": message, **about}),
    }
    ((line, _notified),) = hot.fetch(ANSWER, values)
    announce(line, verb="replied", now=now, conversation=conversation.pk, by=by, message=message, **about)


def accepted(conversation: Conversation, by: Agent, now: datetime) -> bool:
    """His mark that he has what was given to him; whether there was anything to mark."""
    return bool(hot.change(ACCEPT, {"conversation": conversation.pk, "by": by.pk, "now": now}))
