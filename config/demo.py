"""The demo: four people and one mailbox, so that a first look needs no set-up. Only with the embedded database."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from connectors.sandbox.mail.server import ADDRESS, HOST, PASSWORD, Ports
from inbox.connect import build, save
from inbox.desk.links import make_link
from inbox.desk.people import new_agent
from inbox.desk.teams import make_team, set_level
from inbox.models import Agent, Brand, Channel, Installation, Membership, OneTimeLink, Purpose, Role, Status

PEOPLE = {"ada": Role.AGENT, "sam": Role.SUPERVISOR, "max": Role.MANAGER, "kim": Role.ADMIN}


def prepare(ports: Ports, now: datetime) -> list[tuple[str, str, str]]:
    """Make what is missing, and return (name, role, path of a one-time sign-in link) for each demo person."""
    with transaction.atomic():
        people = {name: _person(name, now) for name in PEOPLE}
        _company(people, ports, now)
        OneTimeLink.objects.filter(agent__in=people.values(), purpose=Purpose.SIGN_IN, used_at=None).delete()
        return [
            (name, PEOPLE[name].value, reverse("inbox:link", args=[make_link(Purpose.SIGN_IN, agent, now=now)]))
            for name, agent in people.items()
            if agent.is_active
        ]


def first_admin_path(now: datetime) -> str | None:
    """A one-time path that makes the first admin; None if there is one already."""
    if Membership.objects.filter(role=Role.ADMIN, agent__is_active=True).exists():
        return None
    Installation.objects.get_or_create(id=1, defaults={"created_at": now})
    OneTimeLink.objects.filter(purpose=Purpose.FIRST_ADMIN, used_at=None).delete()
    return reverse("inbox:link", args=[make_link(Purpose.FIRST_ADMIN, None, now=now)])


def _person(name: str, now: datetime) -> Agent:
    email = f"{name}@demo.test"
    agent = Agent.objects.filter(email=email).first()
    if agent is None:
        agent = new_agent(name=name.capitalize(), email=email, by=None, now=now)
        Agent.objects.filter(pk=agent.pk).update(status=Status.ON_SHIFT)
    return agent


def _company(people: dict[str, Agent], ports: Ports, now: datetime) -> None:
    installation, made = Installation.objects.get_or_create(id=1, defaults={"created_at": now, "company": "Demo"})
    if made:
        team = make_team(_("Support"), lead=people["sam"], by=None, now=now)
        for name, role in PEOPLE.items():
            Membership.objects.create(agent=people[name], team=None if role == Role.ADMIN else team, role=role)
        set_level(1, name=_("Front line"), holder=people["sam"], deputy=None, by=None, now=now)
        set_level(2, name=_("Management"), holder=people["max"], deputy=people["sam"], by=None, now=now)
        brand = Brand.objects.create(name=installation.company)
        Channel.objects.create(
            kind="email",
            name=_("Demo mailbox"),
            address=ADDRESS,
            account=ADDRESS,
            brand=brand,
            team=team,
            created_at=now,
            poll_at=now,
        )
    if channel := Channel.objects.filter(kind="email", address=ADDRESS).first():
        _connect(channel, ports)


def _connect(channel: Channel, ports: Ports) -> None:
    """The demo mailbox as any mailbox is connected, over the wire; its ports are this start's."""
    values = {
        "address": ADDRESS,
        "sender_name": "Support",
        "password": PASSWORD,
        "imap_host": HOST,
        "imap_port": ports.imap,
        "imap_security": "plain",
        "smtp_host": HOST,
        "smtp_port": ports.smtp,
        "smtp_security": "plain",
        "plus_addressing": True,
        "sent_copy": "provider",
        "authserv_id": "sandbox",
    }
    save(channel, build("email", values))
