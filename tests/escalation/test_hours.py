"""Times of a day as people write them."""

from datetime import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from escalation.hours import spans, spans_of_people, written, written_of_people
from inbox.errors import Invalid


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", ""),
        ("9-18", "09:00-18:00"),
        ("9:00-13:00, 14:00-18:30", "09:00-13:00, 14:00-18:30"),
        (" 14.00 – 18.00; 9—13 ", "09:00-13:00, 14:00-18:00"),
        ("22-6", "22:00-06:00"),
        ("0-24", "00:00-24:00"),
    ],
)
def test_as_people_write_them(text: str, read: str) -> None:
    assert written(spans(text)) == read


@pytest.mark.parametrize(
    "text", ["nine to five", "9", "25-26", "9:60-10", "9-24:30", "9-18-20", "-", "9-18 x0", "1-2," * 7]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        spans_of_people(text)


def test_cover_says_how_many() -> None:
    found = spans_of_people("18-22, 9-18 x2")
    assert found == [(time(9), time(18), 2), (time(18), time(22), 1)]
    assert written_of_people(found) == "09:00-18:00 x2, 18:00-22:00"
    assert spans_of_people("9-18 х3") == [(time(9), time(18), 3)], "a Russian letter that looks like it"


MINUTES = some.builds(time, some.integers(0, 23), some.integers(0, 59))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some.lists(some.tuples(MINUTES, MINUTES, some.integers(1, 99)), max_size=6))
def test_what_was_written_is_read_again(found: list[tuple[time, time, int]]) -> None:
    assert spans_of_people(written_of_people(found)) == sorted(found)
