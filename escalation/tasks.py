"""What this room does by itself. Only here and in the sweep is the clock known."""

from celery import shared_task
from django.utils import timezone

from escalation import routing, sweep


@shared_task
def look() -> None:
    """Something changed in a conversation: look at all that is due, and give what waits to whoever has room."""
    now = timezone.now()
    for team in sweep.look_at_all(now)[1]:
        routing.fill(team, now=now)


@shared_task
def fill_queues() -> None:
    """Somebody has room again: give him the oldest due one."""
    now = timezone.now()
    for team in routing.queues():
        routing.fill(team, now=now)


@shared_task
def run_sweep() -> None:
    """Whatever a lost hint left behind."""
    sweep.run(timezone.now())
