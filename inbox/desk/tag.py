"""Putting tags on a conversation and taking them away. One that is there already, or is not there, changes nothing."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from inbox.activity import record
from inbox.desk.ownership import locked
from inbox.models import Agent, Conversation
from inbox.permissions import Can, require


def tag(conversation: Conversation, tags: Sequence[str], *, by: Agent, now: datetime) -> Conversation:
    """Add these, as `inbox.desk.along.tidy` leaves them."""
    require(by, Can.NOTE, conversation)
    with transaction.atomic():
        conversation = locked(conversation)
        if new := [tag for tag in tags if tag not in conversation.tags]:
            conversation.tags = [*conversation.tags, *new]
            conversation.save(update_fields=["tags"])
            record("tagged", now=now, by=by, conversation=conversation, tags=new)
    return conversation


def untag(conversation: Conversation, tags: Sequence[str], *, by: Agent, now: datetime) -> Conversation:
    """Take these away."""
    require(by, Can.NOTE, conversation)
    with transaction.atomic():
        conversation = locked(conversation)
        if gone := [tag for tag in conversation.tags if tag in tags]:
            conversation.tags = [tag for tag in conversation.tags if tag not in tags]
            conversation.save(update_fields=["tags"])
            record("untagged", now=now, by=by, conversation=conversation, tags=gone)
    return conversation
