"""Looking at conversations in which something is due: one row, one decision, and when to look again.

`Conversation.look_at` is the only due time. Whatever changes sets it; here it is moved on, in the transaction of what
was done. So a look that is killed is done again, and one that is doubled finds nothing due.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, LiteralString

from django.db import transaction

from escalation import clock, ladder, promises, surroundings
from escalation.climbing import Overdue, raise_due
from escalation.clock import Reading
from escalation.informing import acknowledge
from escalation.models import Promise
from escalation.policies import Climbing, policy_for, traits_of
from escalation.relieving import relieve_who_is_away, take_back_what_lapsed, waits_for_his_manager
from escalation.sorting import sort_new
from escalation.surroundings import Around, hours_of, is_untold
from escalation.updates import next_word_due
from inbox import hot
from inbox.desk.due import Due, soon_from, write_due
from inbox.desk.tell import tell_all
from inbox.models import Conversation, Notice, NoticeKind, State

log = logging.getLogger(__name__)

# Those that nobody else holds are held. Their ids alone: a limit and joins in one would read whole tables.
DUE = "SELECT id FROM inbox_conversation WHERE look_at <= %s ORDER BY look_at LIMIT %s"
DUE_HELD = f"{DUE} FOR NO KEY UPDATE SKIP LOCKED"
ONE_HELD = "SELECT id FROM inbox_conversation WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED"
BATCH = 200
WITH = ("customer", "customer__plan", "team", "owner")
AGAIN_AFTER_TROUBLE = timedelta(minutes=5)
IF_IT_WAS_NOT_GIVEN = timedelta(minutes=1)
A_DAY = timedelta(days=1)


@dataclass(slots=True)
class Looked:
    """How many conversations there were, the teams whose queues are to be filled, and what waits for a manager.

    `again` says that some of them are due once more, because they went to other hands.
    """

    count: int = 0
    queues: set[int] = field(default_factory=set)
    for_managers: list[int] = field(default_factory=list)
    again: bool = False

    def add(self, more: "Looked") -> None:
        """Count in what another look found."""
        self.count += more.count
        self.queues |= more.queues
        self.for_managers += more.for_managers
        self.again |= more.again


@dataclass(frozen=True, slots=True)
class Look:
    """What one conversation is about to be judged by: the clock stands as it was before this look."""

    row: Conversation
    promise: Promise | None
    climbing: Climbing | None
    reading: Reading


def look_at_due(now: datetime) -> Looked:
    """Look at one batch of what is due."""
    try:
        with transaction.atomic():
            return _look(_ids(DUE_HELD, [now, BATCH]), now)
    except Exception:
        log.exception("a batch of conversations could not be looked at; each is tried alone")
        return _one_by_one(_ids(DUE, [now, BATCH]), now)


def look_at(conversation: int, now: datetime) -> Looked:
    """Look at one conversation, due or not."""
    with transaction.atomic():
        return _look(_ids(ONE_HELD, [conversation]), now)


def _ids(statement: LiteralString, values: list[Any]) -> list[int]:
    return [pk for (pk,) in hot.fetch(statement, values)]


def _one_by_one(ids: Sequence[int], now: datetime) -> Looked:
    """What cannot be looked at waits a little, so that it holds up nothing else."""
    looked = Looked()
    for pk in ids:
        try:
            looked.add(look_at(pk, now))
        except Exception:
            log.exception("conversation %s could not be looked at", pk)
            Conversation.objects.filter(pk=pk).update(look_at=now + AGAIN_AFTER_TROUBLE)
    looked.count = len(ids)
    return looked


def _look(held: list[int], now: datetime) -> Looked:
    if not held:
        return Looked()
    rows = hot.rows(Conversation, "WHERE t.id = ANY(%s::bigint[]) ORDER BY t.look_at", [held], joined=WITH)
    around = surroundings.around(rows, now)
    looks = [_looked_at(row, around) for row in _as_of_now(rows, around)]
    climbed = raise_due([over for look in looks if (over := _overdue(look, around))], around.staff)
    around.present |= climbed
    write_due([_settled(look, around) for look in looks])
    told = [look.row.pk for look in looks if look.row.pk in climbed and _tells_customer(look)]
    Conversation.objects.filter(pk__in=told).update(look_at=now)  # what he was promised by that falls due, too
    tell_all(around.notices)
    return Looked(len(rows), around.queues, around.for_managers, bool(around.handed))


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
    if _is_new(row):
        at_hands_of = row.owner_id, row.team_id
        sort_new(row, around.rules, around.now)
        if (row.owner_id, row.team_id) != at_hands_of:
            around.handed.add(row.pk)
    reading = clock.read(row.opened_at, entries, around.elsewhere.get(row.pk, ()))
    return Look(row, promise, policy_for(traits_of(row), around.policies), reading)


def _is_new(row: Conversation) -> bool:
    """Whether it is to be sorted and acknowledged: it needs us, and the customer has said what he wants."""
    return row.sorted_at is None and row.state == State.OPEN and row.last_incoming_at is not None


def _settled(look: Look, around: Around) -> Due:
    """Do in one conversation what else is due, and say what falls due next."""
    row, promise, climbing, reading, now = look.row, look.promise, look.climbing, look.reading, around.now
    if row.state == State.SOLVED:
        return Due(row.pk, promise_at=None)
    lapses_at, relieved_at = take_back_what_lapsed(row, around), relieve_who_is_away(row, around)
    if row.state == State.OPEN and row.owner_id is None:
        around.queues.add(row.team_id)
    if waits_for_his_manager(row, around):
        around.for_managers.append(row.pk)
        relieved_at = now + IF_IT_WAS_NOT_GIVEN
    if _is_new(row) and (chosen := around.acknowledging.get(row.reply_channel_id)):
        promise = acknowledge(row, chosen, around.staff.responsible(row), now) or promise
    owes_at = _owes_update(look, around)
    climbs_at, climbs_to = _climbs(row, climbing, reading, around)
    told_at = _climbs_soon(row, climbs_at, around)
    owes_next = owes_at if owes_at and owes_at > now else None
    again_at = None if climbs_at else _looks_farther(look, now)
    soon = [climbs_at, told_at, lapses_at, relieved_at, promises.next_look(promise, now), owes_next, again_at]
    return Due(
        row.pk,
        climbs_at=climbs_at,
        climbs_to=climbs_to,
        promise_at=promise.due_at if promise else None,
        owes_update_at=owes_at,
        # Who has got it in this look has times of his own to keep: they are known to the next one.
        look_at=now if row.pk in around.handed else min((at for at in soon if at), default=None),
        sorted_at=now if _is_new(row) else None,
    )


def _overdue(look: Look, around: Around) -> Overdue | None:
    """The steps whose time is up, with the instant at which it was."""
    row, climbing, reading = look.row, look.climbing, look.reading
    if row.state == State.SOLVED or climbing is None or reading.since is None:
        return None
    hours = hours_of(row, climbing, reading, around)
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
    at = reading.reaches(rung.after, around.now, hours_of(row, climbing, reading, around))
    return (at, rung.level) if at else (None, None)


def _looks_farther(look: Look, now: datetime) -> datetime | None:
    """When to look again for a deadline that lies beyond the working hours that are known."""
    climbs = look.climbing and look.reading.since and ladder.upcoming(look.climbing.ladder, look.row.level)
    return now + A_DAY if climbs else None


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
