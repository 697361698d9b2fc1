"""What of ours is just being sent, or may have been: what tells of it can come before the provider's own answer."""

from django.db.models import Q

from connectors.contract import Incoming, Receipt
from inbox.models import Channel, Delivery, DeliveryState, ProviderId
from inbox.outbound.states import LOOKED_FOR

UNDER_WAY = Q(state=DeliveryState.SENDING) | LOOKED_FOR


def may_be_ours(said: Incoming, channel: Channel) -> bool:
    """Whether an answer is under way in the thread in which our side said this, or to whom it was said.

    What was merged has one thread of several, and is answered in that in which he wrote last.
    """
    if not said.thread_key:
        return False
    there = Q(conversation__thread=said.thread_key)
    for partner in said.to:
        there |= Q(conversation__public=said.public, recipients__contains=[partner.address])
    return Delivery.objects.filter(UNDER_WAY, there, channel=channel).exists()


def may_be_told_of(receipt: Receipt, channel: Channel) -> bool:
    """Whether a receipt may speak of an answer that is under way to him: of one whose id we do not know yet."""
    if ProviderId.objects.filter(channel=channel, reference=receipt.provider_id, delivery__isnull=False).exists():
        return False
    nameless = Delivery.objects.filter(UNDER_WAY, channel=channel, provider_id="")
    return nameless.filter(recipients__contains=[receipt.recipient]).exists()
