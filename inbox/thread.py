"""A conversation as it is read: messages, notes and what happened, in the order of time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from inbox import hot
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
    Override,
)
from inbox.outbound.states import worst

NEWEST = 100
TOLD = {
    "bounced",
    "message_deleted",
    "continued_privately",
    "snoozed",
    "waits",
    "needs_us",
    "send_undone",
    "released",
    "began",
    "split_off",
} | {
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
    history: Sequence[Interval]
    log: Sequence[Activity]

    @property
    def last_incoming(self) -> Message | None:
        """The customer's last message, of those shown."""
        said = [e.message for e in self.entries if isinstance(e, Said)]
        from_him = [m for m in said if m.direction == Direction.INCOMING and not m.automatic]
        return from_him[-1] if from_him else None


def read_thread(conversation: Conversation, *, seen: int, everything: bool = False) -> Thread:
    """The newest messages, or all, with everything that happened since the first of them.

    `seen` is the id of the newest message that the reader had seen before.
    """
    wanted = None if everything else NEWEST
    messages = list(_messages(conversation)[:wanted])[::-1]
    older = 0 if everything or len(messages) < NEWEST else _messages(conversation)[NEWEST : NEWEST * 2].count()
    history = list(conversation.intervals.select_related("owner", "by", "team").order_by("started_at", "pk"))
    log = list(conversation.activities.select_related("actor").filter(verb__in=TOLD).order_by("pk"))
    since = messages[0].happened_at if older and messages else None
    happened = [h for h in _happened(history, log) if since is None or h.at >= since]
    entries: list[Said | Happened] = sorted([*(_said(m, seen) for m in messages), *happened], key=lambda e: e.at)
    return Thread(entries, older, history, log)


READ = """
WITH before AS (SELECT seen_up_to FROM inbox_reading WHERE agent_id = %(agent)s AND conversation_id = %(conversation)s)
INSERT INTO inbox_reading (agent_id, conversation_id, seen_up_to, at)
VALUES (%(agent)s, %(conversation)s, %(newest)s, %(now)s)
ON CONFLICT (agent_id, conversation_id) DO UPDATE
SET seen_up_to = greatest(inbox_reading.seen_up_to, excluded.seen_up_to), at = excluded.at
RETURNING coalesce((SELECT seen_up_to FROM before), 0)
"""


def mark_read(conversation: Conversation, agent: Agent, now: datetime) -> int:
    """He has it on his screen; return up to which message he had seen it before.

    What he saw is never taken back by a slower tab.
    """
    values = {"agent": agent.pk, "conversation": conversation.pk, "newest": conversation.last_message, "now": now}
    ((before,),) = hot.fetch(READ, values)
    return int(before)


def _messages(conversation: Conversation) -> QuerySet[Message]:
    return (
        Message.objects.filter(conversation=conversation, withdrawn_at=None)
        .select_related("author", "sender", "item__envelope")
        .prefetch_related(
            Prefetch("attachments", Attachment.objects.order_by("position")),
            Prefetch("overrides", Override.objects.select_related("version")),
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


def _happened(history: Sequence[Interval], log: Sequence[Activity]) -> Iterator[Happened]:
    for interval in history:
        if interval.began_by != Cause.OPENED:
            yield Happened(interval.started_at, interval.began_by, interval.by, interval.owner, interval, None)
        if interval.ended_at and interval.ended_by == Cause.SOLVED:
            yield Happened(interval.ended_at, Cause.SOLVED, None, interval.owner, interval, None)
    for act in log:
        yield Happened(act.at, act.verb, act.actor, None, None, act)
