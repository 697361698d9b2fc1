"""The ladder's clock: it stops only while the customer owes us an answer, once for each answer of ours."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from escalation import clock
from escalation.clock import Entry, read
from escalation.shifts import Stretch

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
TWO = {"message": 2}


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def spent(now: float, *entries: tuple[float, str] | tuple[float, str, dict[str, Any]]) -> float:
    log = [
        Entry(at(entry[0]), entry[1], entry[2] if len(entry) > 2 else {}, line=line)
        for line, entry in enumerate(entries, start=1)
    ]
    return read(START, log).spent(at(now)) / timedelta(hours=1)


@pytest.mark.parametrize(
    ("now", "log", "hours"),
    [
        (5, [], 5),
        (5, [(1, "received")], 5),
        (5, [(2, "replied")], 2),
        (9, [(2, "replied"), (6, "received")], 5),
        # A second message of ours while he owes us an answer changes nothing.
        (9, [(2, "replied"), (3, "replied"), (6, "received")], 5),
        # We say that we wait, but have answered nothing since: it runs.
        (9, [(2, "replied"), (4, "received"), (5, "waits")], 7),
        (9, [(2, "waits")], 9),
        (9, [(2, "replied", {"state": "open"}), (4, "waits")], 4),
        # He has written since, or never got it: he owes us nothing, whatever we say.
        (9, [(2, "replied", {"state": "open"}), (4, "received"), (5, "waits")], 9),
        (9, [(2, "replied", {"state": "open"}), (3, "send_undone", {"state": "open"}), (5, "waits")], 9),
        # An answer stops it once: taken up again by ourselves, it cannot be stopped by the same answer.
        (9, [(2, "replied"), (3, "needs_us"), (5, "waits")], 8),
        # A snooze neither stops it nor starts it.
        (9, [(2, "snoozed"), (8, "needs_us")], 9),
        (9, [(2, "replied"), (4, "snoozed"), (8, "needs_us")], 3),
        (9, [(2, "replied", {"state": "open"}), (4, "snoozed")], 9),
        # Solved, it stands; open again, it goes on; in a new cycle it begins anew.
        (9, [(2, "solved")], 2),
        (9, [(2, "solved"), (6, "reopened")], 5),
        (9, [(2, "solved"), (6, "reopened", {"new_cycle": True})], 3),
        # What a program said, or what says nothing of the state, changes nothing.
        (9, [(2, "received", {"quiet": True}), (3, "noted"), (4, "informed")], 9),
        (9, [(2, "replied"), (4, "received", {"quiet": True})], 2),
        # Written in another program: an answer, but nobody says that we wait.
        (9, [(2, "said_elsewhere")], 9),
        (9, [(2, "said_elsewhere"), (4, "waits")], 4),
        # We wrote first: it runs from his answer on.
        (9, [(0, "began"), (0, "replied"), (6, "received")], 3),
        (9, [(2, "replied"), (2.1, "send_undone", {"state": "open"})], 8.9),
        # What was undone, or put back, leaves it as it stood before, and what was owed.
        (9, [(2, "replied"), (4, "replied", TWO), (4.1, "send_undone", {**TWO, "state": "pending"})], 2),
        (9, [(2, "waits"), (4, "replied", TWO), (5, "send_undone", {**TWO, "state": "pending"})], 8),
        (
            9,
            [
                (2, "replied", {"state": "open"}),
                (3, "replied", TWO),
                (4, "send_undone", {**TWO, "state": "open"}),
                (5, "waits"),
            ],
            4,
        ),
        (9, [(2, "replied"), (4, "solved"), (5, "reopened"), (5, "waits", {"as_at": 1})], 2),
        (9, [(2, "waits"), (4, "solved"), (5, "reopened"), (5, "waits", {"as_at": 1})], 8),
        (9, [(2, "replied", {"state": "open"}), (4, "waits"), (5, "needs_us", {"as_at": 1}), (6, "waits")], 5),
        # But he wrote before it was undone.
        (
            9,
            [(2, "replied"), (3, "replied", TWO), (4, "received"), (4, "send_undone", {**TWO, "state": "open"})],
            7,
        ),
        # A hand-over tells how it stands.
        (9, [(2, "replied"), (4, "passed_on", {"state": "open"})], 7),
        (9, [(2, "replied"), (4, "taken_over", {"state": "pending", "aside": False})], 2),
    ],
)
def test_what_it_counts(now: float, log: list[Any], hours: float) -> None:
    assert spent(now, *log) == pytest.approx(hours)


def test_it_says_when_a_time_will_be_up() -> None:
    running = read(START, [Entry(at(2), "replied", {}), Entry(at(6), "received", {})])
    assert running.reaches(timedelta(hours=20), at(7)) == at(24)
    assert read(START, [Entry(at(2), "replied", {})]).reaches(timedelta(hours=20), at(7)) is None


def test_by_working_hours_it_runs_only_then() -> None:
    hours = [Stretch(at(day * 24), at(day * 24 + 8)) for day in range(4)]
    running = read(START - timedelta(hours=2), [])
    assert running.spent(at(12), hours) == timedelta(hours=8)
    assert running.reaches(timedelta(hours=10), at(12), hours) == at(26)
    assert running.reaches(timedelta(hours=5), at(12), hours) == at(5)
    assert running.reaches(timedelta(hours=99), at(12), hours) is None


def test_a_pause_within_working_hours_is_left_out() -> None:
    hours = [Stretch(at(0), at(8)), Stretch(at(24), at(32))]
    running = read(START, [Entry(at(2), "replied", {}), Entry(at(26), "received", {})])
    assert running.spent(at(27), hours) == timedelta(hours=3)
    assert running.reaches(timedelta(hours=8), at(27), hours) == at(32)


def test_it_says_since_when_it_has_needed_us() -> None:
    log = [Entry(at(1), "received", {}), Entry(at(2), "replied", {}), Entry(at(6), "received", {})]
    assert [clock.open_since(START, log[:count]) for count in range(4)] == [START, START, START, at(6)]
    assert clock.open_since(START, [*log, Entry(at(7), "received", {}), Entry(at(8), "noted", {})]) == at(6)
