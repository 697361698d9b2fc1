"""The ladder's clock, read from the log: pure, so that it can be computed again at any time and always agrees.

It runs while a problem is open. It stops only while the customer owes us an answer, at most once for each answer of
ours; putting something aside until a time never stops it. A solution stops it, reopening lets it go on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from escalation.shifts import Stretch, merged
from inbox.models import Cause, State

# What each verb of the log leaves behind, where its entry does not say so itself.
STATES: Mapping[str, State] = {
    "received": State.OPEN,
    "needs_us": State.OPEN,
    "logged_outside": State.OPEN,
    Cause.REOPENED: State.OPEN,
    "waits": State.PENDING,
    "snoozed": State.PENDING,
    "replied": State.PENDING,
    "send_undone": State.OPEN,
    "solved": State.SOLVED,
}
ANSWERS = {"replied", "said_elsewhere"}
NEVER = datetime.max.replace(tzinfo=UTC)  # when a clock that runs will stop
SETTLES = {"received", "send_undone"}  # after these the customer owes us nothing any more


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log of one conversation."""

    at: datetime
    verb: str
    data: Mapping[str, Any]
    actor: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What the clock has counted: stretches that are over, and since when it runs; None while it stands."""

    past: tuple[Stretch, ...]
    since: datetime | None

    def spent(self, now: datetime, hours: Sequence[Stretch] | None = None) -> timedelta:
        """How long it has run; with `hours`, only as far as it ran within them."""
        runs = self.runs(now)
        if hours is None:
            return sum((run.ends - run.starts for run in runs), timedelta(0))
        return sum((_overlap(run, hour) for run in runs for hour in hours), timedelta(0))

    def runs(self, now: datetime) -> list[Stretch]:
        """The stretches in which it has run until now."""
        return [*self.past, *([Stretch(self.since, now)] if self.since and self.since < now else [])]

    def joined(self, others: Iterable[Stretch]) -> "Reading":
        """As if it had run in these stretches of the past, too; what both counted counts once."""
        present = [Stretch(self.since, NEVER)] if self.since else []
        runs = merged([*self.past, *others, *present])
        if self.since is None:
            return Reading(tuple(runs), None)
        return Reading(tuple(runs[:-1]), runs[-1].starts)

    def reaches(self, spent: timedelta, now: datetime, hours: Sequence[Stretch] | None = None) -> datetime | None:
        """When it will have run for so long, if nothing changes; perhaps in the past. None while it stands.

        With `hours`, None also if it takes longer than they reach.
        """
        if self.since is None:
            return None
        if hours is None:
            return self.since + spent - Reading(self.past, None).spent(now)
        left = spent - Reading(self.past, None).spent(now, hours)
        for hour in hours:
            starts = max(hour.starts, self.since)
            if hour.ends <= starts:
                continue
            if left <= hour.ends - starts:
                return starts + left
            left -= hour.ends - starts
        return None


def read(opened_at: datetime, entries: Iterable[Entry], joined: Sequence[Stretch] = ()) -> Reading:
    """Read the clock of a conversation from its log, oldest entry first.

    `joined` are the stretches in which the clocks ran of what was merged into it. A new cycle forgets what ran before.
    """
    past: list[Stretch] = []
    since: datetime | None = opened_at
    owed = False  # the customer owes us an answer, and the clock has not stopped for it yet
    for entry in entries:
        if entry.data.get("new_cycle"):
            past, since, owed = [], None, False
            joined = [run for run in joined if run.ends > entry.at]
        owed = (owed or entry.verb in ANSWERS) and (entry.verb not in SETTLES or bool(entry.data.get("quiet")))
        state, aside = _state_after(entry), entry.verb == "snoozed" or bool(entry.data.get("aside"))
        waits = state == State.PENDING and owed and not aside
        if state == State.OPEN:
            since = since or entry.at
        elif since and (waits or state == State.SOLVED):
            past.append(Stretch(since, max(since, entry.at)))
            since, owed = None, owed and not waits
    reading = Reading(tuple(past), since)
    return reading.joined(joined) if joined else reading


def open_since(opened_at: datetime, entries: Iterable[Entry]) -> datetime:
    """Since when it has needed us without a break; where it does not, since when it last did."""
    since, is_open = opened_at, True
    for entry in entries:
        if state := _state_after(entry):
            since = entry.at if state == State.OPEN and not is_open else since
            is_open = state == State.OPEN
    return since


def heard(entries: Sequence[Entry]) -> list[Entry]:
    """What the customer heard from us, and solutions, less what was taken back before it left."""
    undone = {entry.data.get("message") for entry in entries if entry.verb == "send_undone"}
    taken_back = {entry.at for entry in entries if entry.verb == "replied" and entry.data.get("message") in undone}
    return [entry for entry in entries if entry.verb in ANSWERS | {"solved"} and entry.at not in taken_back]


def _state_after(entry: Entry) -> State | None:
    """Which state it left the conversation in; None if it changed none."""
    if entry.data.get("quiet"):
        return None
    if stated := entry.data.get("state"):
        return State(stated)
    return STATES.get(entry.verb)


def _overlap(one: Stretch, other: Stretch) -> timedelta:
    return max(min(one.ends, other.ends) - max(one.starts, other.starts), timedelta(0))
