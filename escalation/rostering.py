"""Carrying plans out: shifts begin and end, hand-over lists are made, and nobody stays away unseen.

Each person has a row that falls due at the next instant of his plan. What lies behind us is done once and in order,
however long nobody looked: a shift that began and ended meanwhile is no shift any more.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from escalation import handover, rosters
from escalation.models import Roster
from escalation.shifts import Stretch, next_start, present
from escalation.staff import watchers_of
from inbox import hot
from inbox.desk import presence
from inbox.desk.tell import tell
from inbox.errors import NotAllowed
from inbox.models import Agent, Cause, NoticeKind, Status
from inbox.permissions import Can, allows, roles_of

log = logging.getLogger(__name__)

BACK = timedelta(days=1)  # enough of the past to tell a shift that goes on from the next one
HORIZON = timedelta(days=15)
AT_LEAST_EVERY = timedelta(days=1)  # a zone's rules may change with an update, and nothing says so
LIST_BEFORE = timedelta(minutes=15)
UNSEEN_FOR = timedelta(minutes=30)
LATE = timedelta(minutes=5)  # a look that is later than so says that nobody looked, not that nobody was there
AGAIN_AFTER_TROUBLE = timedelta(minutes=5)

# With the person himself, as everybody holds him first who changes how he stands.
DUE = """
WHERE (t.due_at <= %(now)s OR t.watch_at <= %(now)s) AND (%(only)s::bigint IS NULL OR t.agent_id = %(only)s)
ORDER BY least(t.due_at, t.watch_at), t.agent_id LIMIT 1 FOR NO KEY UPDATE OF t, agent SKIP LOCKED
"""
WHERE_HE_STANDS = (
    *("due_at", "shift_until", "warned_until", "left_until", "watched_since", "watch_at", "told_away", "moves"),
)
SOMETHING_DUE = "SELECT FROM escalation_roster WHERE due_at <= %(now)s OR watch_at <= %(now)s LIMIT 1"
# Who was seen since it was said when to look at him need not be looked at yet.
SEEN_MEANWHILE = """
UPDATE escalation_roster r SET watch_at = seen.until FROM (
    SELECT w.agent_id,
        greatest(a.seen_at, a.on_shift_since, w.watched_since, a.away_since + make_interval(secs => %(away_for)s))
        + make_interval(secs => %(unseen_for)s) AS until
    FROM escalation_roster w JOIN inbox_agent a ON a.id = w.agent_id WHERE w.watch_at <= %(now)s) seen
