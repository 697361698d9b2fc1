"""Calendar files, well formed and not."""

from datetime import UTC, datetime

import pytest

from connectors.email import calendars


def calendar(*lines: str, method: str = "METHOD:REQUEST") -> bytes:
    frame = ["BEGIN:VCALENDAR", "VERSION:2.0", method, "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR", ""]
    return "\r\n".join(line for line in frame if line != "none").encode()


def test_times_are_given_in_utc_with_their_zone() -> None:
    (found,) = calendars.read(calendar("DTSTART;TZID=Europe/Moscow:20261112T101500", "DURATION:PT30M", "SUMMARY:Talk"))
    assert found.starts_at == datetime(2026, 11, 12, 7, 15, tzinfo=UTC)
    assert found.ends_at == datetime(2026, 11, 12, 7, 45, tzinfo=UTC)
    assert (found.timezone, found.summary, found.method) == ("Europe/Moscow", "Talk", "REQUEST")


def test_a_whole_day_is_told_apart() -> None:
    (found,) = calendars.read(calendar("DTSTART;VALUE=DATE:20261112", method="METHOD:CANCEL"))
    assert found.all_day
    assert found.method == "CANCEL"


def test_the_method_of_the_part_counts_where_the_file_has_none() -> None:
    assert calendars.read(calendar("SUMMARY:x", method="none"), "reply")[0].method == "REPLY"


def test_an_answer_says_whether_he_comes_and_an_invitation_says_nothing_of_it() -> None:
    guest = "ATTENDEE;PARTSTAT=declined:mailto:carla@example.com"
    assert calendars.read(calendar(guest, method="METHOD:REPLY"))[0].answer == "DECLINED"
    assert calendars.read(calendar(guest))[0].answer == ""
    assert calendars.read(calendar("SUMMARY:x", method="METHOD:REPLY"))[0].answer == ""


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"words",
        b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 99,
        calendar("DTSTART:nonsense", "RRULE:X")[:-40],
        b"\xff" * 99,
    ],
)
def test_a_broken_file_is_no_appointment(content: bytes) -> None:
    calendars.read(content)
    assert not calendars.read(content[:20])
