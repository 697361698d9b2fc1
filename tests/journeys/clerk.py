"""A process of its own on the database of a running Otvet: it answers mails, rings the bell, counts, and is later.

It runs with the environment of that Otvet; one line of JSON asks, one answers. It calls the verbs and sweeps that
everybody calls. What must wait a minute it does with a later `now`.
"""

import json
import sys
from collections import Counter
from datetime import timedelta
from hashlib import sha256
from typing import Any

import psycopg
import requests
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import Error, connections
from django.utils import timezone

from config import demo
from connectors.sandbox.mail.server import HOST, Ports
from connectors.sandbox.x.callers import App
from connectors.sandbox.x.street import far_street
from inbox import blobs
from inbox.desk import apps, channels
from inbox.desk.reply import Draft, reply
from inbox.desk.tokens import make_token
from inbox.models import Agent, Attachment, Channel, Conversation, Delivery, DeliveryState, Item, Message, Outcome
from inbox.outbound import deliver, reconcile
from inbox.wake import wake
from reports import measures

LATER = timedelta(hours=1)
UNDER_WAY = (DeliveryState.HELD, DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.UNKNOWN)
ARRIVED = (DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.READ)


def found(imap: int, smtp: int) -> None:
    """Make the demo's company, with its mailbox at these ports."""
    demo.prepare(Ports(imap, smtp), timezone.now())


def connect_x(port: int) -> None:
    """Connect @demo of the X that listens there, as one who walked through its page."""
    app, access = App(), far_street(port, "log_in", username="demo")
    ours = {"client_id": app.client_id, "client_secret": app.client_secret, "bearer": app.bearer}
    signed = {"consumer_key": app.consumer_key, "consumer_secret": app.consumer_secret}
    account = far_street(port, "account", username="demo", ours=True)["id"]
    named = {"username": "demo", "user_id": account, "base": f"http://{HOST}:{port}", "scopes": access["scope"]}
    ends = timezone.now() + timedelta(seconds=access["expires_in"])
    keys = {"access_token": access["access_token"], "refresh_token": access["refresh_token"]}
    _connect("twitter", ours | signed | named | keys | {"access_expires": ends.isoformat()})


def connect_facebook(port: int) -> None:
    """Connect the Page of the Facebook that listens there, as one who walked through its page."""
    base = f"http://{HOST}:{port}"
    keys = requests.post(f"{base}/_street/connect", timeout=30).json()
    _connect("facebook", keys | {"base": base, "user_token": ""})


def subscribe() -> None:
    """Have the networks call this Otvet."""
    demo.subscribe()


def token() -> str:
    """A key with which a program may act in ada's name."""
    return make_token("journey", expires_at=None, by=_ada(), now=timezone.now())[1]


def session() -> dict[str, str]:
    """The cookie of a session in which ada is signed in."""
    ada = _ada()
    made = SessionStore()
    made.update({SESSION_KEY: str(ada.pk), BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0]})
    made[HASH_SESSION_KEY] = ada.get_session_auth_hash()
    made.save()
    return {settings.SESSION_COOKIE_NAME: str(made.session_key)}


def broken_files() -> list[str]:
    """The uuids of files whose row names bytes that are not there, or are others."""
    rows = Attachment.objects.exclude(sha256="")
    whole = (row.pk for row in rows if _lie_there(row))
    return [str(pk) for pk in set(rows.values_list("pk", flat=True)) - set(whole)]


def numbers() -> list[tuple[int, int]]:
    """(number, newest message) of the conversations that wait for us, oldest first."""
    waiting = Conversation.objects.filter(state="open").order_by("pk")
    return list(waiting.values_list("number", "last_message"))


def answer(count: int) -> list[str]:
    """Ada answers the oldest mails that wait, without a time to undo. Return the Message-IDs."""
    return [_answer(conversation) for conversation in Conversation.objects.filter(state="open").order_by("pk")[:count]]


def ring() -> None:
    """Hint at everything, as a watcher and the timetable do: a worker elsewhere hears it if there is a broker."""
    for channel in Channel.objects.values_list("pk", flat=True):
        wake("inbox.inbound.tasks.poll_channel", channel, True)
        wake("inbox.inbound.tasks.open_waiting_of", channel)
    wake("inbox.outbound.tasks.send_due")


def settle() -> None:
    """Do now what the sweeps would do within the next minutes."""
    later = timezone.now()
    Channel.objects.filter(poll_at__gt=later).update(poll_at=later)  # folders that nobody watches are polled, too
    reconcile.release_abandoned(later)
    for _ in range(reconcile.LOOKS_NEEDED):
        later += LATER
        for delivery in Delivery.objects.filter(state=DeliveryState.UNKNOWN).select_related("channel"):
            reconcile.settle(delivery, later)
    for pk in Delivery.objects.filter(state=DeliveryState.QUEUED, due_at__gt=timezone.now()).values_list(
        "pk", flat=True
    ):
        deliver.send(pk, later)


def account() -> dict[str, Any]:
    """What the desk believes: messages by Message-ID, its replies by state, what is still under way, the ledger."""
    now = timezone.now()
    received = Message.objects.filter(item__isnull=False).values_list("provider_ids__reference", flat=True)
    return {
        "mails": Counter(received),
        "items": Item.objects.count(),
        "waiting": list(Item.objects.filter(outcome=Outcome.WAITING).values_list("source_key", "attempts", flat=False)),
        "other": Counter(Item.objects.exclude(outcome=Outcome.WAITING).values_list("outcome", flat=True)),
        "arrived": list(Delivery.objects.filter(state__in=ARRIVED).values_list("provider_id", flat=True)),
        "under_way": Delivery.objects.filter(state__in=UNDER_WAY).count(),
        "asked": list(Delivery.objects.filter(state=DeliveryState.NEEDS_HUMAN).values_list("provider_id", flat=True)),
        "ledger_difference": measures.differences(now - timedelta(days=30), now + timedelta(days=1)),
    }


DOING = {
    f.__name__: f
    for f in (
        found,
        connect_x,
        connect_facebook,
        subscribe,
        token,
        session,
        broken_files,
        numbers,
        answer,
        ring,
        settle,
        account,
    )
}


def main() -> None:
    """Answer until the input ends. `{"trouble": ...}` says that the database was away."""
    for line in sys.stdin:
        request = json.loads(line)
        connections.close_all()
        try:
            said = {"said": DOING[request.pop("do")](**request)}
        except (Error, psycopg.Error) as error:
            said = {"trouble": str(error)}
        print(json.dumps(said), flush=True)


def _connect(kind: str, values: dict[str, object]) -> None:
    now, kim = timezone.now(), Agent.objects.get(email="kim@demo.test")
    mailbox = Channel.objects.get(kind="email")
    app = apps.make_app(kind, values, name=kind, by=kim, now=now)
    channels.connect_channel(kind, values, name=kind, brand=mailbox.brand, team=mailbox.team, by=kim, now=now, app=app)


def _lie_there(row: Attachment) -> bool:
    path = blobs.path_of(row.sha256)
    return path.exists() and sha256(path.read_bytes()).hexdigest() == row.sha256 and path.stat().st_size == row.size


def _ada() -> Agent:
    return Agent.objects.get(email="ada@demo.test")


def _answer(conversation: Conversation) -> str:
    said = reply(
        conversation,
        Draft(f"About {conversation.label}: we will send a new one."),
        by=_ada(),
        seen_up_to=conversation.last_message,
        now=timezone.now(),
        undo=timedelta(0),
    )
    return said.deliveries.get().provider_id
