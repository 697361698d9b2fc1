"""Who of the recipients of one mail has it, who is tried again, and whom the provider refused for good.

A result that is queued tells of one whom it refused for now: while there is any, all others are done with.
"""

from collections.abc import Sequence
from datetime import datetime

from connectors.contract import Refusal, Sent
from connectors.errors import ChannelError
from inbox.models import Delivery, DeliveryState, RecipientResult


def some_wait(delivery: Delivery) -> bool:
    """Whether others have it and some are tried again."""
    return delivery.results.filter(state=DeliveryState.QUEUED).exists()


def left(delivery: Delivery) -> tuple[str, ...]:
    """Who is to get it: all of them, or those alone who are tried again. Nobody gets it twice."""
    waiting = set(delivery.results.filter(state=DeliveryState.QUEUED).values_list("recipient", flat=True))
    return tuple(r for r in delivery.recipients if not waiting or r.lower() in waiting)


def note(delivery: Delivery, sent: Sent, tried: Sequence[str], now: datetime) -> None:
    """Write down what became of those who were tried; what is known of others stays."""
    delivery.results.filter(recipient__in=[recipient.lower() for recipient in tried]).delete()
    RecipientResult.objects.bulk_create(
        RecipientResult(
            delivery=delivery,
            recipient=recipient.lower(),
            state=_state(refusal),
            code=refusal.code[:20],
            words=refusal.words,
            at=now,
        )
        for recipient, refusal in sent.refused.items()
    )


def give_up(delivery: Delivery, error: ChannelError, now: datetime) -> bool:
    """Those who wait will not get it. Return whether somebody else has it."""
    words = {"words": error.words} if error.words else {}
    waiting = delivery.results.filter(state=DeliveryState.QUEUED)
    if not waiting.update(state=DeliveryState.FAILED, at=now, **words):
        return False
    failed = delivery.results.filter(state=DeliveryState.FAILED).values_list("recipient", flat=True)
    return not {recipient.lower() for recipient in delivery.recipients} <= set(failed)


def _state(refusal: Refusal) -> DeliveryState:
    return DeliveryState.FAILED if refusal.permanent else DeliveryState.QUEUED
