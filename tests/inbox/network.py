"""A network as a channel of the five: who writes to us there, and how it looks when it comes in."""

from itertools import count
from typing import Any

from connectors.contract import Incoming, Person
from connectors.twitter.app import XApp
from connectors.twitter.connector import X
from inbox.connect import save, save_app
from inbox.models import Channel, Conversation, ProviderApp
from tests.inbox.desk_of_five import NOW, Desk

CARLA = Person(address="2002", name="Carla (@carla)")
MAX = Person(address="2003", name="Max (@max)")
US = "1001"
SECRET = "consumer-secret-1"
_ids = count(9001)


def network(desk: Desk) -> Channel:
    """The company's account on X, with an app of ours whose webhooks are signed with SECRET."""
    app = ProviderApp.objects.create(kind="twitter", name="Our app", token="our-app", created_at=NOW)
    save_app(app, XApp(client_id="client", consumer_key="key", consumer_secret=SECRET))
    channel = Channel.objects.create(
        kind="twitter",
        name="@example",
        address="@example",
        account=US,
        brand=desk.channel.brand,
        team=desk.team,
        app=app,
        created_at=NOW,
    )
    save(channel, X(username="example", user_id=US, access_token="token", access_expires="2030-01-01T00:00:00+00:00"))
    return channel


def direct(text: str = "Where is my lamp?", *, sender: Person = CARLA, **fields: Any) -> Incoming:
    """A direct message."""
    number = str(fields.pop("number", next(_ids)))
    values = {"thread_key": f"dm:{sender.address}", "sent_at": NOW, **fields}
    return Incoming(provider_id=number, reference=number, sender=sender, text=text, **values)


def public(
    text: str = "@example my lamp is broken", *, sender: Person = CARLA, root: str = "", **fields: Any
) -> Incoming:
    """A post that mentions us, in the tree of the post `root` or as a root of its own."""
    number = str(fields.pop("number", next(_ids)))
    values = {"thread_key": f"public:{root or number}:{sender.address}", "public": True, "sent_at": NOW, **fields}
    return Incoming(provider_id=number, reference=number, sender=sender, text=text, **values)


def said(desk: Desk, channel: Channel, incoming: Incoming) -> Conversation:
    """Where what comes in there stands."""
    received = desk.receives(incoming, channel=channel)
    return Conversation.objects.get(pk=received.conversation)
