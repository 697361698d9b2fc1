"""Times as X tells them, and those that its ids hold."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_SNOWFLAKES_BEGAN = datetime(2010, 11, 4, 1, 42, 54, 657000, tzinfo=UTC)  # 1288834974657 ms


def moment(told: object) -> datetime | None:
    """ISO 8601 of API v2, `Wed Oct 10 20:19:24 +0000 2018` of version 1.1, or milliseconds since 1970."""
    text = str(told or "")
    if text.isdigit():
        return _since_1970(int(text))
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return _old_style(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _since_1970(milliseconds: int) -> datetime | None:
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None


def _old_style(text: str) -> datetime | None:
    words = text.split()
    if len(words) != 6:
        return None
    weekday, month, day, clock, zone, year = words
    try:
        return parsedate_to_datetime(f"{weekday}, {day} {month} {year} {clock} {zone}")
    except ValueError:
        return None


def made_at(identity: str) -> datetime:
    """When X gave out an id: its upper bits are milliseconds since November 2010."""
    milliseconds = int(identity) >> 22 if identity.isdigit() and len(identity) < 20 else 0
    return _SNOWFLAKES_BEGAN + timedelta(milliseconds=milliseconds)
