"""What a look at some conversations needs to know besides their rows: asked once for the whole batch."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Max

from escalation import promises
from escalation.clock import Entry, Reading
from escalation.loads import people_of
from escalation.models import Acknowledgement, Promise
from escalation.policies import Climbing, in_force
from escalation.readings import elsewhere, logs_of
from escalation.rosters import WorkingHours, anybody_from
from escalation.rules import Ordered
from escalation.shifts import Stretch
from escalation.sorting import rules_in_use
from escalation.staff import Staff
from inbox import hot
from inbox.models import Conversation, Interval, Notice, NoticeKind

OF_AN_INTERVAL = ("conversation", "owner", "started_at", "began_by", "accepted_at")  # what a look asks for
PRESENT = "WHERE t.conversation_id = ANY(%s::bigint[]) AND t.ended_at IS NULL"
HOURS_AHEAD = timedelta(days=60)  # how far working hours are looked up for a deadline


@dataclass(slots=True)
class Around:
    """What a batch needs to know besides its rows.

    `elsewhere` is when clocks ran elsewhere for the same problem (escalation/readings.py); `told` when somebody was
    last told something of one, by what it was. `queues` are the teams in whose queue something waits now,
    `handed` what has gone to other hands in this look, `for_managers` what is to be given after it; `notices` are left
    in the end.
    """

    now: datetime
    policies: list[Climbing]
    rules: list[Ordered]
    entries: dict[int, list[Entry]]
    present: dict[int, Interval]
    promises: dict[int, Promise]
    elsewhere: dict[int, list[Stretch]]
    staff: Staff
    acknowledging: dict[int, Acknowledgement]
    hours: WorkingHours
    queues: set[int] = field(default_factory=set)
    handed: set[int] = field(default_factory=set)
    for_managers: list[int] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    told: dict[NoticeKind, dict[int, datetime]] = field(default_factory=dict)
    has_shifts: dict[int, bool] = field(default_factory=dict)


def around(rows: list[Conversation], now: datetime) -> Around:
    """Everything about these, asked once for all of them."""
    ids = [row.pk for row in rows]
    has_new = any(row.sorted_at is None for row in rows)
    staff = Staff(now)
    present = hot.rows(Interval, PRESENT, [ids], only=OF_AN_INTERVAL)
    return Around(
        now=now,
        policies=in_force(staff.rungs.highest),
        rules=rules_in_use() if has_new else [],
        entries=logs_of(ids),
        present={interval.conversation_id: interval for interval in present},
        promises=promises.standing(ids),
        elsewhere=elsewhere(ids),
        staff=staff,
        acknowledging=_acknowledging() if has_new else {},
        hours=WorkingHours(now, HOURS_AHEAD),
    )


def _acknowledging() -> dict[int, Acknowledgement]:
    return {row.channel_id: row for row in hot.rows(Acknowledgement, "WHERE t.is_on", ())}


def _last_told(kind: NoticeKind, ids: Iterable[int]) -> dict[int, datetime]:
    told = Notice.objects.filter(conversation__in=ids, kind=kind).values("conversation")
    return dict(told.annotate(last=Max("at")).values_list("conversation", "last"))


def hours_of(row: Conversation, climbing: Climbing, reading: Reading, known: Around) -> list[Stretch] | None:
    """The working hours by which its clock runs; None where it runs all the time."""
    return known.hours.of(row.team, reading.begins) if climbing.by_working_hours else None


def has_shifts(row: Conversation, known: Around) -> bool:
    """Whether somebody of its team is there, or will be."""
    team = row.team_id
    if team not in known.has_shifts:
        here = any(person.is_member for person in people_of(team))
        known.has_shifts[team] = here or anybody_from(row.team, known.now) is not None
    return known.has_shifts[team]


def is_untold(kind: NoticeKind, row: Conversation, since: datetime, known: Around) -> bool:
    """Whether nobody was told it since then. Asked once for all of the batch, and only if it comes to that."""
    if kind not in known.told:
        known.told[kind] = _last_told(kind, known.entries)
    told = known.told[kind].get(row.pk)
    return told is None or told < since
