"""What a change of policies or plans would do at once: shown before it is made, because it moves people's work."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from escalation import clock, ladder
from escalation.clock import Reading
from escalation.policies import Climbing, Traits, in_force, policy_for, traits_of
from escalation.readings import elsewhere, logs_of
from escalation.rosters import WorkingHours
from escalation.subscribers import look
from inbox.desk.anew import look_anew
from inbox.desk.levels import highest
from inbox.models import Conversation, State, Team

AT_ONCE = 500
SHOWN = 20
LOOKED_AT = ("number", "channel", "topic", "priority", "team", "level", "opened_at", "customer__plan")


@dataclass(slots=True)
class Preview:
    """How many conversations climb at once because of a change, and the first of them."""

    how_many: int = 0
    first: list[Conversation] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Change:
    """The policies before and after it, and what those look at in a conversation as it was before."""

    before: Sequence[Climbing]
    after: Sequence[Climbing]
    was: Callable[[Conversation], Traits]
    now: datetime
    hours_before: WorkingHours
    hours_after: WorkingHours
    calendar_of: Team | None

    def changes_nothing(self) -> bool:
        """Whether the policies are for the same as before and climb as before: it need not be asked of each row."""
        same = self.was is traits_of and _told(self.before) == _told(self.after)
        return same and (self.calendar_of is None or not any(each.by_working_hours for each in self.after))

    def concerns(self, row: Conversation) -> bool:
        """Whether its steps are other ones, or are counted by another clock. Its log need not be read for that."""
        after = self._policy_after(row)
        by_other_hours = row.team == self.calendar_of and after is not None and after.by_working_hours
        return by_other_hours or _steps(self._policy_before(row)) != _steps(after)

    def raises(self, row: Conversation, reading: Reading) -> bool:
        """Whether a step is due in it, and none was before."""
        was_due = self._is_due(row, self._policy_before(row), reading, self.hours_before)
        return not was_due and self._is_due(row, self._policy_after(row), reading, self.hours_after)

    def _policy_before(self, row: Conversation) -> Climbing | None:
        return policy_for(self.was(row), self.before)

    def _policy_after(self, row: Conversation) -> Climbing | None:
        return policy_for(traits_of(row), self.after)

    def _is_due(self, row: Conversation, climbing: Climbing | None, reading: Reading, hours: WorkingHours) -> bool:
        if climbing is None or reading.since is None:
            return False
        within = hours.of(row.team, reading.begins) if climbing.by_working_hours else None
        return bool(ladder.due(climbing.ladder, row.level, reading.spent(self.now, within)))


def carried_out(
    change: Callable[[], object],
    *,
    confirmed: bool,
    now: datetime,
    was: Callable[[Conversation], Traits] = traits_of,
    rows: QuerySet[Conversation] | None = None,
    calendar_of: Team | None = None,
) -> Preview:
    """Make a change, but if something would climb at once because of it, only if that was `confirmed`.

    `was` says what policies saw in a conversation before, where it changes that, too. It concerns all conversations,
    which are looked at anew then; or `rows`, and the change itself sees to it that they are. Return what would climb,
    with nothing changed; nothing if it is done.
    """
    with transaction.atomic():
        which = Conversation.objects.all() if rows is None else rows
        before, hours = in_force(highest()), _hours_as_they_are(which, calendar_of, now)
        change()
        after = Change(before, in_force(highest()), was, now, hours, WorkingHours(now), calendar_of)
        preview = Preview() if confirmed else _preview(after, which)
        if preview.how_many:
            transaction.set_rollback(True)
        elif rows is None:
            look_anew()
            look.give()
    return preview


def _hours_as_they_are(rows: QuerySet[Conversation], team: Team | None, now: datetime) -> WorkingHours:
    """Those of the team are asked now: after the change nobody knows them any more."""
    hours = WorkingHours(now)
    if team:
        oldest = rows.exclude(state=State.SOLVED).order_by("opened_at").values_list("opened_at", flat=True).first()
        hours.of(team, oldest)
    return hours


def _preview(change: Change, rows: QuerySet[Conversation]) -> Preview:
    preview = Preview()
    for some in () if change.changes_nothing() else _unsolved(rows):
        concerned = [row for row in some if change.concerns(row)]
        ids = [row.pk for row in concerned]
        entries, ran = logs_of(ids), elsewhere(ids)
        for row in concerned:
            reading = clock.read(row.opened_at, entries[row.pk], ran.get(row.pk, ()))
            if change.raises(row, reading):
                preview.how_many += 1
                preview.first += [row] if len(preview.first) < SHOWN else []
    return preview


def _unsolved(rows: QuerySet[Conversation]) -> Iterator[list[Conversation]]:
    """What is not solved, some at a time: there may be more of it than one wants to hold."""
    waiting = rows.exclude(state=State.SOLVED).select_related("customer").only(*LOOKED_AT).order_by("pk")
    after = 0
    while some := list(waiting.filter(pk__gt=after)[:AT_ONCE]):
        after = some[-1].pk
        yield some


def _told(policies: Sequence[Climbing]) -> list[object]:
    return [(climbing.fits, _steps(climbing)) for climbing in policies]


def _steps(climbing: Climbing | None) -> object:
    """What decides when a problem climbs."""
    return climbing and ([(rung.level, rung.after) for rung in climbing.ladder], climbing.by_working_hours)
