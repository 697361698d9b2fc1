"""What is collected from the customer, once, so that nobody further up asks again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from inbox.activity import record
from inbox.database import storable
from inbox.errors import Invalid
from inbox.models import Agent, Collected, Conversation, Topic
from inbox.permissions import Can, require


def about(conversation: Conversation, topic: Topic | None, *, by: Agent, now: datetime) -> None:
    """Say what it is about, and so what is to be collected."""
    require(by, Can.NOTE, conversation)
    with transaction.atomic():
        Conversation.objects.filter(pk=conversation.pk).update(topic=topic)
        record("topic_set", now=now, by=by, conversation=conversation, topic=topic.pk if topic else None)


def collect(conversation: Conversation, name: str, value: str, *, by: Agent, now: datetime) -> None:
    """Write down what he said to one thing that its topic wants to know, or why it cannot be had.

    Raise Invalid for an empty value, or for something the topic does not ask.
    """
    require(by, Can.NOTE, conversation)
    value = storable(value).strip()[:1000]
    if not value:
        raise Invalid(gettext_noop("Write what he said, or why it cannot be had."))
    if conversation.topic is None or name not in conversation.topic.collect:
        raise Invalid(gettext_noop("This topic does not ask for that."))
    with transaction.atomic():
        Collected.objects.update_or_create(
            conversation=conversation, name=name, defaults={"value": value, "by": by, "at": now}
        )
        record("collected", now=now, by=by, conversation=conversation, name=name)


def missing_from(conversation: Conversation) -> list[str]:
    """What its topic wants to know and nobody has written down."""
    if conversation.topic is None:
        return []
    there = set(conversation.collected.values_list("name", flat=True))
    return [name for name in conversation.topic.collect if name not in there]
