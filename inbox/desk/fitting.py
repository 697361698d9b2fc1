"""Whether an answer fits its channel: said while it is written, not when it is under way."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.utils import formats
from django.utils.translation import gettext_noop

from connectors.contract import Connector, Limits
from connectors.meter import ATTACHMENT_BYTES
from connectors.registry import kinds
from inbox.errors import ChannelCannot, PartsNotSeen
from inbox.models import Conversation, Direction, Message

ONCE_IN_PRIVATE = gettext_noop(
    "What somebody says in public may be answered in private once. More can be written here when he has answered."
)


def kind_of(conversation: Conversation) -> type[Connector]:
    """What can be done on the channel that its answers go out on."""
    return kinds()[conversation.reply_channel.kind]


def limits_of(conversation: Conversation) -> Limits:
    """What an answer must respect: the limits of its kind, and what the channel's own server says of itself."""
    limits = kind_of(conversation).limits_in(conversation.thread)
    told = conversation.reply_channel.left.get(ATTACHMENT_BYTES, {}).get("limit", 0)
    return replace(limits, attachment_bytes=min(filter(None, (limits.attachment_bytes, told)), default=0))


def megabytes(size: int) -> str:
    """Bytes as megabytes in the reader's language, rounded down: what is named must fit."""
    return formats.number_format(size // 1_000_000 if size >= 10_000_000 else size // 100_000 / 10)


def require_fit(conversation: Conversation, message: Message, *, parts_seen: int) -> None:
    """Raise ChannelCannot for what the channel cannot carry, PartsNotSeen for a text that goes out in several parts."""
    _files(conversation, message)
    kind, key = kind_of(conversation), conversation.thread
    limits = kind.limits_in(key)
    if message.details.get("cc") and not limits.copies:
        raise ChannelCannot(gettext_noop("Nobody else can get a copy on this channel."))
    if limits.characters and kind.measure(message.text, key) > limits.characters:
        parts = len(kind.parts(message.text, key)) if limits.several_parts else 0
        if not parts:
            raise ChannelCannot(gettext_noop("A text may have %(most)s characters here."), most=limits.characters)
        if parts != parts_seen:
            raise PartsNotSeen(parts=parts)


def require_window(conversation: Conversation, now: datetime) -> None:
    """Raise ChannelCannot if the provider lets nobody answer any more until the customer writes again."""
    if waits_for_his_answer(conversation):
        raise ChannelCannot(ONCE_IN_PRIVATE)
    end = window_end(conversation)
    if end and end <= now:
        raise ChannelCannot(
            gettext_noop(
                "The provider lets us answer for %(days)s days after the customer's last message. That time is over:"
                " we can only wait until he writes again, or write to him on another channel."
            ),
            days=(end - (conversation.last_incoming_at or end)).days,
        )


def waits_for_his_answer(conversation: Conversation) -> bool:
    """Whether somebody was answered in private, and has not written there himself: the provider allows that once."""
    if conversation.last_incoming_at or not kind_of(conversation).limits_in(conversation.thread).reply_window:
        return False
    return conversation.messages.filter(direction=Direction.OUTGOING, details__has_key="continued_from").exists()


def require_heard(conversation: Conversation) -> None:
    """Raise ChannelCannot where the provider lets us write to nobody who has not written to us there himself."""
    limits = kind_of(conversation).limits_in(conversation.thread)
    if limits.reply_window and conversation.last_incoming_at is None:
        raise ChannelCannot(
            gettext_noop(
                "On this channel we can write only to people who wrote to us in private first. This customer has not."
            )
        )


def window_end(conversation: Conversation) -> datetime | None:
    """Until when a person may answer; None where there is no end."""
    return _end(conversation, human=True)


def open_window_end(conversation: Conversation) -> datetime | None:
    """Until when anything may be answered, also by itself; None where there is no end."""
    return _end(conversation, human=False)


def _end(conversation: Conversation, *, human: bool) -> datetime | None:
    limits = kind_of(conversation).limits_in(conversation.thread)
    window: timedelta | None = (limits.human_window if human else None) or limits.reply_window
    if window is None or conversation.last_incoming_at is None:
        return None
    return conversation.last_incoming_at + window


def _files(conversation: Conversation, message: Message) -> None:
    limits = limits_of(conversation)
    files = [attachment.size for attachment in message.attachments.all()]
    if limits.attachment_bytes and sum(files) > limits.attachment_bytes:
        most = megabytes(limits.attachment_bytes)
        raise ChannelCannot(gettext_noop("Together the files may have %(most)s MB on this channel."), most=most)
    if limits.attachments and len(files) > limits.attachments:
        raise ChannelCannot(gettext_noop("This channel carries at most %(most)s files."), most=limits.attachments)
