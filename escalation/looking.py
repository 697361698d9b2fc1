"""Looking at conversations in which something is due: one row, one decision, and when to look again.

`Conversation.look_at` is the only due time. Whatever changes sets it; here it is moved on, in the transaction of what
was done. So a look that is killed is done again, and one that is doubled finds nothing due.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from escalation import clock, ladder, promises, routing, surroundings
from escalation.climbing import Overdue, raise_due
from escalation.clock import Entry, Reading
from escalation.handover import of_its_level
from escalation.informing import acknowledge
from escalation.models import Promise
from escalation.policies import Climbing, policy_for, traits_of
from escalation.sorting import sort_new
from escalation.surroundings import Around, has_shifts, hours_of, is_untold
from escalation.updates import next_word_due
from inbox.desk.due import Due, soon_from, write_due
from inbox.desk.levels import stands_for
from inbox.desk.ownership import hand
from inbox.desk.presence import stays_here
from inbox.desk.tell import tell, tell_all
from inbox.errors import sentence
from inbox.models import Cause, Conversation, Interval, Notice, NoticeKind, State, Status

log = logging.getLogger(__name__)

BATCH = 200
ACCEPTED_WITHIN = timedelta(minutes=15)
AGAIN_AFTER_TROUBLE = timedelta(minutes=5)
A_DAY = timedelta(days=1)
# What is given to somebody in one of these ways goes back to the queue if he does not accept it.
TO_BE_ACCEPTED = {Cause.ROUTED, Cause.PASSED_ON, Cause.SHIFT_END, Cause.ABSENCE, Cause.GIVEN_BACK, Cause.RELIEF}
WAKES = {"received", "needs_us", "replied", Cause.REOPENED, "split_off"}


@dataclass(frozen=True, slots=True)
class Look:
    """What one conversation is about to be judged by: the clock stands as it was before this look."""

    row: Conversation
    promise: Promise | None
    climbing: Climbing | None
    reading: Reading


def look_at_due(now: datetime) -> tuple[int, set[int]]:
    """Look at one batch of what is due. Return how many there were, and the teams whose queues are to be filled."""
    try:
        with transaction.atomic():
            return _look(_locked(_due(now)), now)
    except Exception:
        log.exception("a batch of conversations could not be looked at; each is tried alone")
        return _one_by_one(list(_due(now).values_list("pk", flat=True)), now)


def look_at(conversation: int, now: datetime) -> set[int]:
    """Look at one conversation, due or not."""
    with transaction.atomic():
        rows = Conversation.objects.filter(pk=conversation)
        return _look(_locked(rows), now)[1]


def _due(now: datetime) -> QuerySet[Conversation]:
    return Conversation.objects.filter(look_at__lte=now).order_by("look_at")[:BATCH]


def _locked(rows: QuerySet[Conversation]) -> list[int]:
    """Hold those that nobody else holds. Their ids alone: a limit and joins in one would read whole tables."""
    return list(rows.select_for_update(no_key=True, skip_locked=True).values_list("pk", flat=True))


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


def _look(held: list[int], now: datetime) -> tuple[int, set[int]]:
    if not held:
        return 0, set()
    rows = list(
        Conversation.objects.filter(pk__in=held).select_related("customer__plan", "team", "owner").order_by("look_at")
    )
    around = surroundings.around(rows, now)
    looks = [_looked_at(row, around) for row in _as_of_now(rows, around)]
    climbed = raise_due([over for look in looks if (over := _overdue(look, around))], around.staff)
    around.present |= climbed
    write_due([_settled(look, around) for look in looks])
    told = [look.row.pk for look in looks if look.row.pk in climbed and _tells_customer(look)]
    Conversation.objects.filter(pk__in=told).update(look_at=now)  # what he was promised by that falls due, too
    tell_all(around.notices)
    return len(rows), around.queues


def _as_of_now(rows: list[Conversation], around: Around) -> list[Conversation]:
    """Without those that somebody got after `now`, while this look waited for them: they are looked at from then on."""
    since = {row.pk: around.present[row.pk].started_at for row in rows if row.pk in around.present}
    later = {pk: at for pk, at in since.items() if at > around.now}
    for pk, at in later.items():
        Conversation.objects.filter(pk=pk).update(look_at=at)
    return [row for row in rows if row.pk not in later]


def _tells_customer(look: Look) -> bool:
    return look.climbing is not None and look.climbing.policy.tells_customer


def _looked_at(row: Conversation, around: Around) -> Look:
    """Settle its promise and, if it is new, sort it; then it is known which policy counts and what its clock says."""
    entries = around.entries[row.pk]
    promise = promises.settle(row, around.promises.get(row.pk), entries, around.now)
    if row.sorted_at is None and row.state == State.OPEN:
        sort_new(row, around.rules, around.now)
    reading = clock.read(row.opened_at, entries, around.joined.get(row.pk, ()))
    return Look(row, promise, policy_for(traits_of(row), around.policies), reading)


def _settled(look: Look, around: Around) -> Due:
    """Do in one conversation what else is due, and say what falls due next."""
    row, promise, climbing, reading, now = look.row, look.promise, look.climbing, look.reading, around.now
    if row.state == State.SOLVED:
        return Due(row.pk, promise_at=None)
    lapses_at = _take_back_what_lapsed(row, around)
    _give_to_his_manager(row, around)
    _relieve_who_is_away(row, around)
    if row.state == State.OPEN and row.owner_id is None:
        around.queues.add(row.team_id)
    is_sorted = row.sorted_at or (now if row.state == State.OPEN else None)  # what waits is sorted when he answers
    if row.sorted_at is None and (chosen := around.acknowledging.get(row.reply_channel_id)):
        promise = acknowledge(row, chosen, around.staff.responsible(row), now) or promise
    owes_at = _owes_update(look, around)
    climbs_at, climbs_to = _climbs(row, climbing, reading, around)
    told_at = _climbs_soon(row, climbs_at, around)
    owes_next = owes_at if owes_at and owes_at > now else None
    again_at = None if climbs_at else _looks_farther(look, now)
    soon = [climbs_at, told_at, lapses_at, promises.next_look(promise, now), owes_next, again_at]
    return Due(
        row.pk,
        climbs_at=climbs_at,
        climbs_to=climbs_to,
        promise_at=promise.due_at if promise else None,
        owes_update_at=owes_at,
        look_at=min((at for at in soon if at), default=None),
        sorted_at=is_sorted,
    )


def _overdue(look: Look, around: Around) -> Overdue | None:
    """The steps whose time is up, with the instant at which it was."""
    row, climbing, reading = look.row, look.climbing, look.reading
    if row.state == State.SOLVED or climbing is None or reading.since is None:
        return None
    hours = hours_of(row, climbing, around)
    due = ladder.due(climbing.ladder, row.level, reading.spent(around.now, hours))
    times = [(rung, reading.reaches(rung.after, around.now, hours) or around.now) for rung in due]
    return Overdue(row, times, climbing) if due else None


def _climbs(
    row: Conversation, climbing: Climbing | None, reading: Reading, around: Around
) -> tuple[datetime | None, int | None]:
    """When it climbs next, and to which level, if nothing changes."""
    rung = ladder.upcoming(climbing.ladder, row.level) if climbing else None
    if climbing is None or rung is None:
        return None, None
    at = reading.reaches(rung.after, around.now, hours_of(row, climbing, around))
    return (at, rung.level) if at else (None, None)


def _looks_farther(look: Look, now: datetime) -> datetime | None:
    """When to look again for a deadline that lies beyond the working hours that are known."""
    climbs = look.climbing and look.reading.since and ladder.upcoming(look.climbing.ladder, look.row.level)
    return now + A_DAY if climbs else None


def _take_back_what_lapsed(row: Conversation, around: Around) -> datetime | None:
    """What was given to somebody and not accepted goes back to the queue. Return when that will be, if it may.

    What waits for the customer needs nobody to accept it: his time begins when that one writes.
    """
    present = around.present.get(row.pk)
    if (
        row.state != State.OPEN
        or present is None
        or present.owner_id is None
        or present.owner_id != row.owner_id
        or present.accepted_at
    ):
        return None
    if present.began_by not in TO_BE_ACCEPTED or around.staff.rungs.is_at_the_top(row.level):
        return None
    owner, opened = present.owner, clock.open_since(row.opened_at, around.entries[row.pk])
    lapses_at = max(present.started_at, opened) + ACCEPTED_WITHIN
    if lapses_at > around.now:
        return lapses_at
    above = stands_for(row.level) if row.level > 1 else None  # what has climbed does not fall into a queue
    if above == owner or not Interval.objects.select_for_update().filter(pk=present.pk, accepted_at=None):
        return None  # nobody else stands for its level, or he accepts it at this very moment
    words = gettext_noop("%(name)s did not accept it in %(minutes)s minutes")
    why = sentence(words, name=owner.name if owner else "", minutes=15)
    hand(row, now=around.now, cause=Cause.GIVEN_BACK, owner=above, why=why)
    tell(around.staff.lead(row), NoticeKind.NOT_ACCEPTED, row, about=owner, now=around.now)
    return None


def _give_to_his_manager(row: Conversation, around: Around) -> None:
    """What was opened again goes to the client's personal manager if he is here, whoever had it before."""
    present, plan = around.present.get(row.pk), row.customer.plan
    managers = {plan.manager_id, plan.deputy_id} - {None} if plan else set()
    if present is None or present.began_by != Cause.REOPENED or present.accepted_at or row.level > 1:
        return
    if row.state != State.OPEN or not managers or row.owner_id is None or row.owner_id in managers:
        return
    choice = routing.find(row, now=around.now)
    if choice and choice.agent.pk in managers and stays_here(choice.agent):
        hand(row, now=around.now, cause=Cause.ROUTED, owner=choice.agent, why=choice.why)


