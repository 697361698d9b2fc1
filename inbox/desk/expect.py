"""When the customer expects to hear from us, as he was told by a person."""

from datetime import datetime

from inbox.activity import record
from inbox.models import Agent, Conversation
from inbox.permissions import Can, require


def expect(conversation: Conversation, due_at: datetime, *, by: Agent, now: datetime) -> None:
    """Show it in the list. Call with the row locked."""
    require(by, Can.REPLY, conversation)
    conversation.promise_at = due_at
    conversation.save(update_fields=["promise_at"])
    record("promised", now=now, by=by, conversation=conversation, until=due_at.isoformat())
