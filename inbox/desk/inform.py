"""What a program tells a customer, in the channel he chose: marked as such, and never more than is decent.

RFC 3834: nothing is answered that a program wrote, and nobody is answered who may not be who he says he is.
"""

from datetime import datetime, timedelta
from uuid import uuid4

from django.db import connection, transaction

from inbox.activity import record
from inbox.desk.fitting import kind_of, open_window_end
from inbox.desk.reply import Draft, send
from inbox.errors import ChannelCannot
from inbox.models import Channel, Conversation, Direction, Message, State
from inbox.vault import WrongKey

A_DAY, A_WHILE = timedelta(hours=24), timedelta(minutes=10)
A_PERSON, A_MAILBOX = 3, 30  # how many a person gets in a day, and a channel sends in a while
TOO_LARGE = "too large"  # what one kind is called, see inbox.inbound.too_large
AT_MOST_OLD = timedelta(hours=24)  # what was written longer ago is not answered by a program any more


def may_inform(conversation: Conversation, now: datetime) -> bool:
    """Whether a program may write to this customer now."""
    last = conversation.messages.filter(direction=Direction.INCOMING).order_by("happened_at", "pk").last()
    if last is None or last.automatic or last.details.get("is_list") or not last.verified or _is_ours(last):
        return False
    if now - (last.sent_at or last.happened_at) > AT_MOST_OLD or conversation.state == State.SOLVED:
        return False
    end = open_window_end(conversation)
    if kind_of(conversation).by_hand or (end and end <= now):
        return False
    return not _has_had_enough(conversation, now)


def inform(conversation: Conversation, words: str, *, kind: str, now: datetime) -> Message | None:
    """Send him these words; return None if a program may not write to him now, or the channel cannot carry it now.

    Nothing changes but that it was said: it is no answer. `kind` says what it was ("acknowledgement"). Call with the
    row locked.
    """
    with connection.cursor() as cursor:
        # One at a time: two at once would both find that he has not had enough yet.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('informing', 0))")
    if not may_inform(conversation, now):
        return None
    try:
        with transaction.atomic():
            message = Message.objects.create(
                conversation=conversation,
                direction=Direction.OUTGOING,
                key=uuid4(),
                subject=conversation.subject,
                text=words,
                reply_text=words,
                automatic=kind,
                happened_at=now,
            )
            send(conversation, message, Draft(words, quote=False), now, timedelta(0), automatic=True)
    except (ChannelCannot, WrongKey):  # what climbs does not wait for a channel's keys
        return None
    conversation.last_message = message.pk
    conversation.save(update_fields=["last_message"])
    record("informed", now=now, conversation=conversation, message=message.pk, kind=kind)
    return message


def _is_ours(message: Message) -> bool:
    """Whether it came from a mailbox of ours, or wants its answers there: a program would talk to itself."""
    wanted = (message.details.get("reply_to") or {}).get("address", "")
    addresses = {message.sender.value if message.sender else "", wanted} - {""}
    return any(Channel.objects.filter(kind="email", address__iexact=address).exists() for address in addresses)


def _has_had_enough(conversation: Conversation, now: datetime) -> bool:
    by_program = Message.objects.filter(direction=Direction.OUTGOING, author=None, withdrawn_at=None)
    by_program = by_program.exclude(automatic="")
    his = by_program.filter(conversation__customer=conversation.customer_id, happened_at__gt=now - A_DAY)
    there = by_program.filter(conversation__reply_channel=conversation.reply_channel_id, happened_at__gt=now - A_WHILE)
    return len(his[:A_PERSON]) >= A_PERSON or len(there[:A_MAILBOX]) >= A_MAILBOX
