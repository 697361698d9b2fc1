"""What workers are asked to do on the way out. Each task calls one function."""

from celery import shared_task
from django.utils import timezone

from inbox.models import Delivery, DeliveryState
from inbox.outbound import deliver, reconcile
from inbox.wake import wake

AT_ONCE = 200
DUE = (DeliveryState.HELD, DeliveryState.QUEUED)


@shared_task
def send_due() -> None:
    """The sweep: every delivery whose time has come, whether or not a hint came through."""
    reconcile.release_abandoned(timezone.now())
    due = Delivery.objects.filter(state__in=DUE, due_at__lte=timezone.now()).order_by("due_at", "id")
    for delivery_id in due.values_list("pk", flat=True)[:AT_ONCE]:
        wake("inbox.outbound.tasks.send", delivery_id)


@shared_task
def send(delivery_id: int) -> None:
    """Send one delivery, and whatever waited for it in its conversation."""
    if deliver.send(delivery_id, timezone.now()):
        behind = Delivery.objects.filter(
            conversation__deliveries=delivery_id, state__in=DUE, due_at__lte=timezone.now()
        ).order_by("id")
        for next_id in behind.exclude(pk=delivery_id).values_list("pk", flat=True)[:1]:
            wake("inbox.outbound.tasks.send", next_id)


@shared_task
def settle_unknown() -> None:
    """The sweep: look for every delivery of which nobody knows whether it went out."""
    reconcile.release_abandoned(timezone.now())
    unknown = Delivery.objects.filter(state=DeliveryState.UNKNOWN, due_at__lte=timezone.now())
    for delivery in unknown.select_related("channel").order_by("due_at")[:AT_ONCE]:
        reconcile.settle(delivery, timezone.now())
