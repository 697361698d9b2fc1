"""Stretches of time that reports are made of. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of the calendar. Where it begins and ends depends on who reads."""

    year: int
    number: int

    @classmethod
    def of(cls, moment: datetime) -> Self:
        """The month in which it is, by its own zone."""
        return cls(moment.year, moment.month)

    @classmethod
    def read(cls, text: str) -> Self:
        """The month that is written as 2026-11. Raise ValueError for anything else."""
        return cls.of(datetime.strptime(f"{text} +0000", "%Y-%m %z"))

    def begins(self, zone: str) -> datetime:
        """Its first instant on the wall of that zone."""
        return datetime(self.year, self.number, 1, tzinfo=ZoneInfo(zone))

    def ends(self, zone: str) -> datetime:
        """The first instant that does not belong to it any more."""
        return self.next.begins(zone)

    @property
    def next(self) -> "Month":
        """The one after it."""
        return Month.of(datetime.combine(self.day + timedelta(days=31), datetime.min.time(), ZoneInfo("UTC")))

    @property
    def former(self) -> "Month":
        """The one before it."""
        return Month.of(datetime.combine(self.day - timedelta(days=1), datetime.min.time(), ZoneInfo("UTC")))

    @property
    def day(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"
