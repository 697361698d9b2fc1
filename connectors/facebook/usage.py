"""How much of the limits is used, as the headers of every answer tell (graph-api/overview/rate-limiting).

They count in percent: at 80 we come less often, at 100 Facebook refuses.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import msgspec

from connectors import meter
from connectors.facebook.shapes import Json, mapping, sequence, text_in

MUCH, ALL = 80, 100
SLOWLY = timedelta(minutes=10)
_COUNTS = ("call_count", "total_time", "total_cputime")
_HOUR = timedelta(hours=1)  # the limits count over one


@dataclass(slots=True)
class Usage:
    """The most that any limit is used, and when calls are free again if Facebook told."""

    percent: int = 0
    free_at: datetime | None = None

    def note(self, headers: Mapping[str, str]) -> None:
        """Take over what an answer tells, and tell the meter of it."""
        for name, told, minutes in _told(headers):
            percent = max((_whole(told.get(count)) for count in _COUNTS), default=0)
            answered = _answered_at(headers)
            free_at = answered + timedelta(minutes=minutes) if answered and minutes else None
            meter.left(meter.Left(name, max(0, ALL - percent), ALL, free_at))
            self.percent = max(self.percent, percent)
            self.free_at = max(filter(None, (self.free_at, free_at)), default=None)

    def rests_until(self, now: datetime) -> datetime | None:
        """When to come again at the earliest; None for as usual."""
        if self.percent >= ALL:
            return self.free_at or now + _HOUR
        return now + SLOWLY if self.percent >= MUCH else None


def _told(headers: Mapping[str, str]) -> Iterator[tuple[str, Json, int]]:
    """Each limit by name: its percents, and in how many minutes it is free again."""
    app = _decoded(headers.get("X-App-Usage", ""))
    if app:
        yield "app", app, 0
    for uses in _decoded(headers.get("X-Business-Use-Case-Usage", "")).values():
        for use in sequence(uses):
            yield text_in(use, "type") or "page", use, _whole(use.get("estimated_time_to_regain_access"))


def _decoded(header: str) -> Json:
    try:
        return mapping(msgspec.json.decode(header.encode())) if header else {}
    except msgspec.DecodeError:
        return {}


def _whole(value: object) -> int:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 10**6 else 0


def _answered_at(headers: Mapping[str, str]) -> datetime | None:
    try:
        return parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return None
