"""What providers and other mail programs tell us about what we sent."""

from datetime import datetime
from enum import Enum, auto
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from connectors.contract import Change, Echo, Progress, Receipt, Verb
from inbox.activity import record
from inbox.database import storable
from inbox.models import (
    Address,
    Channel,
    Conversation,
    Delivery,
    DeliveryState,
    Direction,
    Message,
    Post,
    ProviderId,
    RecipientResult,
    known_as,
    preview_of,
)
from inbox.outbound import recipients, under_way
from inbox.outbound.deliver import accept, learn_id, undelivered
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
    if receipt.up_to:
        return _all_until(receipt.up_to, receipt, channel, now)
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


def _all_until(up_to: datetime, receipt: Receipt, channel: Channel, now: datetime) -> int | None:
    """A watermark: everything he was sent in private until then; it says nothing of public answers. Return the last."""
    sent = Delivery.objects.filter(channel=channel, recipients__contains=[receipt.recipient], accepted_at__lte=up_to)
    told = sent.filter(conversation__public=False).exclude(
        state__in=(DeliveryState.READ, DeliveryState.FAILED, DeliveryState.CANCELLED)
    )
    last = None
    for delivery in told.select_related("message__conversation", "channel").order_by("pk"):
        _moved_on(delivery, receipt, now)
        last = delivery.pk
    return last


class Whose(Enum):
    """What an echo turned out to be."""

    OURS = auto()
    ELSEWHERE = auto()
    NOT_KNOWN_YET = auto()  # an answer of ours is under way in that thread: it may be this one


def echo(echo: Echo, *, channel: Channel, now: datetime) -> Whose:
    """A copy of something our side said. If we sent it, that is the proof. Call inside a transaction."""
    said = echo.said
    delivery = _delivery(said.reference, channel) or _by_key(echo, channel)
    if delivery is None:
        return Whose.NOT_KNOWN_YET if under_way.may_be_ours(said, channel) else Whose.ELSEWHERE
    # A copy that turns up after the report that it bounced is older news: what failed stays failed.
    if delivery.accepted_at is None:
        accept(delivery, delivery.provider_id or said.reference, now)
    if delivery.provider_id not in ("", said.reference):
        learn_id(delivery, said.reference)
    return Whose.OURS


def change(change: Change, *, channel: Channel, now: datetime) -> bool:
    """Something said was edited, deleted, hidden or reacted to at the provider: our copy says so.

    Return False if we have nothing of that name. Changes that come in the wrong order leave the latest standing, and
    what is told again leaves no trace.
    """
    message = (
        Message.objects.select_for_update(no_key=True)
        .filter(provider_ids__channel=channel, provider_ids__value=change.provider_id)
        .first()
    )
    above = _post_changed(change, channel)
    if message is None:
        return above and change.said is None  # what a post became may be a message for us, which is to come in
    before = _as_it_stands(message)
    match change.verb:
        case Verb.EDITED:
            _edited(message, change)
        case Verb.REACTED:
            _reacted(message, change)
        case Verb.HIDDEN | Verb.SHOWN:
            message.details["hidden"] = change.verb == Verb.HIDDEN
        case Verb.DELETED:
            message.withdrawn_at = message.withdrawn_at or change.at
    if _as_it_stands(message) != before:
        message.save(update_fields=["text", "reply_text", "quoted_text", "details", "edited_at", "withdrawn_at"])
        _renew_preview(message.conversation_id)
        record(f"message_{change.verb}", now=now, conversation=message.conversation_id, message=message.pk)
    return True


def _post_changed(change: Change, channel: Channel) -> bool:
    """A post under which people talk was edited or deleted. Return whether we have one of that name."""
    post = Post.objects.filter(channel=channel, reference=change.provider_id)
    if change.verb == Verb.EDITED:
        post.exclude(text="").update(text=storable(change.text))  # one without stands in the thread
    elif change.verb == Verb.DELETED:
        post.filter(withdrawn_at=None).update(withdrawn_at=change.at)
    return post.exists()


def came_changed(change: Change, *, channel: Channel) -> None:
    """Something was first heard of by what became of it: our copy says that it is not as it was said."""
    message = Message.objects.filter(
        provider_ids__channel=channel, provider_ids__value=change.provider_id, direction=Direction.INCOMING
    ).first()
    if message is None:
        return
    if change.verb == Verb.EDITED:
        message.edited_at = message.edited_at or change.at
    elif change.verb in (Verb.HIDDEN, Verb.SHOWN):
        message.details["hidden"] = change.verb == Verb.HIDDEN
    message.save(update_fields=["edited_at", "details"])


