"""Sending one delivery, so that it is never lost and never sent twice.

    held, queued -> sending (prep -> wire) -> sent | queued | failed | unknown

`wire` is committed before the first byte that could have an effect. What fails before it goes back to queued; what
fails after it without a clear answer is unknown, and is looked up at the provider before anything else happens.
"""

import logging
from datetime import datetime, timedelta
from random import uniform
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.dispatch import Signal
from django.utils.translation import gettext_noop

from connectors.contract import Outgoing, Sent
from connectors.errors import ChannelError, CredentialsRefused, CreditsSpent, OutcomeUnknown, Rejected, TryLater
from inbox import blobs
from inbox.activity import record
from inbox.connect import doubt, metered, renewed
from inbox.errors import described
from inbox.failpoints import failpoint
from inbox.models import Channel, ChannelState, Delivery, DeliveryState, Message, ProviderId
from inbox.outbound import recipients
from inbox.outbound.liveness import this_process
from inbox.outbound.states import move

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=12)  # an SMTP server may take ten minutes for the final dot (RFC 5321, 4.5.3.2.6)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=2)
GIVE_UP_AFTER = {"email": timedelta(days=5)}
GIVE_UP_OTHERWISE = timedelta(hours=24)
LOOK_AFTER = timedelta(seconds=60)
OTHERS_HAVE_IT = gettext_noop("The mail server takes some of the recipients only later. The others have it.")

# Sent with `message` and `now` inside the transaction in which its delivery has failed for good, for all or for one: he
# did not get it, and is not the one we wait for (see inbox.desk.undelivered).
undelivered = Signal()

# The lease runs by the database's clock, which all workers share; a delivery waits for earlier ones of its
# conversation, and for earlier parts of its message. What stands behind a part that cannot go keeps nobody waiting.
CLAIM = """
UPDATE inbox_delivery d SET state = 'sending', phase = 'prep', token = %(token)s, worker = %(worker)s,
    lease_until = clock_timestamp() + %(lease)s, attempts = attempts + 1,
    first_attempt_at = coalesce(first_attempt_at, %(now)s), due_at = NULL
WHERE d.id = %(delivery)s AND d.state IN ('held', 'queued') AND d.due_at <= %(now)s
  AND NOT EXISTS (SELECT FROM inbox_delivery e WHERE e.conversation_id = d.conversation_id AND e.id < d.id
                  AND (e.state IN ('sending', 'unknown') OR e.state IN ('held', 'queued') AND NOT EXISTS (
                      SELECT FROM inbox_delivery f WHERE f.message_id = e.message_id AND f.part < e.part
                      AND f.state IN ('failed', 'needs_human', 'cancelled'))))
  AND NOT EXISTS (SELECT FROM inbox_delivery e WHERE e.message_id = d.message_id AND e.part < d.part
                  AND e.state NOT IN ('sent', 'delivered', 'read'))
  AND NOT EXISTS (SELECT FROM inbox_delivery e WHERE e.conversation_id = d.conversation_id AND e.state = 'sending')
"""
TO_THE_WIRE = """
UPDATE inbox_delivery SET phase = 'wire'
WHERE id = %(delivery)s AND token = %(token)s AND state = 'sending' AND lease_until > clock_timestamp()
"""


class LostIt(Exception):
    """This attempt is no longer ours: it took too long, and somebody else decides about it now."""


def send(delivery_id: int, now: datetime) -> bool:
    """Send one delivery if it is due and its turn has come. Return whether an attempt was made."""
    token = uuid4()
    if not _claim(delivery_id, token, now):
        return False
    failpoint("after_delivery_claim")
    delivery = Delivery.objects.select_related("channel", "message", "conversation").get(pk=delivery_id)
    try:
        sent = _hand_over(delivery, token, now)
    except LostIt:
        log.warning("delivery %s was taken from this worker before it reached the wire", delivery_id)
    except ChannelError as error:
        _did_not_work(delivery, token, error, now)
    else:
        failpoint("after_accepted")
        _worked(delivery, token, sent, now)
        failpoint("after_sent_commit")
    return True


def _claim(delivery_id: int, token: UUID, now: datetime) -> bool:
    values: dict[str, Any] = {
        "delivery": delivery_id,
        "token": token,
        "worker": this_process.key(),
        "lease": LEASE,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, values)
        return bool(cursor.rowcount == 1)


def _hand_over(delivery: Delivery, token: UUID, now: datetime) -> Sent:
    """Call the provider, outside of any transaction."""

    def wire() -> None:
        failpoint("before_wire")
        with connection.cursor() as cursor:
            cursor.execute(TO_THE_WIRE, {"delivery": delivery.pk, "token": token})
            if cursor.rowcount == 0:
                raise LostIt
        delivery.phase = "wire"
        failpoint("after_wire")

    channel = delivery.channel
    if channel.state == ChannelState.PAUSED:
        raise TryLater(gettext_noop("The channel is paused: it goes out when the channel is resumed."))
    if channel.state != ChannelState.WORKING:
        raise TryLater(gettext_noop("The channel is waiting for an admin to connect it again."))
    try:
        with metered(channel, now):
            return renewed(channel, now).send(as_outgoing(delivery, now), wire)
    except (ChannelError, LostIt):
        raise
    except Exception as error:
        log.exception("delivery %s broke its connector", delivery.pk)
        kind = OutcomeUnknown if delivery.phase == "wire" else TryLater
        raise kind(gettext_noop("Our own program failed while sending."), words=type(error).__name__) from error


