"""A conversation as it is read: messages, notes and what happened, in the order of time, one stretch after the other.

A stretch costs the same in a conversation of ten messages and in one of ten thousand.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet
from django.db.models.fields.tuple_lookups import TupleGreaterThanOrEqual, TupleLessThan
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
    Override,
)
from inbox.news import NO_NEWS, PLACE, News, Place
from inbox.outbound.states import CANNOT_GO, HANDED_OVER, worst

WINDOW = 50  # messages that are read at once
BEFORE = 5  # of them stand before the one at which a page opens
LONGEST = 200  # messages of a stretch that grew while it stood on the screen
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
    "tagged",
    "untagged",
    "topic_set",
    "collected",
    "promised",
    *("pictures_allowed", "pictures_not_allowed"),
    *("conversations_merged", "conversation_split", "rearrangement_undone", "suggestion_dismissed"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A message or note, with what became of it."""

    message: Message
    state: DeliveryState | None
    deliveries: Sequence[Delivery]
    undo_until: datetime | None
    begins_news: bool
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
    def tried_at(self) -> datetime | None:
        """When it is tried again, where nobody has to do anything for that first."""
        waits = (d.due_at for d in self.deliveries if d.state == DeliveryState.QUEUED and d.error)
        tried = all((d.error or {}).get("kind") == "TryLater" for d in self.deliveries if d.error)
        return next(waits, None) if tried else None

    @property
    def as_of(self) -> datetime | None:
        """When its last part came to the state in which all are, as far as the provider tells it."""
        name = STATE_SINCE.get(self.state) if self.state else None
        times = [getattr(delivery, name) for delivery in self.deliveries] if name else []
        return max((at for at in times if at), default=None)

    @property
    def arrived(self) -> int:
        """How many of its parts are sent, where others will not go of themselves; 0 where that is all or none."""
        stuck = any(d.state in CANNOT_GO for d in self.deliveries)
        return sum(d.state in HANDED_OVER for d in self.deliveries) if stuck else 0

    @property
    def missed(self) -> bool:
        """Whether somebody who was to get it did not."""
        return any(r.state == DeliveryState.FAILED for d in self.deliveries for r in d.results.all())

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


