"""We write first: a new conversation to an address of the customer that we know, with a reason, counted apart."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from inbox.activity import record
from inbox.desk.reply import Draft, reply
from inbox.errors import Invalid
from inbox.models import Address, Agent, Cause, Channel, Conversation, Interval, Message, Participant
from inbox.permissions import Can, require


def begin(
    address: Address, channel: Channel, *, subject: str, draft: Draft, reason: str, by: Agent, now: datetime
) -> Message:
    """Write to a customer first. Raise Invalid without a reason, or if the channel is not of the address's kind."""
    require(by, Can.REPLY, channel.team)
    if not reason.strip():
        raise Invalid(gettext_noop("Say why we write first."))
    if address.kind != channel.kind:
        raise Invalid(gettext_noop("This address is not on that channel."))
    with transaction.atomic():
        conversation = Conversation.objects.create(
            channel=channel,
            reply_channel=channel,
            customer=address.customer,
            address=address,
            subject=subject.strip()[:998],
            team=channel.team,
            owner=by,
            opened_at=now,
            last_activity_at=now,
        )
        Interval.objects.create(
            conversation=conversation,
            team=channel.team,
            owner=by,
            by=by,
            started_at=now,
            began_by=Cause.OPENED,
            reason=reason.strip()[:300],
            accepted_at=now,
        )
        Participant.objects.create(conversation=conversation, address=address)
        record("began", now=now, by=by, conversation=conversation, reason=reason.strip()[:300])
        return reply(conversation, draft, by=by, seen_up_to=0, now=now)
