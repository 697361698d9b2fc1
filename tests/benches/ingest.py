"""The whole way in: from an IMAP server over TCP to the row that the list shows."""

import argparse
import json
import subprocess
import sys
import threading
import time
from pathlib import Path

from celery.worker import WorkController
from django.utils import timezone

from config.celery import app
from connectors.sandbox.mail.server import ADDRESS, MailServer
from inbox.connect import build, save
from inbox.desk.people import new_agent
from inbox.desk.teams import make_team
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
    Role,
)
from inbox.search import find
from inbox.wake import wake
from tests.benches import cpu
from tests.benches.loaded import load
from tests.benches.mails import mails


def run(arguments: list[str], folder: Path) -> int:
    """Print one line of JSON; fail if rows, blobs or search hits are missing."""
    parser = argparse.ArgumentParser(prog="manage.py bench ingest")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--loaded", action="store_true", help="with 100,000 conversations in the database")
    given = parser.parse_args(arguments)
    agent, channel = company()
    if given.loaded:
        load(channel, conversations=100_000, messages_each=5)
    server, ports = _mail_server(folder / "mail", given.count, given.seed)
    try:
        _connect(channel, ports)
        with Worker():
            spent, seconds = _measured(channel, given.count, {server.pid})
            again = _again(channel)
    finally:
        server.terminate()
        server.wait()
    missing = _missing(agent, channel, given.count)
    each = 1000 / given.count
    figures = {
        "messages": given.count,
        "per_second": round(given.count / seconds, 1),
        "cpu_ms_per_message": round(spent.total * each, 2),
        "peak_rss_mib": round(spent.peak_rss_mib),
        "share": {
            "parse": round(spent.parse * each, 2),
            "database": round(spent.database * each, 2),
            "other": round(spent.other * each, 2),
        },
        "second_run_added": again,
    }
    print(json.dumps(figures), flush=True)
    if missing:
        print(f"The figures do not count: {missing}", file=sys.stderr)
    return 1 if missing or again else 0


class Worker:
    """The embedded default's worker, in threads of this process."""

    def __enter__(self) -> None:
        self._worker = WorkController(
            app=app, pool="threads", concurrency=4, without_gossip=True, without_mingle=True, without_heartbeat=True
        )
        self._thread = threading.Thread(target=self._worker.start, daemon=True)
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._worker.stop()
        self._thread.join(10)


def company() -> tuple[Agent, Channel]:
    now = timezone.now()
    Installation.objects.create(created_at=now)
    ada = new_agent(name="Ada", email="ada@example.com", by=None, now=now)
    team = make_team("Support", lead=ada, by=None, now=now)
    Membership.objects.create(agent=ada, team=team, role=Role.AGENT)
    brand = Brand.objects.create(name="Example")
    channel = Channel.objects.create(
        kind="email", name="Support", address=ADDRESS, account=ADDRESS, brand=brand, team=team, created_at=now
    )
    return ada, channel


def _mail_server(folder: Path, count: int, seed: int) -> tuple["subprocess.Popen[bytes]", dict[str, int]]:
    """A mail server in a process of its own, its mailbox filled on disk beforehand."""
    filled = MailServer(folder)
    for raw, at in mails(count, seed, ADDRESS):
        filled.deliver(raw, at=int(at.timestamp()))
    server = subprocess.Popen([sys.executable, "-m", "connectors.sandbox.mail", str(folder)], stdout=subprocess.PIPE)
    if server.stdout is None:
        raise RuntimeError("the mail server said nothing")
    return server, json.loads(server.stdout.readline())


def _connect(channel: Channel, ports: dict[str, int]) -> None:
    import os

    from connectors.sandbox.mail.server import HOST, PASSWORD

    os.environ["OTVET_REACH"] = ",".join(f"{HOST}:{port}" for port in ports.values())
    values = {
        "address": ADDRESS,
        "password": PASSWORD,
        "imap_host": HOST,
        "imap_port": ports["imap"],
        "imap_security": "plain",
        "smtp_host": HOST,
        "smtp_port": ports["smtp"],
        "smtp_security": "plain",
        "history_days": 10_000,
        "authserv_id": "mx.demo.test",
    }
    save(channel, build("email", values))
    Channel.objects.filter(pk=channel.pk).update(poll_at=timezone.now())


def _measured(channel: Channel, count: int, left_out: set[int]) -> tuple[cpu.Spent, float]:
    before, began = cpu.reading(left_out), time.monotonic()
    peak = 0.0
    wake("inbox.inbound.tasks.poll_channel", channel.pk)
    while Item.objects.filter(channel=channel).exclude(outcome="waiting").count() < count:
        time.sleep(0.5)
        peak = max(peak, cpu.reading(left_out).peak_rss_mib)
        if time.monotonic() - began > 1800:
            raise TimeoutError("half an hour was not enough")
    seconds = time.monotonic() - began
    spent = cpu.reading(left_out).since(before)
    return cpu.Spent(spent.parse, spent.database, spent.other, peak), seconds


def _again(channel: Channel) -> int:
    """The same mails once more, from the beginning; how many messages that added."""
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


def _missing(agent: Agent, channel: Channel, count: int) -> str:
    """What should be there and is not, in words."""
    from inbox import blobs

    received = Message.objects.filter(item__channel=channel)
    if received.count() != count:
        return f"{received.count()} messages of {count}"
    if Attachment.objects.filter(message__item__channel=channel).count() != (count + 4) // 5:
        return "attachments are missing"
    digests = Envelope.objects.filter(channel=channel).values_list("sha256", flat=True)
    if not all(blobs.path_of(digest).exists() for digest in digests):
        return "raw mails are missing on the disk"
    newest = page(agent, View.QUEUE).rows
    if not newest or not Conversation.objects.filter(pk=newest[0].pk).exists():
        return "the list shows nothing"
    return "" if find(agent, "invoice") else "the search finds nothing"
