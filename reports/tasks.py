"""What reports do by themselves."""

import logging
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from reports import measures
from reports.checks import kept

log = logging.getLogger(__name__)

LOOKS_BACK = timedelta(days=2)
SETTLED_AFTER = timedelta(minutes=15)  # what has just come in may still be on its way through


@shared_task
def check_ledger() -> None:
    """The alarm: something came in of which no outcome is proven. The page of the ledger shows where."""
    until = timezone.now() - SETTLED_AFTER
    if missing := measures.differences(until - LOOKS_BACK, until):
        log.error("the ledger does not add up: %s items have no proven outcome; see the page of the ledger", missing)


@shared_task
def check_invariants() -> None:
    """The alarm: rows that break what must always hold, though the database should have refused them."""
    for name, rows in kept(timezone.now()).items():
        log.error("it does not hold any more that %s: rows %s%s", name, rows[:20], " and more" if rows[20:] else "")