def as_outgoing(delivery: Delivery, now: datetime) -> Outgoing:
    """A delivery as its connector takes it: the very bytes that were frozen."""
    before = Delivery.objects.filter(message=delivery.message_id, part=delivery.part - 1).values_list("provider_id")
    files = delivery.message.attachments.values_list("sha256", flat=True)
    return Outgoing(
        provider_id=delivery.provider_id,
        recipients=recipients.left(delivery),
        others_have_it=recipients.some_wait(delivery),
        body=blobs.read(delivery.payload),
        since=delivery.first_attempt_at or delivery.queued_at,
        now=now,
        previous="".join(*before) if delivery.part else "",
        heard_at=delivery.conversation.last_incoming_at,
        files={sha256: blobs.path_of(sha256) for sha256 in files},
    )


def _worked(delivery: Delivery, token: UUID, sent: Sent, now: datetime) -> None:
    with transaction.atomic():
        if not _still_ours(delivery, token):
            return
        tried = recipients.left(delivery)
        if len(sent.refused) >= len(set(tried)):
            first = next(iter(sent.refused.values()))
            error = Rejected(gettext_noop("No recipient was accepted."), words=first.words)
            _give_up(delivery, error, now)
            recipients.note(delivery, sent, tried, now)
            return
        recipients.note(delivery, sent, tried, now)
        if sent.known_also_as:
            learn_id(delivery, sent.known_also_as)
        if recipients.some_wait(delivery):
            # A copy that turns up proves it for the others alone: it is accepted before the last one has it.
            Delivery.objects.filter(pk=delivery.pk).update(accepted_at=now, provider_id=sent.provider_id)
            _again(delivery, TryLater(OTHERS_HAVE_IT), now)
        else:
            accept(delivery, sent.provider_id, now)
        if any(refusal.permanent for refusal in sent.refused.values()):
            undelivered.send(sender=Message, message=delivery.message, now=now)


def accept(delivery: Delivery, provider_id: str, now: datetime) -> bool:
    """Write down that the provider has it. Call inside a transaction. Return whether the row moved."""
    if not move(delivery.pk, DeliveryState.SENT, provider_id=provider_id, accepted_at=now, error=None, due_at=None):
        return False
    learn_id(delivery, provider_id)
    Channel.objects.filter(pk=delivery.channel_id).update(last_out_at=now)
    record(
        "sent",
        now=now,
        conversation=delivery.conversation_id,
        delivery=delivery.pk,
        message=delivery.message_id,
    )
    return True


def learn_id(delivery: Delivery, provider_id: str) -> None:
    """Who answers it, or could not deliver it, names it so. A provider that renames what we sent knows two names."""
    row = ProviderId(
        channel_id=delivery.channel_id,
        value=provider_id,
        reference=provider_id,
        message_id=delivery.message_id,
        delivery=delivery,
    )
    ProviderId.objects.bulk_create([row], ignore_conflicts=True)


def _did_not_work(delivery: Delivery, token: UUID, error: ChannelError, now: datetime) -> None:
    with transaction.atomic():
        if not _still_ours(delivery, token):
            return
        match error:
            case OutcomeUnknown():
                move(delivery.pk, DeliveryState.UNKNOWN, due_at=now + LOOK_AFTER, error=described(error))
                record("delivery_unknown", now=now, conversation=delivery.conversation_id, delivery=delivery.pk)
            case Rejected():
                _give_up(delivery, error, now)
            case TryLater() | CredentialsRefused() | CreditsSpent():
                _again(delivery, error, now)
    if isinstance(error, CredentialsRefused | CreditsSpent):
        _tell_the_channel(delivery.channel, error, now)


def _still_ours(delivery: Delivery, token: UUID) -> bool:
    return Delivery.objects.select_for_update(no_key=True).filter(pk=delivery.pk, token=token).exists()


def _again(delivery: Delivery, error: ChannelError, now: datetime) -> None:
    """Later, each time after a longer pause; the provider's own word on when wins."""
    long_enough = GIVE_UP_AFTER.get(delivery.channel.kind, GIVE_UP_OTHERWISE)
    needs_admin = isinstance(error, CredentialsRefused | CreditsSpent)
    waits_for_admin = needs_admin or delivery.channel.state != ChannelState.WORKING
    if not waits_for_admin and now - delivery.queued_at > long_enough:
        _give_up(delivery, error, now)
        return
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(delivery.attempts - 1, 12)) * uniform(0.5, 1.5)  # noqa: S311  # spread, not secrecy
    until = getattr(error, "until", None)
    move(delivery.pk, DeliveryState.QUEUED, due_at=until or now + pause, error=described(error))
    record("delivery_delayed", now=now, conversation=delivery.conversation_id, delivery=delivery.pk)


def _give_up(delivery: Delivery, error: ChannelError, now: datetime) -> None:
    if recipients.give_up(delivery, error, now):
        accept(delivery, delivery.provider_id, now)
    else:
        move(delivery.pk, DeliveryState.FAILED, due_at=None, error=described(error))
    undelivered.send(sender=Message, message=delivery.message, now=now)
    record("delivery_failed", now=now, conversation=delivery.conversation_id, delivery=delivery.pk)


def _tell_the_channel(channel: Channel, error: ChannelError, now: datetime) -> None:
    Channel.objects.filter(pk=channel.pk).update(last_error=described(error), last_error_at=now)
    if isinstance(error, CredentialsRefused):
        doubt(channel, now)
    if isinstance(error, CreditsSpent):
        paused = Channel.objects.filter(pk=channel.pk, state=ChannelState.WORKING).update(state=ChannelState.PAUSED)
        if paused:
            record("channel_out_of_credits", now=now, channel=channel.pk)
