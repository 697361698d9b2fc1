"""What somebody has read of a conversation, and what the customer has said since."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from inbox import hot
from inbox.lists import CAP
from inbox.models import Agent, Conversation, Direction, Message, Reading

Place = tuple[datetime, int]  # of a message in its conversation: when it happened, and its id
PLACE = (F("happened_at"), F("id"))


@dataclass(frozen=True, slots=True)
class News:
    """What the customer said since somebody had looked: from which message on, and how much, at most CAP.

    `seen` is the id of the newest message that he had seen. Who looks for the first time has no news: all is new.
    """

    seen: int
    first: Place | None = None
    count: int = 0


NO_NEWS = News(0)


def news_of(conversation: Conversation, agent: Agent) -> News:
    """What he has not seen yet."""
    seen = Reading.objects.filter(conversation=conversation, agent=agent).values_list("seen_up_to", flat=True).first()
    return news_since(conversation, seen or 0)


def news_since(conversation: Conversation, seen: int) -> News:
    """What is new for somebody who has seen everything up to the message of that id."""
    if not 0 < seen < conversation.last_message:
        return News(seen)
    said = Message.objects.filter(conversation=conversation, direction=Direction.INCOMING, pk__gt=seen)
    new = list(said.filter(withdrawn_at=None).order_by(*PLACE).values_list("happened_at", "pk")[:CAP])
    return News(seen, new[0] if new else None, len(new))


READ = """
INSERT INTO inbox_reading (agent_id, conversation_id, seen_up_to, at)
VALUES (%(agent)s, %(conversation)s, %(shown)s, %(now)s)
ON CONFLICT (agent_id, conversation_id) DO UPDATE
SET seen_up_to = greatest(inbox_reading.seen_up_to, excluded.seen_up_to), at = excluded.at
"""


def mark_read(conversation: Conversation, agent: Agent, shown_up_to: int, now: datetime) -> None:
    """He has it on his screen. What he saw is never taken back by a slower tab."""
    values = {"agent": agent.pk, "conversation": conversation.pk, "shown": shown_up_to, "now": now}
    hot.change(READ, values)
