"""How an answer goes out on a channel: in public or not, in how many parts, and until when the provider lets us."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from connectors.contract import Hideable, Likeable, Limits, Private
from connectors.errors import ChannelError
from inbox.desk.fitting import kind_of, limits_of, megabytes, open_window_end, waits_for_his_answer, window_end
from inbox.desk.outside import better_way
from inbox.desk.privately import may_continue_privately, said_in_private
from inbox.errors import described, in_words
from inbox.models import Address, Agent, Conversation, Direction, Message
from inbox.permissions import Can, allows, visible_to
from inbox.web.requests import agent_of, conversation_of, view_of

SOON = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Way:
    """What the composer shows of its channel, and what can be done there with what was said.

    `shut` is since when nobody may answer any more; then `elsewhere` are the customer's addresses of other kinds.
    `waits` says that he has to answer first.
    """

    public: bool
    limits: Limits
    open_until: datetime | None
    person_until: datetime | None
    shut: datetime | None
    waits: bool
    elsewhere: list[Address]
    is_ending: bool
    may_go_private: bool
    may_like: bool
    may_hide: bool
    charsets: Mapping[str, str]
    by_hand: bool
    better_way: str
    said_in_private: int

    @property
    def is_shut(self) -> bool:
        """Whether nothing can be sent now."""
        return bool(self.shut) or self.waits

    @property
    def megabytes(self) -> str:
        """What the files may have together, in megabytes; 0 for as much as one likes."""
        return megabytes(self.limits.attachment_bytes)


def way_of(conversation: Conversation, agent: Agent, now: datetime) -> Way:
    """How answers to this conversation go out now."""
    kind = kind_of(conversation)
    moderates = conversation.public and allows(agent, Can.MODERATE, conversation.team)
    machine, person = open_window_end(conversation), window_end(conversation)
    ends = machine if machine and machine > now else person
    shut = person if person and person <= now else None
    elsewhere = conversation.customer.addresses.exclude(kind=conversation.channel.kind).order_by("pk")
    return Way(
        public=conversation.public,
        limits=limits_of(conversation),
        open_until=machine if machine and machine > now else None,
        person_until=person if person and person > now else None,
        shut=shut,
        waits=waits_for_his_answer(conversation),
        elsewhere=list(elsewhere) if shut else [],
        is_ending=bool(ends and ends - now < SOON),
        may_go_private=conversation.public and issubclass(kind, Private),
        said_in_private=said_in_private(conversation) if conversation.public and issubclass(kind, Private) else 0,
        may_like=moderates and issubclass(kind, Likeable),
        may_hide=moderates and issubclass(kind, Hideable),
        charsets=kind.charsets,
        by_hand=kind.by_hand,
        better_way=better_way(conversation) if kind.by_hand else "",
    )


@login_required
@require_POST
def measure(request: HttpRequest, view: str, number: int) -> HttpResponse:
    """A text in the channel's own measure, and the parts it would go out in."""
    conversation = conversation_of(request, number)
    text = request.POST.get("text", "").strip()
    context = {
        "measured": measured(conversation, text),
        "conversation": conversation,
        "view": view_of(view, agent_of(request)),
    }
    return render(request, "talk/measure.html", context)


@dataclass(frozen=True, slots=True)
class Measured:
    """How long a text is, of how much, and the parts it goes out in, if it is more than one."""

    used: int
    limit: int
    parts: list[str]

    @property
    def is_too_long(self) -> bool:
        """Whether it cannot go out at all."""
        return bool(self.limit) and self.used > self.limit and not self.parts


def measured(conversation: Conversation, text: str) -> Measured:
    """Measure a text for its channel."""
    kind, key = kind_of(conversation), conversation.thread
    limits = kind.limits_in(key)
    used = kind.measure(text, key) if limits.characters else 0
    splits = limits.several_parts and used > limits.characters > 0
    return Measured(used, limits.characters, list(kind.parts(text, key)) if splits else [])


@login_required
def privately(request: HttpRequest, view: str, number: int) -> HttpResponse:
    """The offer to answer in private, or why there is none. Asks the provider, so it is asked for only on purpose."""
    conversation = conversation_of(request, number)
    try:
        offered, why = may_continue_privately(conversation, timezone.now()), ""
    except ChannelError as error:
        offered, why = False, in_words(described(error))
    context = {"offered": offered, "why": why, "conversation": conversation, "view": view_of(view, agent_of(request))}
    return render(request, "talk/privately.html", context)


def around(conversation: Conversation, agent: Agent) -> list[Message]:
    """What others said under the same post lately, in conversations that the reader may see."""
    if conversation.post is None:
        return []
    others = visible_to(agent).filter(post=conversation.post).exclude(pk=conversation.pk)
    said = Message.objects.filter(conversation__in=others, withdrawn_at=None).exclude(direction=Direction.NOTE)
    newest = said.select_related("sender", "author", "conversation")
    return list(newest.order_by("-happened_at", "-pk")[:5])[::-1]