WHERE r.agent_id = seen.agent_id AND r.watch_at <= %(now)s AND seen.until > %(now)s
"""


def run(now: datetime) -> int:
    """Do everything in plans that is due, oldest first. Return how many looks it took. Several at once do it once."""
    away_for, unseen_for = handover.AWAY_FOR.total_seconds(), UNSEEN_FOR.total_seconds()
    hot.change(SEEN_MEANWHILE, {"away_for": away_for, "unseen_for": unseen_for, "now": now})
    looks = 0
    while _look(now):
        looks += 1
    return looks


def look(agent: Agent, now: datetime) -> None:
    """Do at once what is due for one person: he, or who plans for him, waits for it."""
    rosters.look_at([agent.pk], now)
    while _look(now, only=agent.pk):
        pass


def absent(agent: Agent, *, by: Agent, now: datetime) -> int:
    """A supervisor says that he is not here: everything open of his is moved at once. Return how many went.

    Raise NotAllowed unless `by` watches over a team of his.
    """
    if not any(held.team_id and allows(by, Can.ASSIGN, held.team_id) for held in roles_of(agent)):
        raise NotAllowed
    rosters.look_at([agent.pk], now)
    with transaction.atomic():
        presence.go_off_shift(agent, now=now, by=by)
        roster = Roster.objects.select_for_update(no_key=True).get(pk=agent.pk)
        _leaves(roster, roster.shift_until)
        roster.moves = Cause.ABSENCE
        roster.save()
    return _move(roster, now, then=now, by=by)


def _look(now: datetime, only: int | None = None) -> bool:
    """Take one step of the plan that is due first; whether there was one that nobody else is at."""
    if only is None and not hot.fetch(SOMETHING_DUE, {"now": now}):
        return False
    with transaction.atomic():
        found = hot.rows(Roster, DUE, {"now": now, "only": only}, joined=("agent",))
        if not found:
            return False
        (roster,) = found
        then = now if roster.moves else _stepped(roster, now)
        roster.due_at, roster.watch_at = now if roster.moves else then, _watch_at(roster, now)
        hot.write(roster, *WHERE_HE_STANDS)
    if roster.moves:
        _move(roster, now, then=then)
    return True


def _stepped(roster: Roster, now: datetime) -> datetime | None:
    """Take the step. A plan that cannot be carried out must not stop all others: it is tried again later."""
    try:
        with transaction.atomic():
            return _step(roster, now)
    except Exception:
        log.exception("the plan of person %s cannot be carried out", roster.pk)
        roster.refresh_from_db()
        return now + AGAIN_AFTER_TROUBLE


def _move(roster: Roster, now: datetime, *, then: datetime | None, by: Agent | None = None) -> int:
    """Move what he has, and look again `then`.

    Not in the transaction that ended his shift: two whose shifts end at once may be each other's receivers.
    """
    agent, moved = _as_he_is(roster.pk), 0
    stands = Roster.objects.filter(pk=roster.pk, moves=roster.moves)
    try:
        if agent.status == Status.OFF:
            moved = handover.move(agent, now=now, cause=Cause(roster.moves), by=by)
    except Exception:
        log.exception("the work of person %s cannot be moved", roster.pk)
        stands.update(due_at=now + AGAIN_AFTER_TROUBLE)
        return 0
    stands.update(moves="", due_at=then)
    return moved


def _step(roster: Roster, now: datetime) -> datetime | None:
    """What comes next in his plan. Return when to look again; None if nothing is planned for him."""
    agent, was_due = roster.agent, roster.first_due or now
    if not agent.is_active:
        roster.shift_until = None
        return None
    if now - was_due > LATE:
        roster.watched_since = now
    plan = rosters.planned([agent], now - BACK, now + HORIZON)[agent.pk]
    stretch = present(plan, now)
    if roster.shift_until and (stretch is None or stretch.starts >= roster.shift_until):
        _end(roster, now)
    elif roster.shift_until and agent.status == Status.OFF:
        _leaves(roster, roster.shift_until)
    elif stretch and not _has_left(roster, stretch) and (roster.shift_until or stretch.starts <= was_due):
        _within(roster, stretch, now)
    agent = roster.agent = _as_he_is(roster.pk)
    if agent.status != Status.OFF and _seen(roster) + UNSEEN_FOR <= now:
        _is_absent(roster, now)
        agent = roster.agent = _as_he_is(roster.pk)
    elif roster.shift_until:
        _make_list(roster, roster.shift_until, now)
    _offer(roster, now)
    starts = next_start(plan, now) or rosters.next_start(agent, now)
    presence.expect(agent, starts)
    return _next_look(roster, stretch, starts, now)


def _as_he_is(pk: int) -> Agent:
    (agent,) = hot.rows(Agent, "WHERE t.id = %s", [pk])
    return agent


def _end(roster: Roster, now: datetime) -> None:
    roster.shift_until = None
    roster.moves = Cause.SHIFT_END
    presence.go_off_shift(roster.agent, now=now)


def _has_left(roster: Roster, stretch: Stretch) -> bool:
    """Whether he went before its end, and has not come back by himself."""
    gone = roster.agent.status == Status.OFF and roster.left_until is not None
    return gone and stretch.starts < (roster.left_until or stretch.starts)


def _leaves(roster: Roster, until: datetime | None) -> None:
    roster.left_until, roster.shift_until = until or roster.left_until, None


def _within(roster: Roster, stretch: Stretch, now: datetime) -> None:
    """He is in a planned stretch: it begins or goes on."""
    if roster.shift_until is None:
        roster.watched_since, roster.left_until = now, None
    roster.shift_until = stretch.ends
    presence.come_on_shift(roster.agent, now=now, until=stretch.ends if stretch.ends < now + HORIZON else None)


def _make_list(roster: Roster, ends: datetime, now: datetime) -> None:
    """His shift nears its end: once there is a list of what he hands over, and he is told."""
    if ends - LIST_BEFORE <= now and roster.warned_until != ends:
        roster.warned_until = ends
        if handover.prepare(roster.agent, now=now):
            tell(roster.agent, NoticeKind.SHIFT_ENDS, None, now=now)


def _is_absent(roster: Roster, now: datetime) -> None:
    """Nobody has seen him for long: his work is moved, his supervisors are told, and so is he."""
    agent = roster.agent
    _leaves(roster, roster.shift_until)
    roster.moves = Cause.ABSENCE
    presence.go_off_shift(agent, now=now)
    for told in {agent} | watchers_of(agent):
        tell(told, NoticeKind.ABSENT, None, about=agent, now=now)


def _offer(roster: Roster, now: datetime) -> None:
    """Who is away for long is offered to hand over; once for each time he is away."""
    agent = roster.agent
    if agent.away_since and agent.away_since + handover.AWAY_FOR <= now and roster.told_away != agent.away_since:
        roster.told_away = agent.away_since
        handover.prepare(agent, now=now)
        tell(agent, NoticeKind.AWAY_LONG, None, now=now)


def _seen(roster: Roster) -> datetime:
    """When somebody saw him last, or could have begun to: who said that he is away for a moment has that moment."""
    agent = roster.agent
    back_by = agent.away_since and agent.away_since + handover.AWAY_FOR
    return max(filter(None, (agent.seen_at, roster.watched_since, agent.on_shift_since, back_by)))


def _watch_at(roster: Roster, now: datetime) -> datetime | None:
    """When nobody will have seen him for too long; None while that does not count.

    Whether a shift was planned or not: who came by his own word and closed his laptop would be given work for days.
    """
    if roster.agent.status == Status.OFF:
        return None
    too_long = _seen(roster) + UNSEEN_FOR
    # Where the step failed it is due still: at once again would be again and again.
    return too_long if too_long > now else now + AGAIN_AFTER_TROUBLE


def _next_look(roster: Roster, stretch: Stretch | None, starts: datetime | None, now: datetime) -> datetime | None:
    agent, instants = roster.agent, [starts]
    if roster.shift_until:
        instants.append(roster.shift_until)
        if roster.warned_until != roster.shift_until:
            instants.append(roster.shift_until - LIST_BEFORE)
    elif stretch and not _has_left(roster, stretch):
        return stretch.starts  # it has begun, but what others had to do before comes first
    if agent.away_since and roster.told_away != agent.away_since:
        instants.append(agent.away_since + handover.AWAY_FOR)
    known = [instant for instant in instants if instant]
    return min(*known, now + AT_LEAST_EVERY) if known else None
