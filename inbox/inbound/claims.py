"""Which items of a channel are due to be opened. That they are taken is counted first, for one may kill its reader."""

from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.utils import timezone

from inbox import hot
from inbox.inbound import statements as sql
from inbox.models import Channel, Item, Outcome

AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row of CLAIM_ITEMS."""

    id: int
    attempts: int
    received_at: datetime
    source_key: str
    part: str
    sha256: str
    size: int
    facts: dict[str, str]
    twin: int | None

    @property
    def may_have_come_before(self) -> bool:
        """Whether something older may be the same, so that it is opened when that has its outcome."""
        return self.twin is not None or "lasting_id" in self.facts


def claim(channel: Channel, now: datetime) -> list[Claimed]:
    """Some that are due, the oldest first."""
    rows = hot.fetch(sql.CLAIM_ITEMS, {"channel": channel.pk, "now": now, "count": AT_ONCE})
    claimed = [
        Claimed(pk, attempts, received_at, key, part, sha256, size, msgspec.json.decode(facts), twin)
        for pk, attempts, received_at, key, part, sha256, size, facts, twin in rows
    ]
    return sorted(claimed, key=lambda item: item.id)


def are_left(channel: Channel) -> bool:
    """Whether anything is due."""
    due = Item.objects.filter(channel=channel, outcome=Outcome.WAITING)
    return due.exclude(due_at__gt=timezone.now()).exists()
