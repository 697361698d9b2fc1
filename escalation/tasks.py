"""What this room does by itself. Only here and in the sweep is the clock known."""

from celery import shared_task
from django.utils import timezone

from escalation import routing, sweep


@shared_task
def look() -> None:
    """Something changed in a conversation: look at all that is due, and give what waits to whoever has room."""
    sweep.look(timezone.now())


@shared_task
def fill_queues() -> None:
    """Somebody has room again: give him the oldest due one."""
    routing.fill(routing.queues(), now=timezone.now())


@shared_task
def run_sweep() -> None:
    """Whatever a lost hint left behind."""
    sweep.run(timezone.now())
