"""Who writes what nobody has asked for: from now on all of it waits in quarantine, where a person looks at it."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from inbox.activity import record
from inbox.desk.ownership import locked
from inbox.desk.solve import solve
from inbox.models import Address, Agent, Conversation, Direction, Item
from inbox.outbound import verdicts
from inbox.permissions import Can, require


def take_for_spam(conversation: Conversation, *, by: Agent, now: datetime) -> Conversation:
    """Block whoever wrote it, and solve it. Raise AlreadyDone if it is solved."""
    require(by, Can.BLOCK, conversation.team)
    with transaction.atomic():
        conversation = solve(locked(conversation), by=by, now=now)
        if conversation.address.blocked_at is None:
            block(conversation.address, reason=conversation.label, by=by, now=now)
        verdicts.give(_written_in(conversation), spam=True, now=now)
    return conversation


def take_back_for_spam(conversation: Conversation, *, now: datetime) -> None:
    """It was none: its provider is told, too, if it was told before. Call inside a transaction."""
    verdicts.give(_written_in(conversation), spam=False, now=now)


def _written_in(conversation: Conversation) -> QuerySet[Item]:
    his = Item.objects.filter(message__conversation=conversation, message__sender=conversation.address)
    return his.filter(message__direction=Direction.INCOMING).select_related("channel__app")


def block(address: Address, *, reason: str, by: Agent, now: datetime) -> None:
    """From now on everything from this address waits in quarantine."""
    require(by, Can.BLOCK)
    with transaction.atomic():
        Address.objects.filter(pk=address.pk).update(blocked_at=now, blocked_reason=reason[:300])
        record("blocked", now=now, by=by, address=address.pk)


def unblock(address: Address, *, by: Agent, now: datetime) -> None:
    """Let it in again."""
    require(by, Can.BLOCK)
    with transaction.atomic():
        Address.objects.filter(pk=address.pk).update(blocked_at=None, blocked_reason="")
        record("unblocked", now=now, by=by, address=address.pk)
