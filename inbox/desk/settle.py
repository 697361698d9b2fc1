"""Deciding a sending of which nobody knows whether it arrived, and trying again what failed: a person's word."""

from datetime import datetime

from django.db import transaction

from inbox.activity import record
from inbox.errors import AlreadyDone
from inbox.models import Agent, Delivery, DeliveryState
from inbox.outbound.states import move
from inbox.permissions import Can, require
from inbox.wake import wake

DECIDABLE = {DeliveryState.NEEDS_HUMAN, DeliveryState.FAILED}


def it_arrived(delivery: Delivery, *, by: Agent, now: datetime) -> None:
    """He knows that the customer has it. Raise AlreadyDone if it was decided before."""
    _decide(delivery, DeliveryState.SENT, "settled_arrived", by=by, now=now, sent_by_hand=by, due_at=None)


def send_again(delivery: Delivery, *, by: Agent, now: datetime) -> None:
    """Send the very same bytes once more. Raise AlreadyDone if it was decided before."""
    _decide(
        delivery,
        DeliveryState.QUEUED,
        "settled_again",
        by=by,
        now=now,
        due_at=now,
        queued_at=now,
        attempts=0,
        looks=0,
    )
    wake("inbox.outbound.tasks.send", delivery.pk)


def discard(delivery: Delivery, *, by: Agent, now: datetime) -> None:
    """Give it up. Raise AlreadyDone if it was decided before."""
    _decide(delivery, DeliveryState.CANCELLED, "settled_discarded", by=by, now=now, due_at=None)


def _decide(delivery: Delivery, to: DeliveryState, verb: str, *, by: Agent, now: datetime, **fields: object) -> None:
    require(by, Can.SETTLE, delivery.conversation)
    with transaction.atomic():
        if not move(delivery.pk, to, only_from=DECIDABLE, **fields):
            raise AlreadyDone
        record(verb, now=now, by=by, conversation=delivery.conversation_id, delivery=delivery.pk)
