"""When people work: pure, over weekly shifts on the clock of the wall, and over stretches of time in UTC.

Clocks that are put forward or back are taken as whoever looks at the wall takes them: a shift lasts while the wall
shows a time of it. So a time that the wall skips is the moment after the skip; of a time that it shows twice, a shift
starts at the first and ends at the second. From 22:00 to 06:00 are nine hours in the autumn and seven in the spring.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """A stretch of time, in UTC; its end does not belong to it."""

    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Weekly:
    """A recurring time of one day of the week (1 is Monday), by the wall of `zone`.

    It belongs to the day on which it starts, and where `ends` is not after `starts` it ends on the next one. `since`
    and `until` are the first and the last day on which it starts.
    """

    weekday: int
    starts: time
    ends: time
    zone: str
    since: date = date.min
    until: date = date.max
    on_holidays: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch in which fewer people are there than must be."""

    starts: datetime
    ends: datetime
    missing: int


def stretches(weekly: Iterable[Weekly], window: Stretch, holidays: Container[date] = ()) -> list[Stretch]:
    """What recurring times come to within a window: merged, in order, cut at its edges.

    One that starts on a holiday does not take place at all, though it ends on the next day; one that started on the
    day before takes place to its end.
    """
    found = []
    for shift in weekly:
        zone = ZoneInfo(shift.zone)
        # A day more on either side: one may have started yesterday, and a zone is up to fourteen hours away.
        first = max(shift.since, _date(window.starts, zone, -1))
        last = min(shift.until, _date(window.ends, zone, 1))
        day = first + timedelta(days=(shift.weekday - first.isoweekday()) % 7)
        while day <= last:
            if shift.on_holidays or day not in holidays:
                found.append(_on(day, shift, zone))
            if date.max - day < 7 * DAY:
                break
            day += 7 * DAY
    return within(merged(found), window)


def work(
    weekly: Sequence[Stretch],
    *,
    given: Sequence[Stretch] = (),
    received: Sequence[Stretch] = (),
    off: Sequence[Stretch] = (),
    extra: Sequence[Stretch] = (),
) -> list[Stretch]:
    """When somebody works: his weekly shifts less those he swapped away, those he received, less his days off, and
    extra shifts, which win over all.

    A swap gives away one's own shifts alone, never what was received: two people may swap the same week.
    """
    return merged([*without([*without(weekly, given), *received], off), *extra])


def merged(found: Iterable[Stretch]) -> list[Stretch]:
    """In order, with what overlaps or touches made one, and without those that last no time."""
    result: list[Stretch] = []
    for stretch in sorted(each for each in found if each.starts < each.ends):
        if result and stretch.starts <= result[-1].ends:
            result[-1] = Stretch(result[-1].starts, max(result[-1].ends, stretch.ends))
        else:
            result.append(stretch)
    return result


def overlap(one: Iterable[Stretch], other: Iterable[Stretch]) -> list[Stretch]:
    """What belongs to both."""
    others = merged(other)
    return merged(
        Stretch(max(a.starts, b.starts), min(a.ends, b.ends)) for a in merged(one) for b in others if _meet(a, b)
    )


def without(stretches: Iterable[Stretch], away: Iterable[Stretch]) -> list[Stretch]:
    """What is left of the first when the second is taken away."""
    left = merged(stretches)
    for gone in merged(away):
        left = [
            part
            for stretch in left
            for part in (
                [stretch]
                if not _meet(stretch, gone)
                else [Stretch(stretch.starts, gone.starts), Stretch(gone.ends, stretch.ends)]
            )
            if part.starts < part.ends
        ]
    return left


def within(stretches: Iterable[Stretch], window: Stretch) -> list[Stretch]:
    """What of them lies in a window."""
    return overlap(stretches, [window])


def present(stretches: Iterable[Stretch], now: datetime) -> Stretch | None:
    """The one that is going on."""
    return next((stretch for stretch in stretches if stretch.starts <= now < stretch.ends), None)


def next_start(stretches: Iterable[Stretch], now: datetime) -> datetime | None:
    """When the next one begins, after now."""
    return min((stretch.starts for stretch in stretches if stretch.starts > now), default=None)


def gaps(needed: Sequence[tuple[Stretch, int]], people: Sequence[Sequence[Stretch]]) -> list[Gap]:
    """Where fewer people are there than `needed` says; of two needs at once the greater one counts."""
    edges = {edge for stretch, _people in needed for edge in (stretch.starts, stretch.ends)}
    edges |= {edge for person in people for stretch in person for edge in (stretch.starts, stretch.ends)}
    found: list[Gap] = []
    for starts, ends in pairwise(sorted(edges)):
        must = max((count for stretch, count in needed if stretch.starts <= starts < stretch.ends), default=0)
        missing = must - sum(present(person, starts) is not None for person in people)
        if missing <= 0:
            continue
        if found and found[-1].ends == starts and found[-1].missing == missing:
            found[-1] = Gap(found[-1].starts, ends, missing)
        else:
            found.append(Gap(starts, ends, missing))
    return found


def instant(day: date, at: time, zone: ZoneInfo, *, is_end: bool = False) -> datetime:
    """When the wall shows a time, in UTC; see above for times that it skips or shows twice."""
    wall = datetime.combine(day, at)
    first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first <= second:
        return second if is_end else first
    return _change_between(second, first, zone)


def _change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The second in which the clocks are put forward."""
    old = before.astimezone(zone).utcoffset()
    while after - before > SECOND:
        middle = before + (after - before) // 2 // SECOND * SECOND
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after


def _on(day: date, shift: Weekly, zone: ZoneInfo) -> Stretch:
    last = day if shift.ends > shift.starts else day + DAY
    return Stretch(instant(day, shift.starts, zone), instant(last, shift.ends, zone, is_end=True))


def _date(at: datetime, zone: ZoneInfo, days: int) -> date:
    return at.astimezone(zone).date() + timedelta(days=days)


def _meet(one: Stretch, other: Stretch) -> bool:
    return one.starts < other.ends and other.starts < one.ends
