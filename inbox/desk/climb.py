"""Its time was up: it climbs, and whoever gets it must look at it, whatever it waited for."""

from datetime import datetime

from inbox.desk.ownership import hand
from inbox.models import Agent, Cause, Conversation, Interval, State


def climb(conversation: Conversation, *, to: Agent, level: int, why: dict[str, object], now: datetime) -> Interval:
    """Make it his, on that level. Call with the row locked; raise AlreadyDone if it is solved."""
    if conversation.state == State.PENDING:
        conversation.state, conversation.snoozed_until = State.OPEN, None
        conversation.save(update_fields=["state", "snoozed_until"])
    return hand(conversation, now=now, cause=Cause.TIMED_OUT, owner=to, level=level, why=why)
