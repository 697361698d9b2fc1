"""The month's numbers, one function each, from the history of ownership alone; its docstring is what the page says.

Each returns a statement whose rows are what is counted: team, person (nobody where the queue had it), conversation,
when it was, and how long it lasted where that is what counts. It takes `teams`, `starts`, `ends` and `now`.
"""

from collections.abc import Callable
from inspect import cleandoc
from typing import LiteralString

from django.utils.translation import gettext, gettext_noop

# Stretches that ended in the month, for whoever had the problem until then.
ENDED = """
SELECT i.team_id, i.owner_id, i.conversation_id, i.ended_at, NULL::interval FROM inbox_interval i
WHERE i.team_id = ANY(%(teams)s) AND i.ended_at >= %(starts)s AND i.ended_at < %(ends)s"""
# The same for the person who ended it, in the team that had it: a supervisor may pass on what somebody else has.
PASSED = """
SELECT i.team_id, n.by_id, i.conversation_id, i.ended_at, NULL::interval FROM inbox_interval i
JOIN inbox_interval n ON n.conversation_id = i.conversation_id AND n.started_at = i.ended_at AND n.began_by = i.ended_by
WHERE i.team_id = ANY(%(teams)s) AND i.ended_at >= %(starts)s AND i.ended_at < %(ends)s"""
# Whoever took his own act back, as the pages offer it for a moment, has not done it.
PUT_BACK = """ AND NOT EXISTS (
    SELECT FROM inbox_interval b WHERE b.conversation_id = n.conversation_id AND n.ended_by = 'given_back'
      AND b.started_at = n.ended_at AND b.began_by = 'given_back' AND b.by_id = n.by_id)"""
# What somebody had in the month, cut at its edges.
HELD = """
SELECT i.team_id, i.owner_id, i.conversation_id, greatest(i.started_at, %(starts)s),
    least(coalesce(i.ended_at, %(now)s), %(ends)s) - greatest(i.started_at, %(starts)s)
FROM inbox_interval i WHERE i.team_id = ANY(%(teams)s) AND i.owner_id IS NOT NULL"""
# Each sort of stretch has its index: few cover a whole month, and only those that last so long can.
WITHIN = (
    " AND i.ended_at >= %(starts)s AND i.ended_at < %(ends)s",
    " AND i.ended_at >= %(ends)s AND i.started_at >= %(starts)s AND i.started_at < %(ends)s",
    " AND i.ended_at >= %(ends)s AND i.started_at < %(starts)s AND i.ended_at - i.started_at >= interval '27 days'",
    " AND i.ended_at IS NULL AND i.started_at < least(%(ends)s, %(now)s) AND %(now)s > %(starts)s",
)


def opened() -> LiteralString:
    """Problems that began in this month. A person's are those that he was the first to have."""
    return """
SELECT i.team_id, first.owner_id, i.conversation_id, i.started_at, NULL::interval
FROM inbox_interval i LEFT JOIN LATERAL (
    SELECT f.owner_id FROM inbox_interval f WHERE f.conversation_id = i.conversation_id AND f.owner_id IS NOT NULL
    ORDER BY f.started_at, f.id LIMIT 1) first ON true
WHERE i.team_id = ANY(%(teams)s) AND i.began_by IN ('opened', 'split')
  AND i.started_at >= %(starts)s AND i.started_at < %(ends)s"""


def solved() -> LiteralString:
    """Solutions in this month, for whoever had the problem then. Solved twice, it counts twice.

    One that a colleague took back within 10 seconds counts as none.
    """
    return (
        ENDED
        + """ AND i.ended_by = 'solved' AND NOT EXISTS (
    SELECT FROM inbox_interval r WHERE r.conversation_id = i.conversation_id AND r.began_by = 'reopened'
      AND r.by_id IS NOT NULL AND r.started_at >= i.ended_at AND r.started_at <= i.ended_at + interval '10 seconds')"""
    )


def solved_for_good() -> LiteralString:
    """Solutions in this month after which the problem was not opened again within 7 days, or has not been so far."""
    return (
        solved()
        + """ AND NOT EXISTS (
    SELECT FROM inbox_interval r WHERE r.conversation_id = i.conversation_id AND r.began_by = 'reopened'
      AND r.started_at >= i.ended_at AND r.started_at <= i.ended_at + interval '7 days')"""
    )


def passed_on() -> LiteralString:
    """How often somebody passed a problem on to a colleague or another team, by choice and with a reason.

    What he put back himself he has not passed on.
    """
    return PASSED + " AND i.ended_by = 'passed_on'" + PUT_BACK


def passed_up() -> LiteralString:
    """How often somebody passed a problem up to the next level, by choice and with a reason."""
    return PASSED + " AND i.ended_by = 'passed_up'" + PUT_BACK


def timed_out() -> LiteralString:
    """How often a problem climbed because its time was up, for whoever had it until then."""
    return ENDED + " AND i.ended_by = 'timed_out'"


def taken_over() -> LiteralString:
    """How often somebody else took a problem over, for whoever had it until then."""
    return ENDED + " AND i.ended_by = 'taken_over' AND i.owner_id IS NOT NULL"


def at_shift_end() -> LiteralString:
    """How often a problem was handed over because a shift ended. Nobody is to blame for that."""
    return ENDED + " AND i.ended_by = 'shift_end'"


def in_absence() -> LiteralString:
    """How often a problem was moved because somebody left before the end of a shift, or was not seen in it for long."""
    return ENDED + " AND i.ended_by = 'absence'"


def held() -> LiteralString:
    """How long people had problems in this month, waiting for customers included; what they still have, until now."""
    return " UNION ALL ".join(HELD + part for part in WITHIN)


# In the order of the columns; what a head says of each.
NUMBERS: dict[str, tuple[str, Callable[[], LiteralString]]] = {
    "opened": (gettext_noop("Opened"), opened),
    "solved": (gettext_noop("Solved"), solved),
    "for-good": (gettext_noop("Solved for good"), solved_for_good),
    "passed-on": (gettext_noop("Passed on"), passed_on),
    "passed-up": (gettext_noop("Passed up"), passed_up),
    "timed-out": (gettext_noop("Timed out"), timed_out),
    "taken-over": (gettext_noop("Taken over"), taken_over),
    "shift-end": (gettext_noop("Handed over at shift end"), at_shift_end),
    "absence": (gettext_noop("Moved in absence"), in_absence),
    "held": (gettext_noop("Time held, h"), held),
}


def label(number: str) -> str:
    """What its head says. Raise KeyError for a number that there is not."""
    return gettext(NUMBERS[number][0])


def definition(number: str) -> str:
    """What it means, as its function says."""
    return gettext(" ".join(cleandoc(NUMBERS[number][1].__doc__ or "").split()))