def _renew_preview(conversation: int) -> None:
    """Lists show the newest of what was said: not what was deleted, nor what it said before it was edited."""
    said = Message.objects.filter(conversation=conversation, withdrawn_at=None).exclude(direction=Direction.NOTE)
    last = said.order_by("happened_at", "pk").last()
    preview = preview_of(last.reply_text if last else "")
    Conversation.objects.filter(pk=conversation).update(preview=preview)


def _as_it_stands(message: Message) -> tuple[object, ...]:
    return message.text, message.withdrawn_at, {"hidden": False, "reactions": [], **message.details}


def _edited(message: Message, change: Change) -> None:
    former = message.details.get("former", [])
    told = {"text": change.text, "at": change.at.isoformat()}
    if message.edited_at and message.edited_at > change.at:
        message.details["former"] = former if told in former else [*former, told]
    elif message.text != (text := storable(change.text)):
        since = message.edited_at or message.happened_at
        message.details["former"] = [*former, {"text": message.text, "at": since.isoformat()}]
        message.text = message.reply_text = text
        message.quoted_text, message.edited_at = "", change.at


def _reacted(message: Message, change: Change) -> None:
    who = change.by.address if change.by else ""
    others = [reaction for reaction in message.details.get("reactions", []) if reaction["by"] != who]
    message.details["reactions"] = [*others, {"by": who, "emoji": change.text}] if change.text else others


def _by_key(echo: Echo, channel: Channel) -> Delivery | None:
    """An answer of ours that the provider shows us before it has told us that it took it."""
    try:
        key = UUID(echo.key)
    except ValueError:
        return None  # empty, or a mark that another program leaves where we leave ours
    sent = Delivery.objects.filter(message__key=key, part=echo.part, channel=channel)
    return sent.select_related("message__conversation", "channel").first()


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
    recipient, failed = _whom(delivery, receipt), delivery.results.filter(state=DeliveryState.FAILED)
    # A mail may be reported twice, or have been handed on to two places: it failed once.
    is_news = not failed.filter(recipient=recipient.lower()).exists()
    _note(delivery, receipt, DeliveryState.FAILED, now)
    if is_news and receipt.status.startswith("5"):
        _address(delivery, receipt).update(permanent_failures=F("permanent_failures") + 1)
    refused = {refused.lower() for refused in failed.values_list("recipient", flat=True)}
    if not recipient or {r.lower() for r in delivery.recipients} <= refused:
        words = {"kind": "Rejected", "sentence": "", "facts": {}, "words": receipt.reason[:500]}
        # Who reports that it could not be delivered had been handed it.
        accepted_at = delivery.accepted_at or now
        if move(delivery.pk, DeliveryState.FAILED, error=words, due_at=None, accepted_at=accepted_at):
            undelivered.send(sender=Message, message=delivery.message, now=now)
    elif is_news and receipt.status.startswith("5"):
        undelivered.send(sender=Message, message=delivery.message, now=now)
    record("bounced", now=now, conversation=delivery.conversation_id, delivery=delivery.pk, status=receipt.status)


def _whom(delivery: Delivery, receipt: Receipt) -> str:
    """Which recipient a receipt speaks of. Where there is one it is he, whatever address he has his mail sent on to."""
    return str(delivery.recipients[0]) if len(delivery.recipients) == 1 else receipt.recipient


def _address(delivery: Delivery, receipt: Receipt) -> QuerySet[Address]:
    kind = delivery.channel.kind
    return Address.objects.filter(kind=kind, value=known_as(kind, _whom(delivery, receipt)))


def _note(delivery: Delivery, receipt: Receipt, state: DeliveryState, now: datetime) -> None:
    """What became of one recipient."""
    if recipient := _whom(delivery, receipt):
        RecipientResult.objects.update_or_create(
            delivery=delivery,
            recipient=recipient.lower(),
            defaults={
                "state": state,
                "code": receipt.status[:20],
                "words": receipt.reason,
                "at": receipt.at or now,
            },
        )


def _moved_on(delivery: Delivery, receipt: Receipt, now: datetime) -> None:
    if recipients.some_wait(delivery):
        return  # it is told of somebody who has it
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
            _address(delivery, receipt).filter(permanent_failures__gt=0).update(permanent_failures=0)
            record(
                PROGRESS[receipt.progress],
                now=now,
                conversation=delivery.conversation_id,
                delivery=delivery.pk,
            )
