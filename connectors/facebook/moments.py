"""Times as Facebook tells them: milliseconds in Messenger, seconds on the wall, ISO 8601 in answers of the API."""

from datetime import UTC, datetime, timedelta

_MILLISECONDS_FROM = 100_000_000_000  # as seconds this would be the year 5138
_BEGAN = datetime(1970, 1, 1, tzinfo=UTC)


def moment(told: object) -> datetime | None:
    """A number or digits since 1970 in either unit, or `2021-07-23T09:28:50+0000`; None for anything else."""
    text = str(told if told is not None else "").strip()
    if text.isdecimal():
        return _since_1970(int(text))
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _since_1970(number: int) -> datetime | None:
    seconds, milliseconds = divmod(number, 1000) if number >= _MILLISECONDS_FROM else (number, 0)
    try:
        return _BEGAN + timedelta(seconds=seconds, milliseconds=milliseconds)
    except OverflowError:
        return None
