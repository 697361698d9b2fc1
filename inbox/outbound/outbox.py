"""The outbox: a frozen answer waits here, as rows, until its time has come."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from connectors.contract import Frozen
from connectors.registry import kinds
from inbox import blobs, hot
from inbox.models import Channel, Conversation, Delivery, DeliveryState, Message, ProviderId
from inbox.wake import wake

UNDO_WINDOW = timedelta(seconds=10)


def put(
    message: Message,
    parts: Sequence[Frozen],
    *,
    conversation: Conversation,
    channel: Channel,
    now: datetime,
    undo: timedelta = UNDO_WINDOW,
) -> list[Delivery]:
    """Queue the parts of a message, held for as long as they can be undone. Call inside a transaction.

    Where only a person can give them, they wait for him.

    The ids under which the provider will know them are written down now, so that an answer which overtakes the
    provider's own "accepted" already finds its conversation.
    """
    state = _first_state(channel, undo)
    deliveries = []
    for place, frozen in enumerate(parts):
        delivery = Delivery(
            message=message,
            conversation=conversation,
            channel=channel,
            part=place,
            recipients=list(frozen.recipients),
            payload=blobs.keep(frozen.body),
            provider_id=frozen.provider_id,
            state=state,
            queued_at=now,
            due_at=None if state == DeliveryState.NEEDS_HUMAN else now + undo,
        )
        deliveries.append(hot.add(delivery))
        known = frozen.provider_id
        if known:
            hot.add(ProviderId(channel=channel, value=known, reference=known, message=message, delivery=delivery))
    if state == DeliveryState.QUEUED:
        wake("inbox.outbound.tasks.send_due")
    return deliveries


def _first_state(channel: Channel, undo: timedelta) -> DeliveryState:
    if kinds()[channel.kind].by_hand:
        return DeliveryState.NEEDS_HUMAN
    return DeliveryState.HELD if undo else DeliveryState.QUEUED
