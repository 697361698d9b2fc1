"""Looking at conversations in which something is due: one row, one decision, and when to look again.

`Conversation.look_at` is the only due time. Whatever changes sets it; here it is moved on, in the transaction of what
was done. So a look that is killed is done again, and one that is doubled finds nothing due.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from escalation import clock, ladder, promises
from escalation.climbing import raise_due
from escalation.clock import Entry, Reading
from escalation.informing import acknowledge
from escalation.models import Promise
from escalation.policies import Climbing, in_force, policy_for
from escalation.rosters import anybody_from, working_hours
from escalation.routing import people_of
from escalation.rules import Ordered
from escalation.shifts import Stretch
from escalation.sorting import rules_in_use, sort_new
from inbox.desk.due import Due, write_due
from inbox.desk.levels import is_at_the_top, stands_for
from inbox.desk.ownership import duty_lead, hand, responsible_for
from inbox.desk.tell import tell
from inbox.errors import sentence
from inbox.models import Activity, Cause, Conversation, Interval, Notice, NoticeKind, State, Status

log = logging.getLogger(__name__)

BATCH = 200
ACCEPTED_WITHIN = timedelta(minutes=15)
AGAIN_AFTER_TROUBLE = timedelta(minutes=5)
HOURS_AHEAD = timedelta(days=60)  # how far working hours are looked up for a deadline
# What is given to somebody in one of these ways goes back to the queue if he does not accept it.
TO_BE_ACCEPTED = {Cause.ROUTED, Cause.PASSED_ON, Cause.SHIFT_END, Cause.ABSENCE, Cause.GIVEN_BACK, Cause.RELIEF}
WAKES = {"received", "needs_us", Cause.REOPENED}


@dataclass(slots=True)
class Around:
    """What a batch needs to know besides its rows; `queues` are the teams in whose queue something waits now."""

    now: datetime
    policies: list[Climbing]
    rules: list[Ordered]
    entries: dict[int, list[Entry]]
    present: dict[int, Interval]
    promises: dict[int, Promise]
    queues: set[int] = field(default_factory=set)
    hours: dict[int, list[Stretch] | None] = field(default_factory=dict)


def look_at_due(now: datetime) -> tuple[int, set[int]]:
    """Look at one batch of what is due. Return how many there were, and the teams whose queues are to be filled."""
    try:
        with transaction.atomic():
            return _look(_due(now), now)
    except Exception:
        log.exception("a batch of conversations could not be looked at; each is tried alone")
        return _one_by_one(list(_due(now).values_list("pk", flat=True)), now)


def look_at(conversation: int, now: datetime) -> set[int]:
    """Look at one conversation, due or not."""
    with transaction.atomic():
        rows = Conversation.objects.filter(pk=conversation)
        return _look(_locked(rows), now)[1]


def _due(now: datetime) -> QuerySet[Conversation]:
    return _locked(Conversation.objects.filter(look_at__lte=now)).order_by("look_at")[:BATCH]


def _locked(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    related = rows.select_related(
        "customer__plan", "channel", "reply_channel__brand", "team", "owner", "topic", "address"
    )
    return related.select_for_update(of=("self",), no_key=True, skip_locked=True)


def _one_by_one(ids: Iterable[int], now: datetime) -> tuple[int, set[int]]:
    """What cannot be looked at waits a little, so that it holds up nothing else."""
    queues: set[int] = set()
    looked = 0
    for pk in ids:
        looked += 1
        try:
            queues |= look_at(pk, now)
        except Exception:
            log.exception("conversation %s could not be looked at", pk)
            Conversation.objects.filter(pk=pk).update(look_at=now + AGAIN_AFTER_TROUBLE)
    return looked, queues


def _look(found: QuerySet[Conversation], now: datetime) -> tuple[int, set[int]]:
    rows = list(found)
    if not rows:
        return 0, set()
    around = _around(rows, now)
    write_due([_looked_at(row, around) for row in rows])
    return len(rows), around.queues


def _around(rows: list[Conversation], now: datetime) -> Around:
    ids = [row.pk for row in rows]
    entries: dict[int, list[Entry]] = {pk: [] for pk in ids}
    lines = Activity.objects.filter(conversation__in=ids).order_by("conversation_id", "pk")
    for pk, at, verb, data, actor in lines.values_list("conversation_id", "at", "verb", "data", "actor_id"):
        entries[pk].append(Entry(at, verb, data, actor))
    present = Interval.objects.filter(conversation__in=ids, ended_at=None).select_related("owner")
    return Around(
        now=now,
        policies=in_force(),
        rules=rules_in_use(),
        entries=entries,
        present={interval.conversation_id: interval for interval in present},
        promises=promises.standing(ids),
    )


def _looked_at(row: Conversation, around: Around) -> Due:
    """Do in one conversation what is due, and say what falls due next."""
    now = around.now
    promise = promises.settle(row, around.promises.get(row.pk), around.entries[row.pk], now)
    if row.state == State.SOLVED:
        return Due(row.pk, promise_at=None)
    is_new = row.sorted_at is None
    if is_new and row.state == State.OPEN and row.owner_id is None:
        sort_new(row, around.rules, now)
    climbing = policy_for(row, around.policies)
    reading = clock.read(_began(row), around.entries[row.pk])
    _raise_what_is_due(row, climbing, reading, around)
    lapses_at = _take_back_what_lapsed(row, around)
    _relieve_who_is_away(row, around)
    if row.state == State.OPEN and row.owner_id is None:
        around.queues.add(row.team_id)
    if is_new:
        acknowledge(row, now)
    owes_at = _owes_update(row, climbing, around)
    climbs_at, climbs_to = _climbs(row, climbing, reading, around)
    soon = [climbs_at, lapses_at, promises.next_look(promise, now), owes_at if owes_at and owes_at > now else None]
    return Due(
        row.pk,
        climbs_at=climbs_at,
        climbs_to=climbs_to,
        promise_at=promise.due_at if promise else None,
        owes_update_at=owes_at,
        look_at=min((at for at in soon if at), default=None),
        sorted_at=row.sorted_at or now,
    )


def _began(row: Conversation) -> datetime:
    """When the problem began: what was merged into it may be older."""
    older = row.absorbed.order_by("opened_at").values_list("opened_at", flat=True).first()
    return min(older, row.opened_at) if older else row.opened_at


def _hours(row: Conversation, climbing: Climbing, around: Around) -> list[Stretch] | None:
    """The working hours by which its clock runs; None where it runs all the time."""
    if not climbing.by_working_hours:
        return None
    if row.team_id not in around.hours:
        start = around.now - HOURS_AHEAD
        around.hours[row.team_id] = working_hours(row.team, start, around.now + HOURS_AHEAD)
    return around.hours[row.team_id]


def _raise_what_is_due(row: Conversation, climbing: Climbing | None, reading: Reading, around: Around) -> None:
    if climbing is None or reading.since is None:
        return
    hours = _hours(row, climbing, around)
    due = ladder.due(climbing.ladder, row.level, reading.spent(around.now, hours))
    if due:
        times = [(rung, reading.reaches(rung.after, around.now, hours) or around.now) for rung in due]
        raise_due(row, times, climbing, around.now)


def _climbs(
    row: Conversation, climbing: Climbing | None, reading: Reading, around: Around
) -> tuple[datetime | None, int | None]:
    """When it climbs next, and to which level, if nothing changes."""
    rung = ladder.upcoming(climbing.ladder, row.level) if climbing else None
    if climbing is None or rung is None:
        return None, None
    at = reading.reaches(rung.after, around.now, _hours(row, climbing, around))
    return (at, rung.level) if at else (None, None)


def _take_back_what_lapsed(row: Conversation, around: Around) -> datetime | None:
    """What was given to somebody and not accepted goes back to the queue. Return when that will be, if it may."""
    present = around.present.get(row.pk)
    if present is None or present.owner_id is None or present.owner_id != row.owner_id or present.accepted_at:
        return None
    if present.began_by not in TO_BE_ACCEPTED or is_at_the_top(row.level):
        return None
    lapses_at = present.started_at + ACCEPTED_WITHIN
    if lapses_at > around.now:
        return lapses_at
    owner = present.owner
    words = gettext_noop("%(name)s did not accept it in %(minutes)s minutes")
    why = sentence(words, name=owner.name if owner else "", minutes=15)
    above = stands_for(row.level) if row.level > 1 else None  # what has climbed does not fall into a queue
    hand(row, now=around.now, cause=Cause.GIVEN_BACK, owner=above if above != owner else None, why=why)
    tell(duty_lead(row.team, around.now), NoticeKind.NOT_ACCEPTED, row, about=owner, now=around.now)
    return None


def _relieve_who_is_away(row: Conversation, around: Around) -> None:
    """The customer wrote to somebody who is off: his answer may not wait for the next shift.

    In a team without shifts everybody keeps what he has.
    """
    owner = row.owner
    if row.state != State.OPEN or owner is None or owner.status != Status.OFF or row.level > 1:
        return
    if not _woke_while_away(around.entries[row.pk], owner.pk):
        return
    if not people_of(row.team_id) and anybody_from(row.team, around.now) is None:
        return
    words = gettext_noop("The customer wrote while %(name)s is off shift")
    hand(row, now=around.now, cause=Cause.SHIFT_END, owner=None, why=sentence(words, name=owner.name))


def _woke_while_away(entries: list[Entry], owner: int) -> bool:
    """Whether the last thing was the customer's, or a time that came, and nothing of the owner's after it."""
    for entry in reversed(entries):
        if entry.verb in WAKES and entry.actor is None and not entry.data.get("quiet"):
            return True
        if entry.actor == owner or entry.data.get("owner") == owner:
            return False
    return False


def _owes_update(row: Conversation, climbing: Climbing | None, around: Around) -> datetime | None:
    """Since when, or from when on, the customer has heard nothing for too long; his owner is told once."""
    if climbing is None or climbing.update_after is None or row.state != State.OPEN:
        return None
    answers = [entry.at for entry in around.entries[row.pk] if entry.verb in clock.ANSWERS]
    owes_at = (answers[-1] if answers else row.opened_at) + climbing.update_after
    if owes_at <= around.now:
        told = Notice.objects.filter(conversation=row, kind=NoticeKind.OWES_UPDATE, at__gte=owes_at)
        if not told.exists():
            tell(responsible_for(row, around.now), NoticeKind.OWES_UPDATE, row, now=around.now)
    return owes_at
