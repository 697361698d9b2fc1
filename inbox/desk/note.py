"""Internal notes: only staff can see them, and there is no way in which one could leave."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from inbox import hot
from inbox.activity import record
from inbox.database import storable
from inbox.desk.naming import as_written, mentioned_in
from inbox.desk.ownership import locked_to_write
from inbox.desk.tell import tell
from inbox.errors import Invalid
from inbox.models import Agent, Conversation, Direction, Mention, Message, NoticeKind
from inbox.permissions import Can, require


def note(conversation: Conversation, text: str, *, by: Agent, now: datetime) -> Message:
    """Leave a note. A note has no delivery, and deliveries are all that is ever sent.

    Who is named in it (`@ada`, by the first part of his address, or `@ada@example.com`) may read the conversation
    from then on. Raise Invalid for an empty text, MergedAway if it is part of another conversation.
    """
    require(by, Can.NOTE, conversation)
    text = storable(text).strip()
    if not text:
        raise Invalid(gettext_noop("There is no text in this note yet."))
    named = mentioned_in(text)
    with transaction.atomic():
        conversation = locked_to_write(conversation)
        written = Message(
            conversation=conversation,
            direction=Direction.NOTE,
            author=by,
            text=text,
            reply_text=text,
            happened_at=now,
            details={"mentioned": as_written(text, named)} if named else {},
        )
        message = hot.add(written)
        conversation.last_message = message.pk
        hot.write(conversation, "last_message")
        Mention.objects.bulk_create(
            [Mention(conversation=conversation, agent=agent, at=now) for agent in named],
            ignore_conflicts=True,
        )
        for agent in named:
            if agent != by:
                tell(agent, NoticeKind.MENTIONED, conversation, about=by, now=now)
        people = [agent.pk for agent in named]
        record("noted", now=now, by=by, conversation=conversation, message=message.pk, mentioned=people)
    return message
