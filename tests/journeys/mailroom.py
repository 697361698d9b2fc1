"""A small company with a mailbox on a real IMAP server, which sends over a real SMTP server.

Nothing is patched and no queue is faked: what the tasks of the workers call is called here, over TCP.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from itertools import count
from typing import Any

from django.utils import timezone

from connectors.email import plus
from connectors.email.connector import Email
from connectors.sandbox.mail.log import Accepted
from connectors.sandbox.mail.server import HOST, MailServer
from inbox.connect import save
from inbox.desk.people import new_agent
from inbox.desk.reply import Draft, reply
from inbox.desk.teams import make_team
from inbox.inbound import poll, unpack
from inbox.models import (
    Agent,
    Brand,
    Channel,
    Conversation,
    Delivery,
    DeliveryState,
    Installation,
    Item,
    Membership,
    Message,
    Role,
    Team,
)
from inbox.outbound import tasks
from inbox.outbound.states import UNSENT
from reports import measures
from tests.dovecot import PASSWORD, Dovecot

CARLA = "carla@example.com"
_numbers = count(1)


@dataclass
class Company:
    """Ada and sam in Support, max in Sales, kim runs it. `street` is the SMTP server, and knows what arrived where."""

    ada: Agent
    sam: Agent
    max: Agent
    kim: Agent
    support: Team
    sales: Team
    brand: Brand
    dovecot: Dovecot
    street: MailServer

    def mailbox(self, team: Team | None = None, address: str = "", **settings: Any) -> Channel:
        """A mailbox, connected: a fresh one on Dovecot, unless the settings name another server's."""
        address, now = address or self.dovecot.new_user(), timezone.now()
        channel = Channel.objects.create(
            kind="email",
            name=address,
            address=address,
            account=address,
            brand=self.brand,
            team=team or self.support,
            created_at=now,
            poll_at=now,
        )
        self.street.accounts[address] = PASSWORD
        save(channel, self._connector(address, **settings))
        return channel

    def reconnect(self, channel: Channel, **settings: Any) -> None:
        """An admin changes its settings."""
        save(channel, self._connector(channel.address, **settings))

    def _connector(self, address: str, **settings: Any) -> Email:
        values = {
            "address": address,
            "password": PASSWORD,
            "imap_host": "localhost",
            "imap_port": self.dovecot.imaps_port,
            "ca_certificate": self.dovecot.authority.pem,
            "smtp_host": HOST,
            "smtp_port": self.street.ports.smtp,
            "smtp_security": "plain",
            "plus_addressing": True,
            "plus_test": plus.came("", timezone.now()),
        }
        return Email(**{**values, **settings})

    def writes(self, channel: Channel, mail: EmailMessage | bytes, folder: str = "INBOX", **more: Any) -> None:
        """A mail is put into a folder of the mailbox; `at` is when the server took it in."""
        raw = mail if isinstance(mail, bytes) else mail.as_bytes(policy=policy.SMTP)
        self.dovecot.deliver(raw, channel.address, folder, **more)

    def answers(self, conversation: Conversation, text: str = "We will send you a new one.") -> Message:
        """Ada answers, having read everything."""
        conversation.refresh_from_db()
        return reply(
            conversation,
            Draft(text),
            by=self.ada,
            seen_up_to=conversation.last_message,
            now=timezone.now(),
            undo=timedelta(0),
        )

    def arrived(self, address: str = CARLA) -> list[EmailMessage]:
        """What reached somebody outside, oldest first."""
        return [parsed(mail) for mail in self.street.arrived(address)]


def found(dovecot: Dovecot, street: MailServer) -> Company:
    """Make the company, now."""
    now = timezone.now()
    Installation.objects.create(created_at=now, company="Example")
    ada, sam, max_, kim = (
        new_agent(name=n, email=f"{n.lower()}@example.com", by=None, now=now) for n in ("Ada", "Sam", "Max", "Kim")
    )
    Membership.objects.create(agent=kim, team=None, role=Role.ADMIN)
    support, sales = make_team("Support", lead=sam, by=None, now=now), make_team("Sales", lead=max_, by=None, now=now)
    for agent, team, role in ((ada, support, Role.AGENT), (sam, support, Role.SUPERVISOR), (max_, sales, Role.AGENT)):
        Membership.objects.create(agent=agent, team=team, role=role)
    brand = Brand.objects.create(name="Example", signature="Your friends at Example")
    return Company(ada, sam, max_, kim, support, sales, brand, dovecot, street)


def collect(channel: Channel) -> int:
    """A worker polls the mailbox and opens what came. Return how many items that brought."""
    claimed = poll.claim(channel.pk, timezone.now(), early=True)
    assert claimed, "the channel is broken or somebody else is at it"
    brought = poll.poll(claimed, timezone.now())
    unpack.open_waiting(channel)
    channel.refresh_from_db()
    assert not channel.last_error, channel.last_error
    return brought


def dispatch() -> None:
    """A worker sends everything that is due."""
    due = Delivery.objects.filter(state__in=UNSENT, due_at__lte=timezone.now()).order_by("pk")
    for delivery in due.values_list("pk", flat=True):
        tasks.send(delivery)


def states(message: Message) -> list[str]:
    return list(message.deliveries.values_list("state", flat=True))


def outcomes(channel: Channel) -> list[str]:
    """Of every item, in the order in which they came."""
    return list(Item.objects.filter(channel=channel).order_by("pk").values_list("outcome", flat=True))


def ledger_difference() -> int:
    now = timezone.now()
    return measures.differences(now - timedelta(days=30), now + timedelta(days=1))


def letter(text: str = "The lamp arrived broken.", *, sender: str = CARLA, **headers: str) -> EmailMessage:
    """A new mail of carla's, as her program writes it."""
    mail = EmailMessage()
    usual = {
        "From": f"Carla <{sender}>",
        "To": "support@demo.test",
        "Subject": "A broken lamp",
        "Date": format_datetime(timezone.now()),
        "Message-ID": f"<{next(_numbers)}.carla@example.com>",
    }
    for name, value in (usual | {name.replace("_", "-"): value for name, value in headers.items()}).items():
        mail[name] = value
    mail.set_content(text)
    return mail


def answer_to(mail: EmailMessage, text: str = "It is the red one.", **headers: str) -> EmailMessage:
    """The customer's program answers a mail: it names it, and all that went before."""
    references = f"{mail.get('References', '')} {mail['Message-ID']}".split()
    threads = {
        "Subject": f"Re: {mail['Subject']}",
        "In-Reply-To": mail["Message-ID"],
        "References": " ".join(references),
    }
    return letter(text, **(threads | headers))


def parsed(accepted: Accepted) -> EmailMessage:
    mail = message_from_bytes(accepted.raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def texts(conversation: Conversation) -> Sequence[str]:
    """What was said in it, in the order in which we got it."""
    said = conversation.messages.order_by("pk")
    return [text.strip() for text in said.values_list("reply_text", flat=True)]


def days_ago(days: float) -> datetime:
    return timezone.now() - timedelta(days=days)


def unsettled() -> int:
    """How many deliveries are neither sent nor given to a person."""
    return Delivery.objects.filter(
        state__in=[DeliveryState.HELD, DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.UNKNOWN]
    ).count()
