"""Taking a conversation: from the queue by anybody of the team, from a colleague by a supervisor."""

from datetime import datetime

from django.db import transaction

from inbox.desk.ownership import hand, locked
from inbox.errors import AlreadyDone
from inbox.models import Agent, Cause, Conversation, Interval
from inbox.permissions import Can, require


def take(conversation: Conversation, *, by: Agent, now: datetime) -> Conversation:
    """Make it mine. Raise AlreadyDone if somebody was quicker, or if it is solved."""
    require(by, Can.TAKE, conversation)
    with transaction.atomic():
        conversation = locked(conversation)
        if conversation.owner_id is not None:
            raise AlreadyDone
        hand(conversation, now=now, cause=Cause.ROUTED, owner=by, by=by)
    return conversation


def take_over(conversation: Conversation, *, by: Agent, now: datetime, note: str = "") -> Conversation:
    """Take it from whoever has it. Raise AlreadyDone if it is mine or solved."""
    require(by, Can.ASSIGN, conversation)
    with transaction.atomic():
        conversation = locked(conversation)
        if conversation.owner_id == by.pk:
            raise AlreadyDone
        hand(conversation, now=now, cause=Cause.TAKEN_OVER, owner=by, by=by, note=note)
    return conversation


def accept(conversation: Conversation, *, by: Agent, now: datetime) -> None:
    """The receiver's mark that he has it. Raise AlreadyDone if it is not his, or marked before."""
    mine = Interval.objects.filter(conversation=conversation, owner=by, ended_at=None, accepted_at=None)
    if not mine.update(accepted_at=now):
        raise AlreadyDone
