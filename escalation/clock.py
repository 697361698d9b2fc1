"""The ladder's clock, read from the log: pure, so that it can be computed again at any time and always agrees.

It runs while a problem is open. It stops only while the customer owes us an answer, at most once for each answer of
ours; putting something aside until a time never stops it. A solution stops it, reopening lets it go on. What is undone
leaves it as it stood before.
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
    line: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """What the clock has counted: stretches that are over, and since when it runs; None while it stands."""

    past: tuple[Stretch, ...]
    since: datetime | None

    @property
    def begins(self) -> datetime | None:
        """Since when it has counted; None if it never ran."""
        return self.past[0].starts if self.past else self.since

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


def read(opened_at: datetime, entries: Iterable[Entry], elsewhere: Sequence[Stretch] = ()) -> Reading:
    """Read the clock of a conversation from its log, oldest entry first.

    `elsewhere` is when clocks ran elsewhere for the same problem. A new cycle forgets what ran before.
    """
    hand = _Hand(opened_at)
    for entry in entries:
        if entry.data.get("new_cycle"):
            hand = _Hand(None)
            elsewhere = [run for run in elsewhere if run.ends > entry.at]
        hand.moves(entry)
    reading = Reading(tuple(hand.past), hand.since)
    return reading.joined(elsewhere) if elsewhere else reading


class _Hand:
    """How the clock stands while its log is read, line by line."""

    def __init__(self, since: datetime | None) -> None:
        self.past: list[Stretch] = []
        self.since = since
        self._owed = False  # the customer owes us an answer, and the clock has not stopped for it yet
        self._before: dict[object, tuple[bool, bool]] = {}  # what was owed, and whether it stood, before an answer

    def moves(self, entry: Entry) -> None:
        """Read one line."""
        back = self._before.get(_undone_by(entry))
        if entry.verb in ANSWERS:
            self._before[_answer(entry)] = self._standing()
            self._owed = True
        elif back:
            self._owed = back[0]
        elif entry.verb in SETTLES and not entry.data.get("quiet"):
            self._owed = False
            self._before.clear()  # nothing can be as it was before he wrote
        self._follows(entry, stood=back[1] if back else None)
        self._before["line", entry.line] = self._standing()

    def _follows(self, entry: Entry, stood: bool | None) -> None:
        state, aside = state_after(entry), entry.verb == "snoozed" or bool(entry.data.get("aside"))
        waits = state == State.PENDING and (self._owed and not aside if stood is None else stood)
        if state == State.OPEN or (state == State.PENDING and stood is False):
            self.since = self.since or entry.at
        elif self.since and (waits or state == State.SOLVED):
            self.past.append(Stretch(self.since, max(self.since, entry.at)))
            self.since = None
            self._owed = self._owed and (not waits or stood is not None)

    def _standing(self) -> tuple[bool, bool]:
        return self._owed, self.since is None


def _answer(entry: Entry) -> object:
    return "answer", entry.data.get("message")


def _undone_by(entry: Entry) -> object:
    """Before which answer, or after which line, it leaves everything as it stood; nothing that is known for others."""
    return _answer(entry) if entry.verb == "send_undone" else ("line", entry.data.get("as_at"))


def open_since(opened_at: datetime, entries: Iterable[Entry]) -> datetime:
    """Since when it has needed us without a break; where it does not, since when it last did."""
    since, is_open = opened_at, True
    for entry in entries:
        if state := state_after(entry):
            since = entry.at if state == State.OPEN and not is_open else since
            is_open = state == State.OPEN
    return since


def heard(entries: Sequence[Entry]) -> list[Entry]:
    """What the customer heard from us, and solutions, less what was taken back before it left."""
    undone = {entry.data.get("message") for entry in entries if entry.verb == "send_undone"}
    taken_back = {entry.at for entry in entries if entry.verb == "replied" and entry.data.get("message") in undone}
    return [entry for entry in entries if entry.verb in ANSWERS | {"solved"} and entry.at not in taken_back]


def state_after(entry: Entry) -> State | None:
    """Which state it left the conversation in; None if it changed none."""
    if entry.data.get("quiet"):
        return None
    if stated := entry.data.get("state"):
        return State(stated)
    return STATES.get(entry.verb)


def _overlap(one: Stretch, other: Stretch) -> timedelta:
    return max(min(one.ends, other.ends) - max(one.starts, other.starts), timedelta(0))
