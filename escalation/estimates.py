"""Times that we tell customers: what like cases took, plus a margin, rounded up. Promise less, do more. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from escalation.shifts import Stretch

FEW = 5  # fewer like cases than so say nothing
LATE_SHARE = 0.9
MARGIN = 0.25
UNKNOWN = timedelta(hours=8)
SHORTEST, LONGEST = timedelta(hours=1), timedelta(days=14)
EACH_UNKNOWN = timedelta(minutes=30)
QUARTER, HOUR = timedelta(minutes=15), timedelta(hours=1)


class Ground(Enum):
    """What like cases say of a time that is proposed."""

    MEASURED = "measured"  # nine of ten were solved within it
    TOO_FEW = "too few"
    TOO_LONG = "too long"  # a tenth took longer than is ever promised


@dataclass(frozen=True, slots=True)
class Proposed:
    """A time to promise, and what it rests on: see Ground."""

    at: datetime
    ground: Ground


def likely(took: Sequence[timedelta]) -> timedelta:
    """What nine of ten like cases stayed below, plus a margin."""
    if len(took) < FEW:
        return UNKNOWN
    ordered = sorted(took)
    late = ordered[min(len(ordered) - 1, int(len(ordered) * LATE_SHARE))]
    return max(late * (1 + MARGIN), SHORTEST)


def promised(now: datetime, took: Sequence[timedelta]) -> Proposed:
    """The time to propose for a promise: on a full hour, and not farther away than LONGEST."""
    after = likely(took)
    ground = Ground.TOO_FEW if len(took) < FEW else Ground.TOO_LONG if after > LONGEST else Ground.MEASURED
    return Proposed(rounded_up(now + min(after, LONGEST), HOUR), ground)


def answered_by(there: Sequence[Stretch], *, ahead: int, people: int, each: timedelta | None) -> datetime | None:
    """When somebody who has just written is answered, honestly; None if it takes longer than is known.

    `there` is when somebody is on shift from now on: nobody works at it in between. `ahead` is how much waits before
    him, `people` how many work at it, `each` what one takes.
    """
    left = (each or EACH_UNKNOWN) * ((ahead // max(people, 1)) + 1) * (1 + MARGIN)
    for stretch in there:
        if left <= stretch.ends - stretch.starts:
            return rounded_up(stretch.starts + left, QUARTER)
        left -= stretch.ends - stretch.starts
    return None


def rounded_up(moment: datetime, to: timedelta) -> datetime:
    """The next multiple of `to` since the epoch, not before `moment`."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return epoch + -((epoch - moment) // to) * to
