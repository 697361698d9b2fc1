"""Deciding a sending of which nobody knows whether it arrived, and trying again what failed: a person's word.

What is decided of a part holds for those behind it, too, which stand still until then.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from inbox.activity import record
from inbox.errors import AlreadyDone
from inbox.models import Agent, Delivery, DeliveryState
from inbox.outbound.states import UNSENT, move
from inbox.permissions import Can, require
from inbox.wake import wake

DECIDABLE = {DeliveryState.NEEDS_HUMAN, DeliveryState.FAILED}


def it_arrived(delivery: Delivery, *, by: Agent, now: datetime) -> None:
    """He knows that the customer has it: what stands behind it goes out. Raise AlreadyDone if it was decided before."""
    with transaction.atomic():
        _decide(delivery, DeliveryState.SENT, "settled_arrived", by=by, now=now, sent_by_hand=by, due_at=None)
        delivery.results.filter(state=DeliveryState.QUEUED).delete()
        _go_on(delivery, now)


def send_again(delivery: Delivery, *, by: Agent, now: datetime) -> None:
    """Send the very same bytes once more, then what stands behind them. Raise AlreadyDone if it was decided before."""
    fresh = {"due_at": now, "queued_at": now, "attempts": 0, "looks": 0}
    with transaction.atomic():
        _decide(delivery, DeliveryState.QUEUED, "settled_again", by=by, now=now, **fresh)
        _go_on(delivery, now)
        wake("inbox.outbound.tasks.send", delivery.pk)


def discard(delivery: Delivery, *, by: Agent, now: datetime) -> None:
    """Give it up with all that stands behind it. Raise AlreadyDone if it was decided before."""
    with transaction.atomic():
        _decide(delivery, DeliveryState.CANCELLED, "settled_discarded", by=by, now=now, due_at=None)
        _behind(delivery).update(state=DeliveryState.CANCELLED, due_at=None)


def _decide(delivery: Delivery, to: DeliveryState, verb: str, *, by: Agent, now: datetime, **fields: object) -> None:
    require(by, Can.SETTLE, delivery.conversation)
    if not move(delivery.pk, to, only_from=DECIDABLE, **fields):
        raise AlreadyDone
    record(verb, now=now, by=by, conversation=delivery.conversation_id, delivery=delivery.pk)


def _go_on(delivery: Delivery, now: datetime) -> None:
    """Its time to be tried begins anew: it may have stood behind this one for longer than that."""
    _behind(delivery).update(state=DeliveryState.QUEUED, due_at=now, queued_at=now)


def _behind(delivery: Delivery) -> QuerySet[Delivery]:
    return Delivery.objects.filter(message=delivery.message_id, part__gt=delivery.part, state__in=UNSENT)
