"""Invitations, answers and cancellations (RFC 5545, 5546) as appointments."""

import contextlib
from datetime import UTC, date, datetime
from typing import Any

from connectors.contract import Appointment
from connectors.email import limits

_MOST_ATTENDEES = 200


def read(content: bytes, method: str = "") -> tuple[Appointment, ...]:
    """The events of a calendar file; none if it is not one: then it stays a plain attachment."""
    if len(content) > limits.CALENDAR_BYTES or b"BEGIN:VEVENT" not in content.upper():
        return ()
    from icalendar import Calendar  # imports for 150 ms, needed for invitations alone

    # Its parser raises ValueError, KeyError, IndexError and others on malformed files.
    with contextlib.suppress(Exception):
        calendar = Calendar.from_ical(content)
        named = str(calendar.get("METHOD", "") or method or "PUBLISH").upper()
        return tuple(_appointment(event, named) for event in calendar.walk("VEVENT")[:20])
    return ()


def _appointment(event: Any, method: str) -> Appointment:
    starts, all_day, zone = _moment(event, "DTSTART")
    ends, _, _ = _moment(event, "DTEND")
    if ends is None and starts is not None and "DURATION" in event:
        ends = starts + event.decoded("DURATION")
    named = event.get("ATTENDEE", [])
    attendees = named if isinstance(named, list) else [named]
    return Appointment(
        method=method,
        summary=str(event.get("SUMMARY", "")).strip(),
        starts_at=starts,
        ends_at=ends,
        all_day=all_day,
        timezone=zone,
        location=str(event.get("LOCATION", "")).strip(),
        organiser=_address(event.get("ORGANIZER", "")),
        attendees=tuple(_address(one) for one in attendees[:_MOST_ATTENDEES]),
        answer=str(attendees[0].params.get("PARTSTAT", "")).upper() if attendees and method == "REPLY" else "",
    )


def _moment(event: Any, name: str) -> tuple[datetime | None, bool, str]:
    """The instant in UTC, whether it is a whole day, and the zone it was written in."""
    if name not in event:
        return None, False, ""
    value = event.decoded(name)
    zone = str(event[name].params.get("TZID", ""))
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC), False, zone
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC), True, zone
    return None, False, zone


def _address(value: object) -> str:
    text = str(value).strip()
    return text[7:] if text.lower().startswith("mailto:") else text
