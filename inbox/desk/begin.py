"""We write first: a new conversation to an address of the customer that we know, with a reason, counted apart."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from connectors.contract import Private
from connectors.registry import kinds
from inbox.activity import record
from inbox.database import storable
from inbox.desk.fitting import require_heard
from inbox.desk.judge import counted
from inbox.desk.ownership import opened
from inbox.desk.privately import private_with, require_private
from inbox.desk.reply import Draft, reply
from inbox.errors import Invalid, OpenInPrivate, SentAlready
from inbox.models import Address, Agent, Channel, Message
from inbox.permissions import Can, require


def begin(address: Address, channel: Channel, *, draft: Draft, reason: str, by: Agent, now: datetime) -> Message:
    """Write to a customer first; on a network that is his private conversation there.

    What he began with a draft of the same key is given back, and nothing is sent again, unless he has taken it back.
    Raise SentAlready if that was something else, Invalid without a reason or the subject of a mail, or if the address
    is not one of the channel's, ChannelCannot where the provider does not let us, OpenInPrivate where we are not the
    first; AgainstGuidelines for its subject, too.
    """
    require(by, Can.REPLY, channel.team)
    if not reason.strip():
        raise Invalid(gettext_noop("Say why we write first."))
    if address.kind != channel.kind or address.scope not in ("", channel.account):
        raise Invalid(gettext_noop("This address is not on that channel."))
    draft = replace(draft, subject=_subject(draft, channel))
    key, before = _begun(draft.key, by)
    if before:
        return _as_sent(before, draft, address, channel)
    try:
        return _begin(address, channel, replace(draft, key=key), reason.strip(), by, now)
    except IntegrityError:  # the same form at the same moment
        if before := _begun(key, by)[1]:
            return _as_sent(before, draft, address, channel)
        raise


def _subject(draft: Draft, channel: Channel) -> str:
    if not kinds()[channel.kind].subjects:
        return ""
    subject = storable(draft.subject).strip()[:998]
    if not subject:
        raise Invalid(gettext_noop("Say in the subject what it is about."))
    return subject


def _begun(key: UUID, by: Agent) -> tuple[UUID, Message | None]:
    """What a form has sent under its key. What was taken back gives way to a next key, the same one each time."""
    while said := Message.objects.filter(key=key, author=by).first():
        if said.withdrawn_at is None:
            return key, said
        key = uuid5(key, "again")
    return key, None


def _as_sent(said: Message, draft: Draft, address: Address, channel: Channel) -> Message:
    """What was sent. Raise SentAlready if it is not what is to be sent now."""
    there = said.deliveries.filter(channel=channel, recipients__contains=[address.value])
    if (said.subject, said.text) != (draft.subject, storable(draft.text).strip()) or not there.exists():
        raise SentAlready(number=said.conversation.label)
    return said


def _begin(address: Address, channel: Channel, draft: Draft, reason: str, by: Agent, now: datetime) -> Message:
    about: dict[str, Any] = {"reason": reason, "subject": draft.subject, "team": channel.team}
    key = require_private(channel, address, "", now) if issubclass(kinds()[channel.kind], Private) else ""
    with counted(), transaction.atomic():
        if key:
            conversation = private_with(address, channel, key, by=by, now=now, **about)
            if conversation.last_message:
                raise OpenInPrivate(number=conversation.label)
            require_heard(conversation)
        else:
            who: dict[str, Any] = {"channel": channel, "customer": address.customer, "address": address, "owner": by}
            conversation = opened(now=now, by=by, **who, **about)
        record("began", now=now, by=by, conversation=conversation, reason=reason[:300])
        return reply(conversation, draft, by=by, seen_up_to=conversation.last_message, now=now)
