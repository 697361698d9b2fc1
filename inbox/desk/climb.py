"""Their time was up: they climb, and whoever gets them must look at them, whatever they waited for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from inbox import hot
from inbox.activity import record_all
from inbox.desk.levels import rungs
from inbox.desk.ownership import standing
from inbox.desk.tell import overtaken, tell_all
from inbox.errors import AlreadyDone, NotAllowed, StaysAtTheTop
from inbox.models import Activity, Agent, Cause, Conversation, Interval, Notice, NoticeKind, State

# One statement for a whole batch: the values travel as arrays.
CLIMB = """
UPDATE inbox_conversation c SET owner_id = d.owner, level = d.level, state = 'open', snoozed_until = NULL
FROM unnest(%s::bigint[], %s::bigint[], %s::smallint[]) AS d (id, owner, level) WHERE c.id = d.id
"""


@dataclass(frozen=True, slots=True)
class Rise:
    """One conversation, who answered for it, who gets it, on which level, and why, as a sentence to be translated."""

    conversation: Conversation
    held_by: Agent
    to: Agent
    level: int
    why: dict[str, object]


def climb(rises: Sequence[Rise], *, now: datetime) -> dict[int, Interval]:
    """Make each his, on that level, and tell both. Return the new stretches by conversation.

    So many may fall due at once that each statement is for all of them. Call with the rows locked. Raise AlreadyDone
    if one is solved, NotAllowed if somebody does not work here any more, StaysAtTheTop if one would go to the highest
    level but to nobody who stands on it; then nothing has happened.
    """
    if not rises:
        return {}
    _may(rises)
    there = [rise.conversation.pk for rise in rises]
    Interval.objects.filter(conversation__in=there, ended_at=None).update(ended_at=now, ended_by=Cause.TIMED_OUT)
    _move(rises)
    begun = {interval.conversation_id: interval for interval in Interval.objects.bulk_create(_begun(rises, now))}
    record_all([_line(rise, begun[rise.conversation.pk], now) for rise in rises])
    overtaken(there, now=now)
    tell_all(notice for rise in rises for notice in _notices(rise, now))
    return begun


def _may(rises: Iterable[Rise]) -> None:
    if any(rise.conversation.state == State.SOLVED for rise in rises):
        raise AlreadyDone
    wanted = {rise.to.pk for rise in rises}
    # Held until the transaction ends: who switches one of them off meanwhile has looked already at what he has.
    here = Agent.objects.select_for_update(no_key=True).filter(pk__in=wanted, is_active=True).order_by("pk")
    if len(here) != len(wanted):
        raise NotAllowed
    ladder = rungs()
    if any(ladder.is_at_the_top(rise.level) and rise.to not in ladder.people(rise.level) for rise in rises):
        raise StaysAtTheTop


def _move(rises: Sequence[Rise]) -> None:
    hot.change(CLIMB, ([r.conversation.pk for r in rises], [r.to.pk for r in rises], [r.level for r in rises]))
    for rise in rises:
        row = rise.conversation
        row.owner, row.level, row.state, row.snoozed_until = rise.to, rise.level, State.OPEN, None


def _begun(rises: Iterable[Rise], now: datetime) -> list[Interval]:
    return [
        Interval(
            conversation=rise.conversation,
            team_id=rise.conversation.team_id,
            owner=rise.to,
            level=rise.level,
            started_at=now,
            began_by=Cause.TIMED_OUT,
            why=rise.why,
        )
        for rise in rises
    ]


def _line(rise: Rise, begun: Interval, now: datetime) -> Activity:
    row = rise.conversation
    data = {"interval": begun.pk, "owner": rise.to.pk, "team": row.team_id, **standing(row)}
    return Activity(verb=Cause.TIMED_OUT, at=now, conversation_id=row.pk, data=data)


def _notices(rise: Rise, now: datetime) -> Iterable[Notice]:
    if rise.to == rise.held_by:
        return
    yield Notice(agent=rise.to, kind=NoticeKind.CLIMBED, conversation=rise.conversation, at=now)
    yield Notice(agent=rise.held_by, kind=NoticeKind.GONE, conversation=rise.conversation, about=rise.to, at=now)
