"""The whole way in: from a provider's server over TCP to the row that the list shows."""

import argparse
import json
import sys
import threading
import time
from pathlib import Path

from celery.worker import WorkController
from django.utils import timezone

from config.celery import app
from escalation import sweep
from inbox import blobs
from inbox.connect import build, build_app, save, save_app
from inbox.desk.people import new_agent
from inbox.desk.teams import make_team
from inbox.inbound.gather import waiting_channels
from inbox.lists import View, page
from inbox.models import (
    Agent,
    Attachment,
    Brand,
    Channel,
    Conversation,
    Envelope,
    Installation,
    Item,
    Membership,
    Message,
    ProviderApp,
    Role,
)
from inbox.search import find
from inbox.wake import wake
from tests.benches import cpu
from tests.benches.loaded import load
from tests.benches.mailbox import mailbox
from tests.benches.networks import on_facebook, on_x
from tests.benches.provider import Provider

PROVIDERS = {"email": mailbox, "twitter": on_x, "facebook": on_facebook}


def run(arguments: list[str], folder: Path) -> int:
    """Print one line of JSON; fail if rows, blobs or search hits are missing."""
    parser = argparse.ArgumentParser(prog="manage.py bench ingest")
    parser.add_argument("--kind", choices=PROVIDERS, default="email")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--loaded", action="store_true", help="with 100,000 conversations in the database")
    given = parser.parse_args(arguments)
    agent, channel = company(given.kind)
    if given.loaded:
        load(channel, conversations=100_000, messages_each=5)
        sweep.run(timezone.now())  # a desk of years has looked at what it has long ago
    with PROVIDERS[given.kind](folder / given.kind, given.count, given.seed) as provider:
        connect(channel, provider)
        with Worker():
            spent, seconds = _measured(channel, given.count, {provider.process})
            again = _again(channel)
    missing = _missing(agent, channel, given.count, provider.files)
    print(json.dumps(_figures(given, spent, seconds) | {"second_run_added": again}), flush=True)
    if missing:
        print(f"The figures do not count: {missing}", file=sys.stderr)
    return 1 if missing or again else 0


def _figures(given: argparse.Namespace, spent: cpu.Spent, seconds: float) -> dict[str, object]:
    each = 1000 / given.count
    return {
        "kind": given.kind,
        "messages": given.count,
        "per_second": round(given.count / seconds, 1),
        "cpu_ms_per_message": round(spent.total * each, 2),
        "peak_rss_mib": round(spent.peak_rss_mib),
        "share": {
            "parse": round(spent.parse * each, 2),
            "database": round(spent.database * each, 2),
            "other": round(spent.other * each, 2),
        },
    }


class Worker:
    """The embedded default's worker, in threads of this process. What its start costs is no part of a message."""

    def __enter__(self) -> None:
        ready = threading.Event()
        self._worker = WorkController(
            app=app,
            pool="threads",
            concurrency=4,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
            ready_callback=lambda _consumer: ready.set(),
        )
        self._thread = threading.Thread(target=self._worker.start, daemon=True)
        self._thread.start()
        if not ready.wait(60):
            raise TimeoutError("the worker did not start")

    def __exit__(self, *_: object) -> None:
        self._worker.stop()
        self._thread.join(10)


def company(kind: str = "email") -> tuple[Agent, Channel]:
    """Ada in a team with one channel, which is connected to nothing yet."""
    now = timezone.now()
    Installation.objects.create(created_at=now)
    ada = new_agent(name="Ada", email="ada@example.com", by=None, now=now)
    team = make_team("Support", lead=ada, by=None, now=now)
    Membership.objects.create(agent=ada, team=team, role=Role.AGENT)
    brand = Brand.objects.create(name="Example")
    channel = Channel.objects.create(
        kind=kind, name="Support", address="support", account="support", brand=brand, team=team, created_at=now
    )
    return ada, channel


def connect(channel: Channel, provider: Provider) -> None:
    """Connect the channel as an admin does who has the keys, by an app of ours where the provider wants one."""
    connector = build(channel.kind, provider.values)
    if type(connector).app:
        channel.app = ProviderApp.objects.create(
            kind=channel.kind, name="Bench", token="bench", created_at=channel.created_at
        )
        save_app(channel.app, build_app(channel.kind, provider.values))
    channel.address, channel.account = connector.own_address, connector.account
    channel.poll_at = timezone.now()
    channel.save()
    save(channel, connector)


def _measured(channel: Channel, count: int, left_out: set[int]) -> tuple[cpu.Spent, float]:
    """What it took until all is there. What our own watching takes, in this thread alone, is no part of a message."""
    before, began = cpu.reading(left_out), time.monotonic()
    peak, watched = 0.0, time.thread_time()
    wake("inbox.inbound.tasks.poll_channel", channel.pk)
    while not _is_shown(channel, count):
        time.sleep(0.5)
        peak = max(peak, cpu.reading(left_out).peak_rss_mib)
        if time.monotonic() - began > 1800:
            raise TimeoutError("half an hour was not enough")
    seconds = time.monotonic() - began
    spent = cpu.reading(left_out).since(before)
    return cpu.Spent(spent.parse, spent.database, spent.other - (time.thread_time() - watched), peak), seconds


def _is_shown(channel: Channel, count: int) -> bool:
    """Whether all of it is there, and nothing of it lies at the provider still."""
    if Item.objects.filter(channel=channel).exclude(outcome="waiting").count() < count:
        return False
    if not waiting_channels(timezone.now()).exists():
        return True
    wake("inbox.inbound.tasks.gather_on", channel.pk)  # as the timetable does
    return False


def _again(channel: Channel) -> int:
    """The same once more, from the beginning; how many messages that added."""
    before = Message.objects.count()
    items = Item.objects.count()
    Channel.objects.filter(pk=channel.pk).update(cursor="", poll_at=timezone.now())
    wake("inbox.inbound.tasks.poll_channel", channel.pk)
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        time.sleep(0.5)
        channel.refresh_from_db()
        if channel.cursor and not channel.backlog and not Item.objects.filter(outcome="waiting").exists():
            break
    return Message.objects.count() - before + Item.objects.count() - items


def _missing(agent: Agent, channel: Channel, count: int, files: int) -> str:
    """What should be there and is not, in words."""
    received = Message.objects.filter(item__channel=channel)
    if received.count() != count:
        return f"{received.count()} messages of {count}"
    attached = Attachment.objects.filter(message__item__channel=channel).values_list("sha256", flat=True)
    if len(attached) != files:
        return f"{len(attached)} attachments of {files}"
    raw = Envelope.objects.filter(channel=channel).values_list("sha256", flat=True)
    if not all(blobs.is_kept(digest) for digest in [*attached, *raw]):
        return "bytes are missing"
    newest = page(agent, View.QUEUE).rows
    if not newest or not Conversation.objects.filter(pk=newest[0].pk).exists():
        return "the list shows nothing"
    return "" if find(agent, "invoice").rows else "the search finds nothing"
