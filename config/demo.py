"""The demo: four people and one mailbox, so that a first look needs no set-up. Only with the embedded database."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from config.street.town import Town
from connectors.contract import Tried
from connectors.errors import ChannelError
from connectors.sandbox.mail.server import ADDRESS, HOST, PASSWORD, Ports
from connectors.sandbox.x.server import XServer
from inbox.connect import build, save
from inbox.desk import apps
from inbox.desk import channels as desk
from inbox.desk.links import make_link
from inbox.desk.people import new_agent
from inbox.desk.presence import come_on_shift
from inbox.desk.teams import make_team, set_level
from inbox.models import Agent, Brand, Channel, Installation, Membership, OneTimeLink, Purpose, Role

log = logging.getLogger(__name__)

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


def connect_networks(town: Town, now: datetime) -> None:
    """Connect the demo's accounts on the networks, as an admin does who has the keys; once, for they are kept."""
    with transaction.atomic():
        _network("twitter", _("Demo on X"), _on_x(town.x, town.x_address, now), now)
        keys = town.graph.street.connect()
        _network("facebook", _("Demo on Facebook"), {**keys, "base": town.graph.base}, now)


def _on_x(x: XServer, base: str, now: datetime) -> dict[str, object]:
    access = x.log_in("demo")
    return {
        "client_id": x.app.client_id,
        "client_secret": x.app.client_secret,
        "consumer_key": x.app.consumer_key,
        "consumer_secret": x.app.consumer_secret,
        "bearer": x.app.bearer,
        "base": base,
        "username": "demo",
        "user_id": x.account("demo").id,
        "access_token": access["access_token"],
        "refresh_token": access["refresh_token"],
        "access_expires": (now + timedelta(seconds=int(str(access["expires_in"])))).isoformat(),
        "scopes": access["scope"],
    }


def subscribe() -> None:
    """Have the networks call this start's address. What they do not tell is found by asking."""
    for channel in Channel.objects.exclude(app=None).select_related("app"):
        try:
            desk.subscribe(channel, now=datetime.now(UTC))
        except ChannelError as error:
            log.warning("%s will not call us: %s", channel, error)


def _network(kind: str, name: str, values: Mapping[str, object], now: datetime) -> None:
    admin = Agent.objects.get(email="kim@demo.test")
    installed = Channel.objects.filter(kind=kind, account=build(kind, values).account)
    if installed.exists():
        return
    mailbox = Channel.objects.get(kind="email", address=ADDRESS)
    app = apps.make_app(kind, values, name=name, by=admin, now=now)
    desk.connect_channel(kind, values, name=name, brand=mailbox.brand, team=mailbox.team, by=admin, now=now, app=app)


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
        come_on_shift(agent, now=now)
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
    connector = build("email", values)
    # Its stand-in takes addresses with a plus: nobody waits for a test of that.
    save(channel, connector.passed(timezone.now()) if isinstance(connector, Tried) else connector)
