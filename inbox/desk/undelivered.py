"""An answer that the customer did not get: the problem needs us again, and whoever wrote it is told."""

from datetime import datetime
from typing import Any

from inbox.desk.ownership import locked, reopen
from inbox.desk.solve import needs_us
from inbox.desk.tell import tell
from inbox.models import Conversation, Direction, Message, NoticeKind, State
from inbox.outbound.deliver import undelivered


def listen() -> None:
    """Hear of every answer that failed for good."""
    undelivered.connect(_heard, sender=Message)


def _heard(message: Message, now: datetime, **_: Any) -> None:
    conversation = locked(Conversation.objects.get(messages=message.pk))  # it may have been put together since
    if conversation.state == State.PENDING:
        needs_us(conversation, by=None, now=now)
    elif conversation.state == State.SOLVED and _rests_on(conversation, message):
        reopen(conversation.pk, now=now)
    conversation.refresh_from_db()
    for agent in {message.author, conversation.owner}:
        if agent and agent.is_active:
            tell(agent, NoticeKind.NOT_ARRIVED, conversation, now=now)


def _rests_on(conversation: Conversation, message: Message) -> bool:
    """Whether it was solved by what a person said in this message: nothing was said since."""
    said = conversation.messages.filter(withdrawn_at=None, automatic="").exclude(direction=Direction.NOTE)
    return conversation.merged_into_id is None and said.order_by("pk").last() == message
