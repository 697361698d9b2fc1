"""A small company: ada, sam and max work in Support, kim runs the place, and carla writes to them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module
from itertools import count
from typing import Any

from django.apps import apps
from django.db import transaction
from django.test import Client

from connectors.contract import Incoming, Person
from connectors.email.connector import Email
from inbox.activity import record
from inbox.connect import save
from inbox.desk.links import digest
from inbox.desk.people import new_agent
from inbox.desk.reply import Draft, reply
from inbox.desk.teams import make_team
from inbox.inbound.belonging import Source
from inbox.inbound.receive import Received, receive
from inbox.models import (
    Agent,
    ApiToken,
    Attachment,
    Brand,
    Channel,
    Conversation,
    Delivery,
    DeliveryState,
    Envelope,
    Guideline,
    Installation,
    Interval,
    Item,
    Membership,
    Message,
    Role,
    Team,
)
from tests.files import laid

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
CARLA = Person(address="carla@example.com", name="Carla")
ROLES = {"ada": Role.AGENT, "sam": Role.SUPERVISOR, "max": Role.MANAGER, "kim": Role.ADMIN}
_numbers = count(1)


@dataclass
class Desk:
    """The people, two teams with a mailbox each, and what one does to them in tests.

    Ada, sam and max work in `team`; nobody but its lead, who may do nothing there, belongs to `elsewhere`.
    """

    ada: Agent
    sam: Agent
    max: Agent
    kim: Agent
    team: Team
    elsewhere: Team
    channel: Channel
    channel_elsewhere: Channel
    clock: datetime = field(default=NOW)

    def later(self, **by: float) -> datetime:
        """Move the clock, by a minute unless told otherwise, and return it."""
        self.clock += timedelta(**(by or {"minutes": 1}))
        return self.clock

    def receives(
        self, incoming: Incoming, *, channel: Channel | None = None, at: datetime | None = None, ours: bool = False
    ) -> Received:
        """Something arrives and is read."""
        where, when = channel or self.channel, at or self.later()
        source = Source(channel=where, item=item(where, when).pk, received_at=when, came_at=when, now=when)
        with transaction.atomic():
            return receive(source, incoming, ours=ours)

    def problem(
        self, text: str = "The lamp arrived broken.", *, channel: Channel | None = None, **said: Any
    ) -> Conversation:
        """Carla writes about something new."""
        received = self.receives(mail(text, **said), channel=channel)
        return Conversation.objects.get(pk=received.conversation)

    def answers(self, conversation: Conversation, text: str = "We will help.", **more: Any) -> Message:
        """Ada answers, having read everything."""
        conversation.refresh_from_db()
        seen = more.pop("seen_up_to", conversation.last_message)
        undo = more.pop("undo", timedelta(0))
        by = more.pop("by", self.ada)
        return reply(conversation, Draft(text, **more), by=by, seen_up_to=seen, now=self.later(), undo=undo)


def five() -> Desk:
    """Make them all."""
    _first_day()
    Installation.objects.create(created_at=NOW, company="Example")
    people = {name: new_agent(name=name.capitalize(), email=f"{name}@example.com", by=None, now=NOW) for name in ROLES}
    team = make_team("Support", lead=people["sam"], by=None, now=NOW)
    elsewhere = make_team("Sales", lead=people["kim"], by=None, now=NOW)
    for name, role in ROLES.items():
        Membership.objects.create(agent=people[name], team=None if role == Role.ADMIN else team, role=role)
    brand = Brand.objects.create(name="Example", signature="Your friends at Example")
    return Desk(
        ada=people["ada"],
        sam=people["sam"],
        max=people["max"],
        kim=people["kim"],
        team=team,
        elsewhere=elsewhere,
        channel=mailbox("support@example.com", team, brand),
        channel_elsewhere=mailbox("sales@example.com", elsewhere, brand),
    )


def _first_day() -> None:
    """What a migration put in, again: a test with transactions of its own has emptied all tables behind it."""
    if not Guideline.objects.exists():
        import_module("inbox.migrations.0011_starter_guidelines").make(apps, None)


def mailbox(address: str, team: Team, brand: Brand, **settings: Any) -> Channel:
    """A connected mailbox, whose servers are the real connector's affair."""
    channel = Channel.objects.create(
        kind="email",
        name=address,
        address=address,
        account=address,
        brand=brand,
        team=team,
        created_at=NOW,
        poll_at=NOW,
    )
    hosts = {"imap_host": "localhost", "smtp_host": "localhost"}
    save(channel, Email(**{"address": address, "password": "secret", **hosts, **settings}))
    return channel


