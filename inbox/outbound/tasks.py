"""What workers are asked to do on the way out. Each task calls one function."""

from celery import shared_task
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from inbox.models import Delivery
from inbox.outbound import deliver, reconcile
from inbox.outbound.states import CANNOT_GO, LOOKED_FOR, UNSENT
from inbox.wake import wake

AT_ONCE = 200


@shared_task
def send_due() -> None:
    """The sweep: every delivery whose time has come, whether or not a hint came through."""
    reconcile.release_abandoned(timezone.now())
    for delivery_id in _due().order_by("due_at", "id").values_list("pk", flat=True)[:AT_ONCE]:
        wake("inbox.outbound.tasks.send", delivery_id)


@shared_task
def send(delivery_id: int) -> None:
    """Send one delivery, and whatever waited for it in its conversation."""
    if deliver.send(delivery_id, timezone.now()):
        behind = _due().filter(conversation__deliveries=delivery_id).order_by("id")
        for next_id in behind.exclude(pk=delivery_id).values_list("pk", flat=True)[:1]:
            wake("inbox.outbound.tasks.send", next_id)


@shared_task
def settle_unknown() -> None:
    """The sweep: look for every delivery of which nobody knows whether it went out."""
    reconcile.release_abandoned(timezone.now())
    unknown = Delivery.objects.filter(LOOKED_FOR, due_at__lte=timezone.now())
    for delivery in unknown.select_related("channel").order_by("due_at")[:AT_ONCE]:
        reconcile.settle(delivery, timezone.now())


def _due() -> QuerySet[Delivery]:
    """What may go out now; not what stands behind a part about which a person must say something."""
    before = Delivery.objects.filter(message=OuterRef("message"), part__lt=OuterRef("part"), state__in=CANNOT_GO)
    return Delivery.objects.filter(~Exists(before), state__in=UNSENT, due_at__lte=timezone.now())
