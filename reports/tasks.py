"""What reports do by themselves."""

import logging
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from reports import measures

log = logging.getLogger(__name__)

LOOKS_BACK = timedelta(days=2)
SETTLED_AFTER = timedelta(minutes=15)  # what has just come in may still be on its way through


@shared_task
def check_ledger() -> None:
    """The alarm: something came in of which no outcome is proven. The page of the ledger shows where."""
    until = timezone.now() - SETTLED_AFTER
    if missing := measures.differences(until - LOOKS_BACK, until):
        log.error("the ledger does not add up: %s items have no proven outcome; see the page of the ledger", missing)
