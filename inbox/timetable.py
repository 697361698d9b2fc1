"""Turns of periodic jobs: each is a row, so that two timetables running at once do a job once."""

from datetime import UTC, datetime, timedelta
from importlib import import_module

from celery import shared_task
from django.db import connection
from django.utils import timezone

from inbox import blobs, spending
from inbox.models import IdempotencyKey, OneTimeLink, Slot

KEPT_FOR = timedelta(days=7)


@shared_task
def run(job: str, task: str, every: float) -> None:
    """Do a job if nobody took this turn yet. `every` is its period in seconds."""
    now = timezone.now()
    if take_turn(job, every, now):
        module, _, name = task.rpartition(".")
        getattr(import_module(module), name)()
        Slot.objects.filter(job=job, slot_start=slot_of(now, every)).update(finished_at=timezone.now())


def slot_of(now: datetime, every: float) -> datetime:
    """The start of the turn that `now` falls into."""
    return datetime.fromtimestamp(now.timestamp() // every * every, UTC)


def take_turn(job: str, every: float, now: datetime) -> bool:
    """Whether this turn is ours. The database decides."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO inbox_slot (job, slot_start) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [job, slot_of(now, every)],
        )
        return bool(cursor.rowcount == 1)


@shared_task
def clear_away() -> None:
    """Forget turns, keys of repeated requests and links that nobody can use any more.

    So with what was paid for on a day that is over, and with files that somebody began and never finished.
    """
    now = timezone.now()
    long_ago = now - KEPT_FOR
    Slot.objects.filter(slot_start__lt=long_ago).delete()
    IdempotencyKey.objects.filter(created_at__lt=long_ago).delete()
    OneTimeLink.objects.filter(expires_at__lt=long_ago).delete()
    spending.forget_days_before(now)
    blobs.clear_landing(long_ago)
