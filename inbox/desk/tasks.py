"""What the desk does by itself when a time has come."""

from celery import shared_task
from django.utils import timezone

from inbox.database import alone_at
from inbox.desk import bulk, ringing
from inbox.desk.solve import wake_up
from inbox.errors import AlreadyDone
from inbox.models import Bulk, Conversation, Ring, State
from inbox.wake import wake

BROWSERS_AT_ONCE = 500


@shared_task
def wake_snoozed() -> None:
    """Open what was snoozed until now."""
    now = timezone.now()
    for conversation in Conversation.objects.filter(state=State.PENDING, snoozed_until__lte=now).order_by("pk")[:500]:
        try:
            wake_up(conversation, now=now)
        except AlreadyDone:
            continue  # somebody was quicker


@shared_task
def work_off_bulk(bulk_id: int) -> None:
    """Go on with one act on many, and ask for the next turn."""
    with alone_at("bulk", bulk_id) as alone:
        if alone and bulk.work_off(bulk_id, timezone.now()):
            wake("inbox.desk.tasks.work_off_bulk", bulk_id)


@shared_task
def work_off_bulks() -> None:
    """The sweep: every act on many that is not finished, whether or not a hint came through."""
    for bulk_id in Bulk.objects.filter(finished_at=None).values_list("pk", flat=True):
        wake("inbox.desk.tasks.work_off_bulk", bulk_id)


@shared_task
def ring(browser_id: int) -> None:
    """Let what is due ring in one browser whose pages may all be closed."""
    ringing.ring(browser_id, timezone.now())


@shared_task
def ring_due() -> None:
    """The sweep: every browser in which something is to ring, whether or not a hint came through."""
    due = Ring.objects.filter(due_at__lte=timezone.now()).values_list("browser", flat=True).distinct()
    for browser_id in due[:BROWSERS_AT_ONCE]:
        wake("inbox.desk.tasks.ring", browser_id)
