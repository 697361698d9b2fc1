"""What providers and other mail programs tell us about what we sent."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from connectors.contract import Change, Incoming, Progress, Receipt, Verb
from inbox.activity import record
from inbox.models import Address, Channel, Delivery, DeliveryState, Message, ProviderId, RecipientResult
from inbox.outbound.deliver import accept, needs_us_again
from inbox.outbound.states import move
from inbox.signing import number_of

PROGRESS = {
    Progress.SENT: DeliveryState.SENT,
    Progress.DELIVERED: DeliveryState.DELIVERED,
    Progress.READ: DeliveryState.READ,
    Progress.FAILED: DeliveryState.FAILED,
}


def apply(receipt: Receipt, *, channel: Channel, now: datetime) -> int | None:
    """Write down what became of a delivery; return its id, or None if the receipt names nothing of ours.

    Call inside a transaction. A report counts only if it names the id that we gave out with that very mail.
    """
    delivery = _delivery(receipt.provider_id, channel) or _by_token(receipt, channel)
    if delivery is None:
        return None
    if receipt.progress == Progress.FAILED:
        _failed(delivery, receipt, now)
    elif receipt.progress == Progress.DELAYED:
        _note(delivery, receipt, DeliveryState.SENT, now)
        record("delivery_delayed", now=now, conversation=delivery.conversation_id, delivery=delivery.pk)
    else:
        _moved_on(delivery, receipt, now)
    return delivery.pk


def echo(said: Incoming, *, channel: Channel, now: datetime) -> bool:
    """A copy of something in the Sent folder. If we sent it, that is the proof; return whether we did."""
    delivery = _delivery(said.reference, channel)
    if delivery is None:
        return False
    # A copy that turns up after the report that it bounced is older news: what failed stays failed.
    if delivery.accepted_at is None:
        accept(delivery, delivery.provider_id or said.reference, now)
    return True


def change(change: Change, *, channel: Channel, now: datetime) -> None:
    """Something said was edited, deleted or hidden at the provider: our copy says so."""
    message = Message.objects.filter(provider_ids__channel=channel, provider_ids__value=change.provider_id).first()
    if message is None:
        return
    if change.verb == Verb.EDITED:
        Message.objects.filter(pk=message.pk).update(text=change.text, reply_text=change.text, quoted_text="")
    else:
        Message.objects.filter(pk=message.pk).update(withdrawn_at=None if change.verb == Verb.SHOWN else change.at)
    record(f"message_{change.verb}", now=now, conversation=message.conversation_id, message=message.pk)


def _delivery(provider_id: str, channel: Channel) -> Delivery | None:
    known = (
        ProviderId.objects.select_related("delivery__message__conversation")
        .filter(channel=channel, reference=provider_id, delivery__isnull=False)
        .first()
    )
    return known.delivery if known else None


def _by_token(receipt: Receipt, channel: Channel) -> Delivery | None:
    """A server that kept the id to itself: the newest mail to that recipient in the conversation of our token."""
    tokens = receipt.said.tokens if receipt.said and not receipt.provider_id else ()
    numbers = [number for token in tokens if (number := number_of(token))]
    sent = Delivery.objects.filter(conversation__number__in=numbers, channel=channel)
    to_him = sent.filter(recipients__contains=[receipt.recipient]) if numbers and receipt.recipient else sent.none()
    return to_him.select_related("message__conversation", "channel").order_by("-pk").first()


def _failed(delivery: Delivery, receipt: Receipt, now: datetime) -> None:
    _note(delivery, receipt, DeliveryState.FAILED, now)
    permanent = receipt.status.startswith("5")
    if permanent and receipt.recipient:
        Address.objects.filter(kind=delivery.channel.kind, value=receipt.recipient.lower()).update(
            permanent_failures=F("permanent_failures") + 1
        )
    refused = set(delivery.results.filter(state=DeliveryState.FAILED).values_list("recipient", flat=True))
    if not receipt.recipient or {r.lower() for r in delivery.recipients} <= {r.lower() for r in refused}:
        words = {"kind": "Rejected", "sentence": "", "facts": {}, "words": receipt.reason[:500]}
        # Who reports that it could not be delivered had been handed it.
        accepted_at = delivery.accepted_at or now
        if move(delivery.pk, DeliveryState.FAILED, error=words, due_at=None, accepted_at=accepted_at):
            needs_us_again(delivery.message, now)
    record("bounced", now=now, conversation=delivery.conversation_id, delivery=delivery.pk, status=receipt.status)


def _note(delivery: Delivery, receipt: Receipt, state: DeliveryState, now: datetime) -> None:
    """What became of one recipient."""
    if receipt.recipient:
        RecipientResult.objects.update_or_create(
            delivery=delivery,
            recipient=receipt.recipient.lower(),
            defaults={
                "state": state,
                "code": receipt.status[:20],
                "words": receipt.reason,
                "at": receipt.at or now,
            },
        )


def _moved_on(delivery: Delivery, receipt: Receipt, now: datetime) -> None:
    at = receipt.at or now
    with transaction.atomic():
        accept(delivery, receipt.provider_id, at)
        if receipt.progress == Progress.DELIVERED:
            moved = move(delivery.pk, DeliveryState.DELIVERED, delivered_at=at)
        elif receipt.progress == Progress.READ:
            moved = move(delivery.pk, DeliveryState.READ, read_at=at)
        else:
            moved = False
        if moved:
            record(
                PROGRESS[receipt.progress],
                now=now,
                conversation=delivery.conversation_id,
                delivery=delivery.pk,
            )
