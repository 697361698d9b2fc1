"""We write first: a new conversation to an address of the customer that we know, with a reason, counted apart."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from inbox.activity import record
from inbox.desk.judge import counted
from inbox.desk.ownership import opened
from inbox.desk.reply import Draft, reply
from inbox.errors import Invalid
from inbox.models import Address, Agent, Channel, Message
from inbox.permissions import Can, require


def begin(address: Address, channel: Channel, *, draft: Draft, reason: str, by: Agent, now: datetime) -> Message:
    """Write to a customer first. What he began with a draft of the same key is given back, and nothing is sent again.

    Raise Invalid without a reason, or if the channel is not of the address's kind; AgainstGuidelines for its subject,
    too.
    """
    require(by, Can.REPLY, channel.team)
    if not reason.strip():
        raise Invalid(gettext_noop("Say why we write first."))
    if address.kind != channel.kind:
        raise Invalid(gettext_noop("This address is not on that channel."))
    if before := _begun(draft, by):
        return before
    try:
        return _begin(address, channel, draft, reason.strip(), by, now)
    except IntegrityError:  # the same form at the same moment
        if before := _begun(draft, by):
            return before
        raise


def _begun(draft: Draft, by: Agent) -> Message | None:
    return Message.objects.filter(key=draft.key, author=by).first()


def _begin(address: Address, channel: Channel, draft: Draft, reason: str, by: Agent, now: datetime) -> Message:
    with counted(), transaction.atomic():
        conversation = opened(
            now=now,
            by=by,
            reason=reason,
            channel=channel,
            customer=address.customer,
            address=address,
            subject=draft.subject.strip()[:998],
            team=channel.team,
            owner=by,
        )
        record("began", now=now, by=by, conversation=conversation, reason=reason[:300])
        return reply(conversation, draft, by=by, seen_up_to=0, now=now)
