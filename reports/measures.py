"""Numbers, one function each; its docstring is the definition the page shows."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from inbox.models import Outcome

# Two independent counts: what the provider handed over (envelopes), and what became of it, proven by the rows that
# the outcome speaks of. An item whose proof is missing counts as received and as nothing else.
LEDGER = """
WITH received AS (
    SELECT coalesce(e.channel_id, i.channel_id) AS channel_id, (e.received_at AT TIME ZONE %(zone)s)::date AS day,
           count(*) FILTER (WHERE i.id IS NULL) AS unsplit, count(i.id) AS items
    FROM inbox_envelope e LEFT JOIN inbox_item i ON i.envelope_id = e.id
    WHERE e.received_at >= %(start)s AND e.received_at < %(end)s
      AND coalesce(e.channel_id, i.channel_id) = ANY(%(channels)s)
    GROUP BY 1, 2),
outcomes AS (
    SELECT i.channel_id, (i.received_at AT TIME ZONE %(zone)s)::date AS day, i.outcome, count(*) AS n
    FROM inbox_item i LEFT JOIN inbox_message m ON m.item_id = i.id
    WHERE i.received_at >= %(start)s AND i.received_at < %(end)s AND i.channel_id = ANY(%(channels)s)
      AND (i.outcome <> 'message' OR m.id IS NOT NULL)
      AND NOT (i.outcome IN ('waiting', 'quarantine', 'unreadable', 'duplicate') AND m.id IS NOT NULL)
    GROUP BY 1, 2, 3)
SELECT c.name, r.channel_id, r.day, r.unsplit + r.items,
       coalesce((SELECT jsonb_object_agg(o.outcome, o.n) FROM outcomes o
                 WHERE o.channel_id = r.channel_id AND o.day = r.day), '{}'::jsonb)
FROM received r JOIN inbox_channel c ON c.id = r.channel_id
ORDER BY r.day DESC, c.name
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One channel on one day."""

    channel: str
    channel_id: int
    day: date
    items: int
    outcomes: dict[str, int]

    @property
    def difference(self) -> int:
        """Items received of which no outcome is proven. Anything but 0 is an alarm."""
        return self.items - sum(self.outcomes.values())

    @property
    def cells(self) -> list[tuple[Outcome, int]]:
        """Every outcome with its count, in the order of the table's heads."""
        return [(outcome, self.outcomes.get(outcome, 0)) for outcome in Outcome]


def ledger(channels: Iterable[int], start: datetime, end: datetime, zone: str) -> list[Line]:
    """Per channel and day: everything the provider handed over, and exactly one outcome for each.

    Items are counted from the envelopes, outcomes from what they left behind: a message counts only if its row is
    there. Days are those of `zone`. What a mail server rejects before it reaches the mailbox cannot be seen here.
    """
    with connection.cursor() as cursor:
        cursor.execute(LEDGER, {"channels": list(channels), "start": start, "end": end, "zone": zone})
        rows = cursor.fetchall()
    return [Line(name, pk, day, items, json.loads(outcomes)) for name, pk, day, items, outcomes in rows]


def differences(start: datetime, end: datetime) -> int:
    """How many items of all channels between two instants have no proven outcome: the alarm's number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(id) FROM inbox_channel")
        (channels,) = cursor.fetchone()
    return sum(abs(line.difference) for line in ledger(channels or [], start, end, "UTC"))
