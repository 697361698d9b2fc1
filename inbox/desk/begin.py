"""We write first: a new conversation to an address of the customer that we know, with a reason, counted apart."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from connectors.contract import Private
from connectors.registry import kinds
from inbox.activity import record
from inbox.desk.fitting import require_heard
from inbox.desk.judge import counted
from inbox.desk.ownership import opened
from inbox.desk.privately import private_with, require_private
from inbox.desk.reply import Draft, reply
from inbox.errors import Invalid
from inbox.models import Address, Agent, Channel, Message
from inbox.permissions import Can, require


def begin(address: Address, channel: Channel, *, draft: Draft, reason: str, by: Agent, now: datetime) -> Message:
    """Write to a customer first; on a network that is his private conversation there, which may be open already.

    What he began with a draft of the same key is given back, and nothing is sent again. Raise Invalid without a reason,
    or if the address is not one of the channel's, ChannelCannot where the provider does not let us; AgainstGuidelines
    for its subject, too.
    """
    require(by, Can.REPLY, channel.team)
    if not reason.strip():
        raise Invalid(gettext_noop("Say why we write first."))
    if address.kind != channel.kind or address.scope not in ("", channel.account):
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
    about: dict[str, Any] = {"reason": reason, "subject": draft.subject.strip()[:998], "team": channel.team}
    key = require_private(channel, address, "", now) if issubclass(kinds()[channel.kind], Private) else ""
    with counted(), transaction.atomic():
        if key:
            conversation = private_with(address, channel, key, by=by, now=now, **about)
            require_heard(conversation)
        else:
            who: dict[str, Any] = {"channel": channel, "customer": address.customer, "address": address, "owner": by}
            conversation = opened(now=now, by=by, **who, **about)
        record("began", now=now, by=by, conversation=conversation, reason=reason[:300])
        return reply(conversation, draft, by=by, seen_up_to=conversation.last_message, now=now)
