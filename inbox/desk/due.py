"""What escalation has computed for conversations, written down where a list row shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from inbox import hot

# One statement for a whole batch: the values travel as arrays.
WRITE = """
UPDATE inbox_conversation c
SET climbs_at = d.climbs_at, climbs_to = d.climbs_to, promise_at = d.promise_at, owes_update_at = d.owes_update_at,
    look_at = d.look_at, sorted_at = coalesce(c.sorted_at, d.sorted_at)
FROM unnest(%s::bigint[], %s::timestamptz[], %s::smallint[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[],
            %s::timestamptz[]) AS d (id, climbs_at, climbs_to, promise_at, owes_update_at, look_at, sorted_at)
WHERE c.id = d.id
"""

SOON = timedelta(hours=1)  # or the last quarter of the time, if that is shorter


@dataclass(frozen=True, slots=True)
class Due:
    """What falls due in one conversation, and when to look at it again; None for what does not."""

    conversation: int
    climbs_at: datetime | None = None
    climbs_to: int | None = None
    promise_at: datetime | None = None
    owes_update_at: datetime | None = None
    look_at: datetime | None = None
    sorted_at: datetime | None = None


def soon_from(climbs_at: datetime, opened_at: datetime) -> datetime:
    """From when on it climbs soon: it is shown in amber, and whoever answers for it is told."""
    return climbs_at - min(SOON, (climbs_at - opened_at) / 4)


def write_due(rows: Iterable[Due]) -> None:
    """Write them down. Call with the rows locked: what changes afterwards asks to be looked at again."""
    known = list(rows)
    if not known:
        return
    columns = (
        [row.conversation for row in known],
        [row.climbs_at for row in known],
        [row.climbs_to for row in known],
        [row.promise_at for row in known],
        [row.owes_update_at for row in known],
        [row.look_at for row in known],
        [row.sorted_at for row in known],
    )
    hot.change(WRITE, columns)
