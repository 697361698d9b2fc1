"""What must always hold, as it was looked at the last time: a page may not read all tables to say so."""

from datetime import datetime

from django.db.models import F

from inbox.models import Checked
from reports.invariants import INVARIANTS, violations


def kept(now: datetime) -> dict[str, list[int]]:
    """Look at all of it, and keep what was found. Return the rows that break something, by its name."""
    broken = violations(now)
    Checked.objects.exclude(name__in=INVARIANTS).delete()
    Checked.objects.bulk_create([Checked(name=name, at=now) for name in INVARIANTS], ignore_conflicts=True)
    for name in INVARIANTS:
        Checked.objects.filter(name=name).update(times=F("times") + 1, broken=len(broken.get(name, ())), at=now)
    return broken
