"""A conversation as it is read: messages, notes and what happened, in the order of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from inbox.errors import in_words
from inbox.models import (
    Activity,
    Agent,
    Attachment,
    Cause,
    Conversation,
    Delivery,
    DeliveryState,
    Direction,
    Interval,
    Message,
    Reading,
)
from inbox.outbound.states import worst

NEWEST = 100
TOLD = {"bounced", "snoozed", "waits", "needs_us", "send_undone", "released", "began", "split_off"} | {
    "conversations_merged",
    "conversation_split",
    "rearrangement_undone",
}


@dataclass(frozen=True, slots=True)
class Said:
    """A message or note, with what became of it."""

    message: Message
    state: DeliveryState | None
    deliveries: Sequence[Delivery]
    undo_until: datetime | None
    is_new: bool
    kind: str = "said"

    @property
    def at(self) -> datetime:
        """Its place in time."""
        return self.message.happened_at

    @property
    def trouble(self) -> str:
        """Why it was not sent, in words."""
        return next((in_words(d.error) for d in self.deliveries if d.error), "")

    @property
    def decidable(self) -> Delivery | None:
        """The sending about which a person must say something."""
        waiting = {DeliveryState.NEEDS_HUMAN, DeliveryState.FAILED}
        return next((d for d in self.deliveries if d.state in waiting), None)


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that changed: an interval that began, or a line of the log."""

    at: datetime
    verb: str
    by: Agent | None
    owner: Agent | None
    interval: Interval | None
    activity: Activity | None
    kind: str = "happened"


@dataclass(frozen=True, slots=True)
class Thread:
    """What the page shows. `older` is how many messages stand before the first one here, at most NEWEST."""

    entries: Sequence[Said | Happened]
    older: int


def read_thread(conversation: Conversation, agent: Agent, *, everything: bool = False) -> Thread:
    """The newest messages, or all, with everything that happened since the first of them."""
    wanted = None if everything else NEWEST
    messages = list(_messages(conversation)[:wanted])[::-1]
    seen = Reading.objects.filter(agent=agent, conversation=conversation).values_list("seen_up_to", flat=True).first()
    older = 0 if everything or len(messages) < NEWEST else _messages(conversation)[NEWEST : NEWEST * 2].count()
    said = [_said(message, seen or 0) for message in messages]
    since = messages[0].happened_at if older and messages else None
    entries: list[Said | Happened] = sorted([*said, *_happened(conversation, since)], key=lambda e: e.at)
    return Thread(entries, older)


def mark_read(conversation: Conversation, agent: Agent, now: datetime) -> None:
    """He has it on his screen. What he saw is never taken back by a slower tab."""
    reading, made = Reading.objects.get_or_create(
        agent=agent, conversation=conversation, defaults={"seen_up_to": conversation.last_message, "at": now}
    )
    if not made and reading.seen_up_to < conversation.last_message:
        Reading.objects.filter(pk=reading.pk, seen_up_to__lt=conversation.last_message).update(
            seen_up_to=conversation.last_message, at=now
        )


def _messages(conversation: Conversation) -> QuerySet[Message]:
    return (
        Message.objects.filter(conversation=conversation, withdrawn_at=None)
        .select_related("author", "sender", "item__envelope")
        .prefetch_related(
            Prefetch("attachments", Attachment.objects.order_by("position")),
            Prefetch("deliveries", Delivery.objects.order_by("part").prefetch_related("results")),
        )
        .order_by("-happened_at", "-pk")
    )


def _said(message: Message, seen: int) -> Said:
    deliveries = list(message.deliveries.all())
    held = [d.due_at for d in deliveries if d.state == DeliveryState.HELD and d.due_at and d.due_at > timezone.now()]
    return Said(
        message=message,
        state=worst([d.state for d in deliveries]),
        deliveries=deliveries,
        undo_until=min(held, default=None),
        is_new=message.pk > seen and message.direction == Direction.INCOMING,
    )


def _happened(conversation: Conversation, since: datetime | None) -> list[Happened]:
    intervals = conversation.intervals.select_related("owner", "by", "team").exclude(began_by=Cause.OPENED)
    log = conversation.activities.select_related("actor").filter(verb__in=TOLD)
    ended = conversation.intervals.select_related("owner").filter(ended_by=Cause.SOLVED)
    happened = [Happened(i.started_at, i.began_by, i.by, i.owner, i, None) for i in intervals]
    happened += [Happened(i.ended_at, Cause.SOLVED, None, i.owner, i, None) for i in ended if i.ended_at]
    happened += [Happened(a.at, a.verb, a.actor, None, None, a) for a in log]
    return [h for h in happened if since is None or h.at >= since]