def _relieve_who_is_away(row: Conversation, around: Around) -> None:
    """It became open at the hands of somebody who is off, not by himself: it may not wait for the next shift.

    In a team without shifts everybody keeps what he has. Above the front line it goes to another of its level who is
    here, or stays; at the top it stays.
    """
    owner, rungs = row.owner, around.staff.rungs
    if row.state != State.OPEN or owner is None or owner.status != Status.OFF or rungs.is_at_the_top(row.level):
        return
    if not (woke := _woke_while_away(around.entries[row.pk], owner.pk)):
        return
    above = of_its_level(row, owner, rungs)
    if (above and stays_here(above)) or (row.level == 1 and has_shifts(row, around)):
        wrote = gettext_noop("The customer wrote while %(name)s is off shift")
        words = wrote if woke.verb == "received" else gettext_noop("It needs us while %(name)s is off shift")
        hand(row, now=around.now, cause=Cause.SHIFT_END, owner=above, why=sentence(words, name=owner.name))


def _woke_while_away(entries: list[Entry], owner: int) -> Entry | None:
    """What made it open last, if that was not its owner, and nothing of his came after it."""
    for entry in reversed(entries):
        opens = entry.verb in WAKES and entry.data.get("state", State.OPEN) == State.OPEN
        if opens and entry.actor != owner and not entry.data.get("quiet"):
            return entry
        if entry.actor == owner or entry.data.get("owner") == owner:
            return None
    return None


def _owes_update(look: Look, around: Around) -> datetime | None:
    """Since when, or from when on, the customer has heard nothing for too long; his owner is told once."""
    row = look.row
    owes_at = next_word_due(row, look.climbing, around.entries[row.pk], look.reading.since)
    if owes_at is None:
        return None
    if owes_at <= around.now:
        _tell_once(NoticeKind.OWES_UPDATE, row, owes_at, around)
    return owes_at


def _climbs_soon(row: Conversation, climbs_at: datetime | None, around: Around) -> datetime | None:
    """When whoever answers for it is told that it climbs soon; he is told once, and then there is no such time."""
    if climbs_at is None:
        return None
    soon_at = soon_from(climbs_at, row.opened_at)
    if soon_at > around.now:
        return soon_at
    if climbs_at > around.now:
        _tell_once(NoticeKind.CLIMBS_SOON, row, soon_at, around)
    return None


def _tell_once(kind: NoticeKind, row: Conversation, since: datetime, around: Around) -> None:
    """Tell whoever answers for it, unless somebody was told since then."""
    if is_untold(kind, row, since, around):
        responsible = around.staff.responsible(row)
        around.notices.append(Notice(agent=responsible, kind=kind, conversation=row, at=around.now))
