"""Many open browsers on one web process: what each costs in memory, and how soon all of them hear of something."""

import argparse
import asyncio
import json
import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import psutil
from asgiref.sync import sync_to_async
from django.conf import settings
from django.utils import timezone

from inbox.activity import record
from inbox.beside import Place, say
from inbox.desk.people import new_agent
from inbox.models import Agent, Conversation, Membership, Role, Team
from tests.benches.ingest import company
from tests.benches.list import Web, session_of
from tests.benches.loaded import load

AT_ONCE = 20  # browsers that come at the same time
PAUSE = 0.5  # seconds between two events, in which the desk is quiet again
LATEST = 10.0  # seconds; whoever has not heard by then hears nothing


def run(arguments: list[str], folder: Path) -> int:
    """Print one line of JSON."""
    parser = argparse.ArgumentParser(prog="manage.py bench live")
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--events", type=int, default=40)
    given = parser.parse_args(arguments)
    ada, channel = company()
    load(channel, conversations=100, messages_each=1)
    sessions = [session_of(agent) for agent in _colleagues(given.streams)]
    with Web(ada) as web:
        print(json.dumps(asyncio.run(_measure(web, sessions, given.events, ada))), flush=True)
    return 0


def _colleagues(count: int) -> list[Agent]:
    """People of one team: all of them hear of everything."""
    team, now = Team.objects.get(), timezone.now()
    people = [new_agent(name=f"Agent {n}", email=f"agent{n}@example.com", by=None, now=now) for n in range(count)]
    Membership.objects.bulk_create(Membership(agent=agent, team=team, role=Role.AGENT) for agent in people)
    return people


class Browsers:
    """Streams, and when each of them was told of what."""

    def __init__(self, port: int, sessions: list[str]) -> None:
        self._port, self._sessions = port, sessions
        self._reading: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()
        self.heard: dict[str, list[float]] = {}

    async def come(self) -> None:
        """Return when all of them listen."""
        for n in range(0, len(self._sessions), AT_ONCE):
            await asyncio.gather(*(self._comes(session) for session in self._sessions[n : n + AT_ONCE]))

    async def _comes(self, session: str) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        cookie = f"{settings.SESSION_COOKIE_NAME}={session}"
        writer.write(f"GET /events HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nCookie: {cookie}\r\n\r\n".encode())
        await reader.readuntil(b"event: ready")
        self._reading.add(asyncio.create_task(self._listen(reader, writer)))

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                if line.startswith((b"id: ", b'data: {"number"')):
                    self.heard.setdefault(line.decode().strip(), []).append(time.perf_counter())
                    self._news.set()
        finally:
            writer.close()

    async def go(self) -> None:
        for task in self._reading:
            task.cancel()
        await asyncio.gather(*self._reading, return_exceptions=True)

    async def hear(self, happens: Callable[[], str]) -> list[float]:
        """Let something happen that is told in this line; the ms after which each of them heard of it."""
        self.heard.clear()
        began = time.perf_counter()
        line = await sync_to_async(happens)()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._all_have_heard(line), LATEST)
        await asyncio.sleep(PAUSE)
        return [(at - began) * 1000 for at in self.heard.get(line, ())]

    async def _all_have_heard(self, line: str) -> None:
        while len(self.heard.get(line, ())) < len(self._sessions):
            await self._news.wait()
            self._news.clear()


async def _measure(web: Web, sessions: list[str], events: int, ada: Agent) -> dict[str, object]:
    browsers, process = Browsers(web.port, sessions), psutil.Process(web.server.pid)
    warm = Browsers(web.port, sessions[:1])
    await warm.come()
    await warm.go()
    memory, began = process.memory_info().rss, time.perf_counter()
    await browsers.come()
    came = time.perf_counter() - began
    grown = process.memory_info().rss - memory
    conversations = await sync_to_async(lambda: list(Conversation.objects.filter(state="open")[:2]))()
    spent = sum(process.cpu_times()[:2])
    changes = [await browsers.hear(partial(_change, conversations[n % 2])) for n in range(events)]
    spent = sum(process.cpu_times()[:2]) - spent
    places = [await browsers.hear(partial(_looks, ada, conversations[0], n)) for n in range(events)]
    threads = process.num_threads()
    await browsers.go()
    told, beside = [ms for one in changes for ms in one], [ms for one in places for ms in one]
    return {
        "streams": len(sessions),
        "events": events,
        "kb_per_stream": round(grown / 1024 / len(sessions), 1),
        "threads": threads,
        "streams_per_s": round(len(sessions) / came),
        "heard": len(told),
        "fan_out_p50_ms": round(statistics.median(told), 1),
        "fan_out_p95_ms": _p95(told),
        "cpu_ms_per_event": round(spent * 1000 / events, 1),
        "seen_beside": len(beside),
        "beside_p95_ms": _p95(beside),
    }


def _change(conversation: Conversation) -> str:
    activity = record("received", now=timezone.now(), conversation=conversation)
    return f"id: {activity.pk}"


def _looks(ada: Agent, conversation: Conversation, n: int) -> str:
    """By turns she writes and only looks."""
    writes = n % 2 == 0
    say(Place("window", ada.pk, ada.name, conversation.pk, conversation.number, writes=writes))
    people = [{"id": ada.pk, "name": ada.name, "writes": writes}]
    return "data: " + json.dumps({"number": conversation.number, "people": people})


def _p95(times: list[float]) -> float:
    return round(statistics.quantiles(times, n=20)[18], 1)
