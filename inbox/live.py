"""Telling browsers that something changed: ids only, read from the log once for everybody who listens."""

import logging
import select
import time
from collections.abc import Collection, Sequence
from threading import Lock, Thread

import psycopg
from django.db import close_old_connections
from django.utils import timezone

from inbox import beside, hot
from inbox.beside import Company
from inbox.database import direct_connection
from inbox.hearing import Beside, Event, Listener, News, Told, hand, renew
from inbox.models import Activity
from inbox.permissions import audiences, audiences_of

log = logging.getLogger(__name__)

NOTIFICATION = "otvet_activity"
TOLD = "otvet_told"  # its payload: the ids of agents
LOOK_EVERY = 1.0  # seconds; a notification that was lost costs so much and no more
BESIDE_EVERY = 0.25  # seconds; who is where is told no more often, however many come and go
BELIEVED = 10.0  # seconds; that he may be here, and what he may see, is asked again as often
CATCH_UP = 500
LATE = 200  # rows
AT_ONCE = 400  # people in one notification, which holds 8,000 bytes


class Broadcast:
    """Reads the log once and hands it to all listeners of this process, and so who is at which conversation."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._left: list[str] = []
        self._guard = Lock()
        self._last: int | None = None
        self._told: set[int] = set()
        self._beside = beside.Beside()
        self._company: list[Company] = []
        self._read_at = self._beside_at = self._renewed_at = 0.0
        self._thread: Thread | None = None
        self._ending = False

    def end(self) -> None:
        """This process is about to end, and its database perhaps before it: that is no trouble any more."""
        self._ending = True

    def join(self, listener: Listener) -> None:
        """From now on he hears of everything new."""
        with self._guard:
            self._listeners.add(listener)
            if self._thread is None:
                self._thread = Thread(target=self._read_for_ever, name="live", daemon=True)
                self._thread.start()

    def leave(self, listener: Listener) -> None:
        """He hears nothing any more; his window, if it does not come back, shows nothing any more."""
        with self._guard:
            self._listeners.discard(listener)
            if listener.window:
                self._left.append(listener.window)

    def company(self) -> list[Beside]:
        """Who is at which conversation now."""
        return _with_audience(self._company)

    def _read_for_ever(self) -> None:
        while True:
            try:
                with direct_connection() as connection:
                    for channel in (NOTIFICATION, beside.NOTIFICATION, TOLD):
                        connection.execute(f"LISTEN {channel}")
                    self._read()
                    while True:
                        self._look(connection)
            except Exception:
                if self._ending:
                    return
                log.exception("the live view lost its connection; trying again")
                select.select([], [], [], LOOK_EVERY)

    def _look(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        """Wait for something, or for LOOK_EVERY, and do what is due then."""
        changed, told = False, set[int]()
        for notified in connection.notifies(timeout=self._patience(), stop_after=1):
            match notified.channel:
                case beside.NOTIFICATION:
                    self._beside.hear(notified.payload, time.monotonic())
                case channel if channel == TOLD:
                    told |= {int(agent) for agent in notified.payload.split(",")}
                case _:
                    changed = True
        now = time.monotonic()
        if changed or now - self._read_at >= LOOK_EVERY:
            self._read()
        if told:
            self._hand([Told(frozenset(told))])
        if now - self._beside_at >= BESIDE_EVERY:
            self._beside_at = now
            self._tell_who_is_beside(connection, now)
        if now - self._renewed_at >= BELIEVED:
            self._renewed_at = now
            renew(self._everybody(), timezone.now())

    def _patience(self) -> float:
        """Until the next look: sooner if who came or went has not been told yet."""
        since = time.monotonic() - self._beside_at
        return BESIDE_EVERY - since if since < BESIDE_EVERY else LOOK_EVERY

    def _read(self) -> None:
        close_old_connections()
        self._read_at = time.monotonic()
        if self._last is None:
            self._last = newest()
            self._told = set(range(self._last - LATE, self._last + 1))
            return
        # Ids are given out before a transaction commits: a lower one may turn up after a higher one.
        events = after(self._last - LATE, but=self._told)
        self._last = max([self._last, *(event.id for event in events)])
        self._told = {told for told in self._told if told > self._last - LATE} | {event.id for event in events}
        self._hand(events)

    def _tell_who_is_beside(self, connection: psycopg.Connection[tuple[object, ...]], now: float) -> None:
        with self._guard:
            left, self._left = self._left, []
        for payload in beside.leaving(left):
            connection.execute("SELECT pg_notify(%s, %s)", [beside.NOTIFICATION, payload])
        news = self._beside.news(now)
        self._company = self._beside.told()
        if news:
            self._hand(_with_audience(news))

    def _hand(self, news: Sequence[News]) -> None:
        if news:
            hand(self._everybody(), news)

    def _everybody(self) -> list[Listener]:
        with self._guard:
            return list(self._listeners)


def tell_browsers_of(agents: Collection[int]) -> None:
    """There is something new in what these people are told. Browsers hear of it when the transaction commits."""
    ids = sorted(agents)
    for n in range(0, len(ids), AT_ONCE):
        hot.fetch("SELECT pg_notify(%s, %s)", [TOLD, ",".join(map(str, ids[n : n + AT_ONCE]))])


def _with_audience(companies: Sequence[Company]) -> list[Beside]:
    known = audiences([company.conversation for company in companies]) if companies else {}
    return [Beside(company, known[company.conversation]) for company in companies if company.conversation in known]


def newest() -> int:
    """The id of the newest row of the log."""
    return Activity.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def after(last: int, but: frozenset[int] | set[int] = frozenset()) -> list[Event]:
    """What was written down after a row, oldest first, but for some of it; at most CATCH_UP."""
    rows = Activity.objects.filter(pk__gt=last).order_by("pk")
    found = rows.values_list("pk", "verb", "at", "conversation", "conversation__number")[:CATCH_UP]
    new = [row for row in found if row[0] not in but]
    known = audiences_of({(conversation, at) for _, _, at, conversation, _ in new if conversation})
    return [
        Event(pk, verb, conversation, number, known.get((conversation, at)) if conversation else None)
        for pk, verb, at, conversation, number in new
        if not conversation or (conversation, at) in known
    ]


broadcast = Broadcast()
