"""Reading a mail again, from its kept bytes, in the charset that a person says it is in.

The order of guesses (`connectors/email/charsets.py`) errs on a few words now and then. Only what is shown changes, the
names of people with it; who they are, their addresses say, and those stay.
"""

import shutil
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop

from connectors.contract import Incoming, Payload
from connectors.errors import Unreadable
from connectors.registry import kinds
from inbox import blobs, parser
from inbox.activity import record
from inbox.desk.ownership import locked
from inbox.errors import AlreadyDone, ChannelCannot, Invalid
from inbox.inbound.forwards import as_first_written
from inbox.inbound.payloads import told_to_reader
from inbox.inbound.receive import words_of
from inbox.models import Address, Agent, Conversation, Customer, Direction, Item, Message, known_as, preview_of
from inbox.permissions import Can, require

PEOPLE = ("to", "cc", "reply_to", "forwarded_from")  # in the details of a message
CHARSET = "charset"  # in the details of a message, and the fact that its reader is told
NO_MAIL = gettext_noop("Only a mail that came in can be read in another encoding.")
NOT_KEPT = gettext_noop("The original of this mail is not kept any more: it cannot be read again, and stays as it is.")


def read_again(message: Message, charset: str, *, by: Agent, now: datetime) -> None:
    """Show a mail as it reads in one of its channel's `charsets`, or, without one, as it says itself that it is.

    Choosing what is chosen already changes nothing. Raise Invalid for a charset that is not offered, AlreadyDone if
    the mail was moved to another conversation meanwhile, ChannelCannot for what is no mail, has lost its bytes, or
    cannot be read: then all stays as it is.
    """
    require(by, Can.REPLY, message.conversation)
    mail = _mail_of(message, charset)
    before, now_read = (_read(message, mail, name) for name in (message.details.get(CHARSET, ""), charset))
    said = words_of(now_read) | {"language": now_read.language[:8]}
    with transaction.atomic():
        conversation = locked(message.conversation)
        message = Message.objects.select_for_update(no_key=True).get(pk=message.pk)
        if message.conversation_id != conversation.pk:
            raise AlreadyDone
        chosen = {CHARSET: charset} if charset else {}
        details = {name: value for name, value in message.details.items() if name != CHARSET} | chosen
        details |= _people_by_name(details, now_read)
        new = {name: value for name, value in said.items() if getattr(message, name) != value}
        if not new and details == message.details:
            return
        _show_in_lists(conversation, message, said)
        _call_the_sender(message, mail.channel.kind, before, now_read)
        Message.objects.filter(pk=message.pk).update(**new, details=details)
        record("message_read_again", now=now, by=by, conversation=conversation, message=message.pk, charset=charset)


def _mail_of(message: Message, charset: str) -> Item:
    """The item that the message came as. Raise Invalid or ChannelCannot if it cannot be read in that charset."""
    item = Item.objects.select_related("channel", "envelope").filter(message=message).first()
    offered = kinds()[item.channel.kind].charsets if item and message.direction == Direction.INCOMING else {}
    if item is None or not offered:
        raise ChannelCannot(NO_MAIL)
    if charset and charset not in offered:
        raise Invalid
    if item.envelope.forgotten_at or not blobs.is_kept(item.envelope.sha256):
        raise ChannelCannot(NOT_KEPT)
    return item


def _read(message: Message, item: Item, charset: str) -> Incoming:
    """What it says. Its files are there already: those that the reader brings again go with their folder."""
    facts = item.envelope.facts | told_to_reader(item.channel, item.part) | ({CHARSET: charset} if charset else {})
    folder = Path(mkdtemp(dir=blobs.landing()))
    try:
        payload = Payload(body=blobs.body(item.envelope.sha256), facts=facts)
        (content, *_) = parser.read(item.channel.kind, payload, folder)
    except Unreadable as error:
        raise ChannelCannot(error.sentence, **error.facts) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    # In another charset it may look like a server's report, of which it is the text.
    said = content if isinstance(content, Incoming) else getattr(content, "said", None)
    if said is None:
        raise ChannelCannot(NO_MAIL)
    return _as_it_came(said, message, item.channel.kind)


def _as_it_came(said: Incoming, message: Message, kind: str) -> Incoming:
    """Whose mail a colleague handed on stays its first sender's: what the colleague wrote above it is a note by now."""
    first, sender = said.forwarded_from, message.sender
    if first is None or sender is None or known_as(kind, said.sender.address) == sender.value:
        return said
    return as_first_written(said, first) if known_as(kind, first.address) == sender.value else said


def _people_by_name(details: dict[str, Any], said: Incoming) -> dict[str, Any]:
    """Everybody whom the details name, by the names that the mail has for their addresses now."""
    named = {name: details[name] for name in PEOPLE if name in details}
    told = {name: msgspec.to_builtins(getattr(said, name)) or () for name in named}
    return {name: _by_name(kept, told[name]) for name, kept in named.items()}


def _by_name(kept: Any, told: Any) -> Any:
    """One person, or several, as the details keep them."""
    if isinstance(kept, dict):
        return _by_name([kept], [told] if told else [])[0]
    names = {person["address"]: person["name"] for person in told}
    return [{**person, "name": names.get(person["address"], person["name"])} for person in kept]


def _call_the_sender(message: Message, kind: str, before: Incoming, said: Incoming) -> None:
    """Its sender, and the customer, are called what it says now if they are called what it said until now."""
    address = message.sender.value if message.sender else ""
    former, name = (_name_of(address, kind, read) for read in (before, said))
    if name:
        Address.objects.filter(messages=message, name=former).update(name=name)
        Customer.objects.filter(addresses__messages=message, name=former).update(name=name)


def _name_of(address: str, kind: str, read: Incoming) -> str:
    """What a mail calls its sender, who in a mail of a web form is the one in Reply-To."""
    named = (person for person in (read.sender, read.reply_to) if person)
    return next((person.name[:200] for person in named if known_as(kind, person.address) == address), "")


def _show_in_lists(conversation: Conversation, message: Message, said: dict[str, Any]) -> None:
    """Subject and preview of the conversation follow if they are this message's, and of no other that says the same."""
    others = conversation.messages.exclude(pk=message.pk)
    place = Q(happened_at=message.happened_at)
    before = others.filter(Q(happened_at__lt=message.happened_at) | place & Q(pk__lt=message.pk))
    after = others.filter(Q(happened_at__gt=message.happened_at) | place & Q(pk__gt=message.pk))
    if conversation.subject == message.subject and not before.filter(subject=message.subject).exists():
        conversation.subject = said["subject"]
    same = after.filter(reply_text=message.reply_text).exclude(direction=Direction.NOTE)
    if conversation.preview == preview_of(message.reply_text) and not same.exists():
        conversation.preview = preview_of(said["reply_text"])
    conversation.save(update_fields=["subject", "preview"])