def item(channel: Channel, at: datetime = NOW, **fields: Any) -> Item:
    """A row of the letterbox, not opened yet."""
    envelope = Envelope.objects.create(channel=channel, sha256="0" * 64, size=1, received_at=at)
    values = {"source_key": f"key {next(_numbers)}", "received_at": at, **fields}
    return Item.objects.create(channel=channel, envelope=envelope, **values)


def mail(text: str = "The lamp arrived broken.", *, sender: Person = CARLA, **fields: Any) -> Incoming:
    """What the reader makes of a mail: by default a new one of carla's."""
    reference = fields.pop("reference", f"{next(_numbers)}@example.com")
    values = {"provider_id": f"{reference} {text}", "subject": "A broken lamp", **fields}
    return Incoming(reference=reference, sender=sender, text=text, **values)


def answer_to(*references: str, **fields: Any) -> Incoming:
    """Carla's mail program answers, naming what it answers, nearest first."""
    return mail(**{"text": "It is the red one.", "subject": "Re: A broken lamp", "parents": references, **fields})


def upload(desk: Desk, name: str = "lamp.pdf") -> Attachment:
    """A file that ada has put beside a draft."""
    about: dict[str, Any] = {"media_type": "application/pdf", "sha256": laid(b"a file"), "created_at": desk.clock}
    return Attachment.objects.create(uploaded_by=desk.ada, name=name, size=6, **about)


def reference_of(message: Message) -> str:
    """How other mails name this message."""
    return message.provider_ids.get().reference


def delivery_of(message: Message) -> Delivery:
    """The one sending of a message."""
    return Delivery.objects.select_related("conversation").get(message=message)


def further_part(delivery: Delivery) -> Delivery:
    """One more part of the same message, behind this one."""
    part = Delivery.objects.get(pk=delivery.pk)
    part.pk, part.part, part.provider_id = None, delivery.part + 1, f"part{delivery.part + 1}@example.com"
    part.save()
    return part


def set_state(delivery: Delivery, state: DeliveryState) -> None:
    """Put a delivery into a state with whatever a row in that state must have."""
    leased = state == DeliveryState.SENDING
    waits = state in {DeliveryState.HELD, DeliveryState.QUEUED, DeliveryState.UNKNOWN}
    done = state in {DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.READ}
    Delivery.objects.filter(pk=delivery.pk).update(
        state=state,
        phase="wire" if leased else "",
        token="00000000-0000-0000-0000-000000000001" if leased else None,
        lease_until=NOW if leased else None,
        worker=1 if leased else None,
        due_at=NOW if waits else None,
        accepted_at=NOW if done else None,
    )


def history(conversation: Conversation) -> list[tuple[str, str, str]]:
    """Who had it, why it came to him, and why it left him; `queue` for nobody."""
    rows = Interval.objects.filter(conversation=conversation).select_related("owner").order_by("started_at", "pk")
    return [(i.owner.name if i.owner else "queue", i.began_by, i.ended_by) for i in rows]


def browser(agent: Agent | None) -> Client:
    """A browser in which he is signed in."""
    client = Client()
    if agent:
        client.force_login(agent)
    return client


def program(agent: Agent) -> Client:
    """A program with a token of his."""
    secret = f"secret of {agent.name} {next(_numbers)}"
    ApiToken.objects.create(agent=agent, name="test", digest=digest(secret), created_at=NOW)
    return Client(headers={"Authorization": f"Bearer {secret}"})


def mentions(conversation: Conversation, agent: Agent) -> None:
    """Let him read one conversation, as a note that names him does."""
    conversation.mentions.create(agent=agent, at=NOW)
    record("noted", now=NOW, conversation=conversation, mentioned=[agent.pk])
