"""The company's accounts on the networks: connected to the stand-ins over TCP, called by them, and polled.

Nothing is patched and no queue is faked: what the tasks of the workers call is called here.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from connectors.sandbox.graph.server import GraphServer
from connectors.sandbox.graph.street import Street
from connectors.sandbox.x.server import XServer, address
from inbox.desk import apps
from inbox.desk import channels as desk
from inbox.desk.reply import Draft, reply
from inbox.inbound import gather, poll, unpack
from inbox.models import Attachment, Channel, Conversation, Delivery, Message
from inbox.outbound import deliver, reconcile
from inbox.outbound.states import UNSENT
from tests.files import laid
from tests.journeys.mailroom import Company
from tests.waiting import until

US = "demo"


@dataclass
class Network(ABC):
    """One account of ours as a channel. `ahead` is how far the desk's clock is ahead of this machine's."""

    company: Company
    channel: Channel
    ahead: timedelta = field(default=timedelta(0), kw_only=True)

    @property
    def now(self) -> datetime:
        return timezone.now() + self.ahead

    @abstractmethod
    def has_told(self) -> bool:
        """Whether it has nothing left to tell us."""

    def subscribe(self) -> None:
        """Have it call us."""
        desk.subscribe(self.channel, now=self.now)

    def hear(self) -> None:
        """What was pushed is here, and opened."""
        until(self.has_told, "everything was told")
        unpack.open_waiting(self.channel)

    def ask(self, minutes: int = 0) -> None:
        """A worker polls, by a clock that is so many minutes ahead, and opens what came."""
        Channel.objects.filter(pk=self.channel.pk).update(poll_at=timezone.now(), broken_until=None)
        claimed = poll.claim(self.channel.pk, timezone.now(), early=True)
        assert claimed
        poll.poll(claimed, self.now + timedelta(minutes=minutes))
        unpack.open_waiting(self.channel)
        self.channel.refresh_from_db()

    def gather(self) -> None:
        """Files, names and posts that messages point to."""
        gather.gather(self.channel, self.now)


@dataclass
class OnX(Network):
    """The account @demo, as a channel."""

    x: XServer

    def has_told(self) -> bool:
        return self.x.told()

    def said_by_us(self) -> list[str]:
        """What we published, as X has it, oldest first."""
        return [post.text for post in reversed(self.x.timeline(US))]

    def connect_again(self) -> None:
        """Kim goes through the page of X once more."""
        access = self.x.log_in(US)
        connected = {
            "access_token": access["access_token"],
            "refresh_token": access["refresh_token"],
            "access_expires": (self.now + timedelta(seconds=7200)).isoformat(),
            "scopes": access["scope"],
        }
        _change(self, connected)


@dataclass
class OnFacebook(Network):
    """A Page, as a channel."""

    graph: GraphServer

    @property
    def street(self) -> Street:
        return self.graph.street

    def has_told(self) -> bool:
        return self.graph.settled()

    def pass_time(self, time: timedelta) -> None:
        """On both sides: by Facebook's clock and by ours."""
        self.graph.move_clock(time.total_seconds())
        self.ahead += time

    def answers(self, conversation: Conversation, text: str = "On its way.", **draft: Any) -> Message:
        return answers(self.company, conversation, text, now=self.now, **draft)

    def dispatch(self) -> None:
        """A worker sends everything that is due."""
        dispatch(ahead=self.ahead)

    def said_by_us(self) -> list[str]:
        """What we said, in private and in public, by Facebook's own log."""
        return [effect.body["text"] for effect in self.graph.log() if effect.what in ("message", "comment")]

    def seen_by(self, person: str) -> list[str]:
        """The conversation in Messenger, as this person sees it."""
        return [said["text"] for said in self.street.messages(person)]

    def connect_again(self) -> None:
        """Kim goes through the page of Facebook once more."""
        _change(self, self.street.connect())


def on_x(company: Company, x: XServer, port: int) -> OnX:
    """Connect @demo as an admin does who walked through the page of X."""
    now = timezone.now()
    access = x.log_in(US)
    values: dict[str, object] = {
        "client_id": x.app.client_id,
        "client_secret": x.app.client_secret,
        "consumer_key": x.app.consumer_key,
        "consumer_secret": x.app.consumer_secret,
        "bearer": x.app.bearer,
        "base": address(port),
        "username": US,
        "user_id": x.account(US).id,
        "access_token": access["access_token"],
        "refresh_token": access["refresh_token"],
        "access_expires": (now + timedelta(seconds=7200)).isoformat(),
        "scopes": access["scope"],
    }
    return OnX(company, _connected(company, "twitter", values), x)


def on_facebook(company: Company, graph: GraphServer) -> OnFacebook:
    """Connect the Page as an admin does who walked through the page of Facebook."""
    values = graph.street.connect() | {"base": graph.base, "user_token": ""}
    return OnFacebook(company, _connected(company, "facebook", values), graph)


def _change(network: Network, values: Mapping[str, object]) -> None:
    channel, kim = network.channel, network.company.kim
    desk.change_channel(
        channel, values, name=channel.name, brand=channel.brand, team=channel.team, by=kim, now=network.now
    )
    channel.refresh_from_db()


def _connected(company: Company, kind: str, values: Mapping[str, object]) -> Channel:
    now, admin = timezone.now(), company.kim
    app = apps.make_app(kind, values, name="Our app", by=admin, now=now)
    return desk.connect_channel(
        kind, values, name="Demo", brand=company.brand, team=company.support, by=admin, now=now, app=app
    )


def answers(
    company: Company, conversation: Conversation, text: str, *, now: datetime | None = None, **draft: Any
) -> Message:
    """Ada answers, having read everything and seen the parts it goes out in."""
    conversation.refresh_from_db()
    return reply(
        conversation,
        Draft(text, **draft),
        by=company.ada,
        seen_up_to=conversation.last_message,
        now=now or timezone.now(),
        undo=timedelta(0),
    )


def a_moment_passes() -> None:
    """What is said after it is told with a later time: networks tell whole milliseconds."""
    since = timezone.now()
    until(lambda: timezone.now() - since > timedelta(milliseconds=1), "a moment passes")


def dispatch(times: int = 4, *, ahead: timedelta = timedelta(0)) -> None:
    """A worker sends everything that is due; a later part becomes due with the one before it."""
    for _ in range(times):
        due = Delivery.objects.filter(state__in=UNSENT, due_at__lte=timezone.now() + ahead).order_by("pk")
        for delivery in due.values_list("pk", flat=True):
            deliver.send(delivery, timezone.now() + ahead)


def reconciled(ahead: timedelta = timedelta(0)) -> None:
    """Sweeps look for what nobody knows of, an hour apart, and what is certainly not there is sent."""
    later = timezone.now() + ahead
    for _ in range(reconcile.LOOKS_NEEDED + 1):
        later += timedelta(hours=1)
        for delivery in Delivery.objects.filter(state="unknown").select_related("channel"):
            reconcile.settle(delivery, later)
    Delivery.objects.filter(state="queued").update(due_at=timezone.now())
    dispatch(ahead=ahead)


def upload(company: Company, content: bytes, name: str = "lamp.png") -> UUID:
    """Ada puts a picture into the composer."""
    return Attachment.objects.create(
        uploaded_by=company.ada,
        name=name,
        media_type="image/png",
        size=len(content),
        sha256=laid(content),
        created_at=timezone.now(),
    ).pk
