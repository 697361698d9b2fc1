"""What somebody had before him when he wrote, held against what stands there when he sends."""

from collections.abc import Iterator

from django.db.models import Q, QuerySet

from inbox.errors import NewInPrivate, SomethingNew
from inbox.models import Activity, Channel, Conversation, Direction, Message, Rearranged, State


def nothing_new_since(conversation: Conversation, seen_up_to: int, seen_brought: int | None = None) -> None:
    """Raise SomethingNew if a message from the customer, or another answer to him, came after what was seen.

    `seen_brought` is the conversation's `last_brought` as it was seen: a merge brings messages that are older. None
    asks nothing of these.
    """
    brought = seen_brought is not None and conversation.last_brought > seen_brought
    if conversation.last_message <= seen_up_to and not brought:
        return
    new = Q(pk__gt=seen_up_to) if conversation.last_message > seen_up_to else Q(pk__in=[])
    if seen_brought is not None and brought:
        new |= Q(pk__in=list(_brought_since(conversation, seen_brought)))
    if found := list(_said(conversation.messages.filter(new)).order_by("pk").values_list("pk", flat=True)):
        raise SomethingNew(found)


def _brought_since(conversation: Conversation, line: int) -> Iterator[int]:
    here = Activity.objects.filter(conversation=conversation, verb__in=[Rearranged.MERGED, Rearranged.UNDONE])
    last = Activity.objects.filter(pk=conversation.last_brought)  # a split undone may stand in the log of another one
    for data in (here | last).filter(pk__gt=line).values_list("data", flat=True):
        yield from data.get("messages", ())


def last_in_private(channel: Channel, key: str) -> int:
    """The newest thing said in private under a thread key, be it solved since; 0 for nothing."""
    return _in_private(channel, key).order_by("-pk").values_list("pk", flat=True).first() or 0


def nothing_new_in_private(channel: Channel, key: str, seen_up_to: int) -> None:
    """Raise NewInPrivate if something was said there after what was seen."""
    new = _in_private(channel, key).filter(pk__gt=seen_up_to).select_related("conversation").order_by("pk").last()
    if new:
        raise NewInPrivate(number=new.conversation.label)


def _in_private(channel: Channel, key: str) -> QuerySet[Message]:
    there = Conversation.objects.filter(channel=channel, thread_key=key)
    # As the two indexes over thread keys have it: of what is not solved, and of what is.
    solved = there.filter(state=State.SOLVED).exclude(thread_key__startswith="mail:").values("pk")
    return _said(Message.objects.filter(conversation__in=there.exclude(state=State.SOLVED).values("pk").union(solved)))


def _said(messages: QuerySet[Message]) -> QuerySet[Message]:
    return messages.filter(withdrawn_at=None, automatic="").exclude(direction=Direction.NOTE)
