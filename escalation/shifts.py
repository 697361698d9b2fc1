"""Stand-in until the engine of shifts is merged."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """A stretch of time, in UTC; its end does not belong to it."""

    starts: datetime
    ends: datetime
