"""The company's accounts on the networks: connected to the stand-ins over TCP, called by them, and polled.

Nothing is patched and no queue is faked: what the tasks of the workers call is called here.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from connectors.sandbox.x.server import XServer, address
from inbox.desk import apps
from inbox.desk import channels as desk
from inbox.desk.reply import Draft, reply
from inbox.inbound import gather, poll, unpack
from inbox.models import Channel, Conversation, Delivery, Message
from inbox.outbound import tasks
from tests.journeys.mailroom import Company
from tests.waiting import until

US = "demo"


@dataclass
class OnX:
    """The account @demo, as a channel."""

    company: Company
    x: XServer
    channel: Channel

    def subscribe(self) -> None:
        """Have X call us."""
        desk.subscribe(self.channel, now=timezone.now())

    def hear(self) -> None:
        """What was pushed is here, and opened."""
        until(self.x.told, "X has told everything")
        unpack.open_waiting(self.channel)

    def ask(self, minutes: int = 0) -> None:
        """A worker polls, by a clock that is so many minutes ahead, and opens what came."""
        Channel.objects.filter(pk=self.channel.pk).update(poll_at=timezone.now(), broken_until=None)
        claimed = poll.claim(self.channel.pk, timezone.now(), early=True)
        assert claimed
        poll.poll(claimed, timezone.now() + timedelta(minutes=minutes))
        unpack.open_waiting(self.channel)
        self.channel.refresh_from_db()

    def gather(self) -> None:
        """Files, names and posts that messages point to."""
        gather.gather(self.channel, timezone.now())

    def said_by_us(self) -> list[str]:
        """What we published, as X has it, oldest first."""
        return [post.text for post in reversed(self.x.timeline(US))]


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
    admin = company.kim
    app = apps.make_app("twitter", values, name="Our app", by=admin, now=now)
    channel = desk.connect_channel(
        "twitter", values, name="@demo", brand=company.brand, team=company.support, by=admin, now=now, app=app
    )
    return OnX(company, x, channel)


def answers(company: Company, conversation: Conversation, text: str, **draft: int) -> Message:
    """Ada answers, having read everything and seen the parts it goes out in."""
    conversation.refresh_from_db()
    return reply(
        conversation,
        Draft(text, **draft),  # type: ignore[arg-type]  # parts_seen
        by=company.ada,
        seen_up_to=conversation.last_message,
        now=timezone.now(),
        undo=timedelta(0),
    )


def dispatch(times: int = 4) -> None:
    """A worker sends everything that is due; a later part becomes due with the one before it."""
    for _ in range(times):
        due = Delivery.objects.filter(state__in=tasks.DUE, due_at__lte=timezone.now()).order_by("pk")
        for delivery in due.values_list("pk", flat=True):
            tasks.send(delivery)