STATE_SINCE = {
    DeliveryState.SENT: "accepted_at",
    DeliveryState.DELIVERED: "delivered_at",
    DeliveryState.READ: "read_at",
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """Messages that follow one another, with what happened between them: from `begins` on, and before `ends`.

    Where nothing stands before or behind them, that is None. `shown_up_to` is the id of the newest message which
    somebody has seen who has seen this stretch and what stands before it.
    """

    entries: Sequence[Said | Happened]
    begins: Place | None
    ends: Place | None
    shown_up_to: int


def read_newest(conversation: Conversation, news: News = NO_NEWS) -> Stretch:
    """The last messages."""
    return read_before(conversation, None, news)


def read_before(conversation: Conversation, ends: Place | None, news: News = NO_NEWS) -> Stretch:
    """The messages that stand before a place."""
    found = _before(conversation, ends, WINDOW + 1)
    begins = _place(found[1]) if len(found) > WINDOW else None
    return _stretch(conversation, found[-WINDOW:], begins, ends, news)


def read_from(conversation: Conversation, begins: Place, news: News = NO_NEWS) -> Stretch:
    """The messages from a place on."""
    return read_between(conversation, begins, None, news, most=WINDOW)


def read_around(conversation: Conversation, place: Place, news: News = NO_NEWS) -> Stretch:
    """A message, what follows it, and a few that stand before it."""
    follow = _from(conversation, place, WINDOW - BEFORE + 1)
    ends = _place(follow[-1]) if len(follow) > WINDOW - BEFORE else None
    follow = follow[: WINDOW - BEFORE]
    room = WINDOW - len(follow)
    earlier = _before(conversation, place, room + 1)
    begins = _place(earlier[1]) if len(earlier) > room else None
    return _stretch(conversation, [*earlier[-room:], *follow], begins, ends, news)


def read_between(
    conversation: Conversation, begins: Place | None, ends: Place | None, news: News = NO_NEWS, *, most: int = LONGEST
) -> Stretch:
    """A stretch as it is now; what is more than `most` of it stands behind."""
    found = _from(conversation, begins, most + 1, ends)
    ends = _place(found[most]) if len(found) > most else ends
    return _stretch(conversation, found[:most], begins, ends, news)


def place_of(conversation: Conversation, message: int) -> Place | None:
    """Where a message stands; None where it is not shown, or not here."""
    said = Message.objects.filter(conversation=conversation, withdrawn_at=None, pk=message)
    return said.values_list("happened_at", "pk").first()


def history_of(conversation: Conversation) -> list[Interval]:
    """Who had it, from the first on; read once for as long as this object lives."""
    history: list[Interval] | None = getattr(conversation, "_history", None)
    if history is None:
        history = list(conversation.intervals.select_related("owner", "by", "team").order_by("started_at", "pk"))
        conversation._history = history  # type: ignore[attr-defined]  # a cache of one request
    return history


def last_incoming(conversation: Conversation, newest: Stretch | None = None) -> Message | None:
    """The customer's last message that no program wrote; it is mostly among the newest, which may have been read."""
    read = [entry.message for entry in newest.entries if isinstance(entry, Said)] if newest and not newest.ends else []
    for message in reversed(read):
        if message.direction == Direction.INCOMING and not message.automatic:
            return message
    said = Message.objects.filter(conversation=conversation, direction=Direction.INCOMING, automatic="")
    return said.filter(withdrawn_at=None).select_related("sender").order_by("-happened_at", "-pk").first()


def _from(conversation: Conversation, begins: Place | None, most: int, ends: Place | None = None) -> list[Message]:
    rows = _messages(conversation)
    if begins:
        rows = rows.filter(TupleGreaterThanOrEqual(PLACE, begins))
    if ends:
        rows = rows.filter(TupleLessThan(PLACE, ends))
    return list(rows.order_by("happened_at", "pk")[:most])


def _before(conversation: Conversation, ends: Place | None, most: int) -> list[Message]:
    rows = _messages(conversation)
    if ends:
        rows = rows.filter(TupleLessThan(PLACE, ends))
    return list(rows.order_by("-happened_at", "-pk")[:most])[::-1]


def _place(message: Message) -> Place:
    return message.happened_at, message.pk


def _stretch(
    conversation: Conversation, messages: Sequence[Message], begins: Place | None, ends: Place | None, news: News
) -> Stretch:
    said = [_said(message, news) for message in messages]
    entries: list[Said | Happened] = sorted([*said, *_happened(conversation, begins, ends)], key=lambda e: e.at)
    newest = max((message.pk for message in messages), default=0)
    return Stretch(entries, begins, ends, min(newest, ends[1] - 1) if ends else conversation.last_message)


def _messages(conversation: Conversation) -> QuerySet[Message]:
    return (
        Message.objects.filter(conversation=conversation, withdrawn_at=None)
        .select_related("author", "sender")
        .prefetch_related(
            Prefetch("attachments", Attachment.objects.order_by("position")),
            Prefetch("overrides", Override.objects.select_related("version")),
            Prefetch("deliveries", Delivery.objects.order_by("part").prefetch_related("results")),
        )
    )


def _said(message: Message, news: News) -> Said:
    deliveries = list(message.deliveries.all())
    held = [d.due_at for d in deliveries if d.state == DeliveryState.HELD and d.due_at and d.due_at > timezone.now()]
    return Said(
        message=message,
        state=worst([d.state for d in deliveries]),
        deliveries=deliveries,
        undo_until=min(held, default=None),
        begins_news=news.first == _place(message),
    )


def _happened(conversation: Conversation, begins: Place | None, ends: Place | None) -> Iterator[Happened]:
    """What happened there. It stands behind what was said at the same instant."""

    def here(at: datetime | None) -> bool:
        return at is not None and (begins is None or at >= begins[0]) and (ends is None or at < ends[0])

    for interval in history_of(conversation):
        if interval.began_by != Cause.OPENED and here(interval.started_at):
            yield Happened(interval.started_at, interval.began_by, interval.by, interval.owner, interval, None)
        if interval.ended_by == Cause.SOLVED and interval.ended_at and here(interval.ended_at):
            yield Happened(interval.ended_at, Cause.SOLVED, None, interval.owner, interval, None)
    log = conversation.activities.filter(verb__in=TOLD).select_related("actor").order_by("pk")
    log = log.filter(at__gte=begins[0]) if begins else log
    for act in log.filter(at__lt=ends[0]) if ends else log:
        yield Happened(act.at, act.verb, act.actor, None, None, act)
