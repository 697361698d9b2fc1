"""Weekly shifts on the clock of the wall become stretches of time; the clock of the wall does strange things."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from escalation import shifts
from escalation.shifts import Gap, Stretch, Weekly, gaps, instant, merged, next_start, overlap, present, stretches, work

MONDAY = date(2026, 11, 2)
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC", "Pacific/Kiritimati"]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def span(starts: str, ends: str) -> Stretch:
    return Stretch(at(starts), at(ends))


def weekly(weekday: int, starts: str, ends: str, zone: str = "UTC", **more: object) -> Weekly:
    return Weekly(weekday, time.fromisoformat(starts), time.fromisoformat(ends), zone, **more)  # type: ignore[arg-type]


WEEK = span("2026-11-02", "2026-11-09")


@pytest.mark.parametrize(
    ("zone", "day", "starts", "ends", "hours"),
    [
        pytest.param("Europe/Berlin", date(2026, 10, 24), "22:00", "06:00", 9, id="a night in the autumn"),
        pytest.param("Europe/Berlin", date(2027, 3, 27), "22:00", "06:00", 7, id="a night in the spring"),
        pytest.param("America/New_York", date(2026, 10, 31), "22:00", "06:00", 9, id="autumn over there"),
        pytest.param("America/New_York", date(2027, 3, 13), "22:00", "06:00", 7, id="spring over there"),
        pytest.param("Australia/Lord_Howe", date(2026, 10, 3), "22:00", "06:00", 7.5, id="half an hour in the spring"),
        pytest.param("Australia/Lord_Howe", date(2027, 4, 3), "22:00", "06:00", 8.5, id="half an hour in the autumn"),
        pytest.param("Asia/Kolkata", date(2026, 10, 24), "22:00", "06:00", 8, id="where clocks never change"),
        pytest.param("UTC", date(2026, 10, 24), "00:00", "00:00", 24, id="a whole day"),
        pytest.param("Europe/Berlin", date(2026, 10, 25), "00:00", "00:00", 25, id="a whole day of 25 hours"),
        pytest.param("Europe/Berlin", date(2027, 3, 28), "00:00", "00:00", 23, id="a whole day of 23 hours"),
        pytest.param("Europe/Berlin", date(2026, 10, 25), "02:00", "03:00", 2, id="an hour that comes twice"),
        pytest.param("Europe/Berlin", date(2027, 3, 28), "02:30", "06:00", 3, id="a start that is skipped"),
        pytest.param("Europe/Berlin", date(2027, 3, 27), "22:00", "02:30", 4, id="an end that is skipped"),
        pytest.param("Europe/Berlin", date(2028, 2, 29), "09:00", "17:00", 8, id="a leap day"),
        pytest.param("Pacific/Kiritimati", date(2026, 12, 31), "22:00", "06:00", 8, id="fourteen hours ahead"),
        pytest.param("Pacific/Pago_Pago", date(2026, 12, 31), "22:00", "06:00", 8, id="eleven hours behind"),
    ],
)
def test_a_shift_lasts_while_the_wall_shows_a_time_of_it(
    zone: str, day: date, starts: str, ends: str, hours: float
) -> None:
    shift = weekly(day.isoweekday(), starts, ends, zone, since=day, until=day)
    around = Stretch(*(datetime.combine(day, time(12), UTC) + timedelta(days=days) for days in (-3, 3)))
    (found,) = stretches([shift], around)
    assert found.ends - found.starts == timedelta(hours=hours)
    assert found.starts.astimezone(ZoneInfo(zone)).date() == day


def test_a_shift_wholly_within_what_the_wall_skips_does_not_take_place() -> None:
    shift = weekly(7, "02:10", "02:50", "Europe/Berlin")
    assert stretches([shift], span("2027-03-28", "2027-03-29")) == []
    assert len(stretches([shift], span("2027-04-04", "2027-04-05"))) == 1


@pytest.mark.parametrize(
    ("wall", "is_end", "utc"),
    [
        ("2026-10-25T02:30", False, "2026-10-25T00:30"),  # shown twice: a start is the first
        ("2026-10-25T02:30", True, "2026-10-25T01:30"),  # and an end the second
        ("2027-03-28T02:30", False, "2027-03-28T01:00"),  # skipped: the moment after the skip
        ("2027-03-28T02:30", True, "2027-03-28T01:00"),
        ("2027-03-28T03:00", False, "2027-03-28T01:00"),
        ("2027-03-28T01:59", True, "2027-03-28T00:59"),
    ],
)
def test_times_that_come_twice_or_never(wall: str, is_end: bool, utc: str) -> None:
    when = datetime.fromisoformat(wall)
    assert instant(when.date(), when.time(), ZoneInfo("Europe/Berlin"), is_end=is_end) == at(utc)


def test_a_day_that_a_place_skipped_has_no_shift() -> None:
    """Samoa went from 29 to 31 December 2011."""
    friday = weekly(5, "09:00", "17:00", "Pacific/Apia")
    assert stretches([friday], span("2011-12-29", "2011-12-31T12:00")) == []


@pytest.mark.parametrize(
    ("shifts_", "found"),
    [
        pytest.param([], [], id="none"),
        pytest.param(
            [("09:00", "13:00"), ("14:00", "18:00")], [("09:00", "13:00"), ("14:00", "18:00")], id="two a day"
        ),
        pytest.param([("09:00", "13:00"), ("12:00", "18:00")], [("09:00", "18:00")], id="overlapping"),
        pytest.param([("09:00", "13:00"), ("13:00", "18:00")], [("09:00", "18:00")], id="touching"),
        pytest.param([("09:00", "18:00"), ("10:00", "11:00")], [("09:00", "18:00")], id="one within the other"),
        pytest.param(
            [("14:00", "18:00"), ("09:00", "13:00")], [("09:00", "13:00"), ("14:00", "18:00")], id="unordered"
        ),
    ],
)
def test_several_shifts_a_day(shifts_: list[tuple[str, str]], found: list[tuple[str, str]]) -> None:
    week = [weekly(1, starts, ends) for starts, ends in shifts_]
    assert stretches(week, WEEK) == [span(f"2026-11-02T{starts}", f"2026-11-02T{ends}") for starts, ends in found]


def test_a_shift_over_midnight_belongs_to_the_day_on_which_it_starts() -> None:
    night = [weekly(7, "22:00", "06:00")]
    assert stretches(night, WEEK) == [
        span("2026-11-02", "2026-11-02T06:00"),  # it started on the Sunday before
        span("2026-11-08T22:00", "2026-11-09"),  # and is cut at the window's edge
    ]


def test_a_shift_starts_only_from_its_first_to_its_last_day() -> None:
    shift = weekly(1, "09:00", "17:00", since=date(2026, 11, 9), until=date(2026, 11, 16))
    found = stretches([shift], span("2026-11-01", "2026-12-01"))
    assert [stretch.starts.day for stretch in found] == [9, 16]


@pytest.mark.parametrize(
    ("shift", "hours"),
    [
        pytest.param(weekly(1, "22:00", "06:00"), 8, id="begun on the eve, it takes place to its end"),
        pytest.param(weekly(2, "22:00", "06:00"), 0, id="begun on the holiday, not even what lies behind it does"),
        pytest.param(weekly(2, "00:00", "08:00"), 0, id="from its first minute"),
        pytest.param(weekly(3, "00:00", "08:00"), 8, id="from the first minute after it"),
        pytest.param(weekly(2, "09:00", "17:00", on_holidays=True), 8, id="who works on holidays, works"),
        pytest.param(weekly(2, "09:00", "17:00", "Pacific/Kiritimati"), 0, id="by the wall of the shift, far east"),
        pytest.param(weekly(2, "09:00", "17:00", "Pacific/Pago_Pago"), 0, id="by the wall of the shift, far west"),
    ],
)
def test_a_holiday_on_a_boundary(shift: Weekly, hours: int) -> None:
    found = stretches([shift], WEEK, {date(2026, 11, 3)})
    assert sum((each.ends - each.starts for each in found), timedelta(0)) == timedelta(hours=hours)


def test_changes_take_away_and_add() -> None:
    plan = stretches([weekly(day, "09:00", "17:00") for day in (1, 2, 3)], WEEK)
    tuesday, wednesday = span("2026-11-03", "2026-11-04"), span("2026-11-04", "2026-11-05")
    saturday = span("2026-11-07T10:00", "2026-11-07T12:00")
    assert work(plan, off=[tuesday]) == [plan[0], plan[2]]
    assert work(plan, off=[span("2026-11-03T12:00", "2026-11-04T10:00")]) == [
        plan[0],
        span("2026-11-03T09:00", "2026-11-03T12:00"),
        span("2026-11-04T10:00", "2026-11-04T17:00"),
    ]
    assert work(plan, given=[wednesday], extra=[saturday]) == [plan[0], plan[1], saturday]
    assert work(plan, off=[wednesday], extra=[plan[2]]) == plan, "an extra shift wins over a day off"
    assert work([], received=plan, off=[tuesday]) == [plan[0], plan[2]], "who stands in may be off, too"
    assert work(plan, given=[WEEK], received=[saturday]) == [saturday], "a swap gives away nothing that was received"


def test_what_goes_on_and_what_comes_next() -> None:
    plan = [span("2026-11-02T09:00", "2026-11-02T13:00"), span("2026-11-02T14:00", "2026-11-02T18:00")]
    assert present(plan, at("2026-11-02T09:00")) == plan[0]
    assert present(plan, at("2026-11-02T13:00")) is None, "the end does not belong to it"
    assert next_start(plan, at("2026-11-02T08:00")) == plan[0].starts
    assert next_start(plan, at("2026-11-02T09:00")) == plan[1].starts
    assert next_start(plan, at("2026-11-02T14:00")) is None


def test_gaps_of_cover() -> None:
    day = span("2026-11-02T09:00", "2026-11-02T17:00")
    ada, sam = [span("2026-11-02T09:00", "2026-11-02T13:00")], [span("2026-11-02T12:00", "2026-11-02T17:00")]
    assert gaps([(day, 1)], [ada, sam]) == []
    assert gaps([(day, 2)], [ada, sam]) == [
        Gap(at("2026-11-02T09:00"), at("2026-11-02T12:00"), 1),
        Gap(at("2026-11-02T13:00"), at("2026-11-02T17:00"), 1),
    ]
    assert gaps([(day, 1)], []) == [Gap(day.starts, day.ends, 1)]
    assert gaps([(day, 1), (span("2026-11-02T16:00", "2026-11-02T18:00"), 3)], [sam]) == [
        Gap(at("2026-11-02T09:00"), at("2026-11-02T12:00"), 1),
        Gap(at("2026-11-02T16:00"), at("2026-11-02T17:00"), 2),
        Gap(at("2026-11-02T17:00"), at("2026-11-02T18:00"), 3),
    ]
    assert gaps([], [ada]) == []


# How fast this machine is today is nothing to be tested.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
MINUTES = some.integers(0, 60 * 24 * 14)
SPANS = some.lists(
    some.builds(
        lambda start, length: Stretch(
            WEEK.starts + timedelta(minutes=start), WEEK.starts + timedelta(minutes=start + length)
        ),
        MINUTES,
        some.integers(-60, 600),
    ),
    max_size=8,
)


def covered(found: list[Stretch], when: datetime) -> bool:
    return any(stretch.starts <= when < stretch.ends for stretch in found)


@UNHURRIED
@given(SPANS, SPANS, MINUTES)
def test_sets_of_stretches_are_sets_of_instants(one: list[Stretch], other: list[Stretch], minute: int) -> None:
    when = WEEK.starts + timedelta(minutes=minute)
    a, b = covered(one, when), covered(other, when)
    for found, expected in (
        (merged([*one, *other]), a or b),
        (overlap(one, other), a and b),
        (shifts.without(one, other), a and not b),
    ):
        assert covered(found, when) == expected
        assert all(before.ends < after.starts for before, after in pairwise(found))
        assert all(stretch.starts < stretch.ends for stretch in found)


@UNHURRIED
@given(some.sampled_from(ZONES), some.dates(date(2026, 1, 1), date(2029, 1, 1)), some.times(), some.integers(0, 2880))
def test_what_is_later_on_the_wall_is_never_earlier_in_time(zone: str, day: date, hour: time, minutes: int) -> None:
    wall = datetime.combine(day, hour)
    later = wall + timedelta(minutes=minutes)
    place = ZoneInfo(zone)
    starts = instant(wall.date(), wall.time(), place)
    assert starts <= instant(later.date(), later.time(), place, is_end=True)
    assert starts <= instant(later.date(), later.time(), place)


@UNHURRIED
@given(some.sampled_from(ZONES), some.times(), some.times(), some.dates(date(2026, 1, 8), date(2028, 12, 1)))
def test_two_windows_side_by_side_hold_what_one_holds(zone: str, starts: time, ends: time, day: date) -> None:
    week = [Weekly(weekday, starts.replace(microsecond=0), ends.replace(microsecond=0), zone) for weekday in (1, 4, 7)]
    edges = [datetime.combine(day, time(), UTC) + timedelta(days=days) for days in (0, 5, 13)]
    whole = stretches(week, Stretch(edges[0], edges[2]))
    parts = [each for pair in pairwise(edges) for each in stretches(week, Stretch(*pair))]
    assert merged(parts) == whole
