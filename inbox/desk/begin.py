"""We write first: a new conversation to an address of the customer that we know, with a reason, counted apart."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from inbox.activity import record
from inbox.desk.judge import counted
from inbox.desk.ownership import opened
from inbox.desk.reply import Draft, reply
from inbox.errors import Invalid
from inbox.models import Address, Agent, Channel, Message
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
    with counted(), transaction.atomic():
        conversation = opened(
            now=now,
            by=by,
            reason=reason.strip(),
            channel=channel,
            customer=address.customer,
            address=address,
            subject=subject.strip()[:998],
            team=channel.team,
            owner=by,
        )
        record("began", now=now, by=by, conversation=conversation, reason=reason.strip()[:300])
        return reply(conversation, draft, by=by, seen_up_to=0, now=now)
