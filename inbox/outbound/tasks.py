"""What workers are asked to do on the way out. Each task calls one function."""

from celery import shared_task
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from inbox.database import alone_at
from inbox.models import Delivery
from inbox.outbound import deliver, reconcile, verdicts
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


@shared_task
def tell_verdicts_of(channel_id: int) -> None:
    """Tell the provider of one channel what people decided about spam."""
    with alone_at("tell verdicts", channel_id) as alone:
        if alone:
            verdicts.tell(channel_id, timezone.now())


@shared_task
def tell_verdicts() -> None:
    """The sweep: every provider that is to be told, whether or not a hint came through."""
    for channel_id in verdicts.waiting_channels(timezone.now()).values_list("pk", flat=True):
        wake("inbox.outbound.tasks.tell_verdicts_of", channel_id)


def _due() -> QuerySet[Delivery]:
    """What may go out now; not what stands behind a part about which a person must say something."""
    before = Delivery.objects.filter(message=OuterRef("message"), part__lt=OuterRef("part"), state__in=CANNOT_GO)
    return Delivery.objects.filter(~Exists(before), state__in=UNSENT, due_at__lte=timezone.now())
