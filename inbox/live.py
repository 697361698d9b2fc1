"""Telling browsers that something changed: ids only, read from the log once for everybody who listens."""

import asyncio
import contextlib
import logging
import select
from collections.abc import AsyncIterator
from dataclasses import dataclass
from threading import Lock, Thread

import psycopg
from django.db import close_old_connections

from inbox.database import direct_connection
from inbox.models import Activity

log = logging.getLogger(__name__)

NOTIFICATION = "otvet_activity"
QUEUE = 100
LOOK_EVERY = 1.0  # seconds; a notification that was lost costs so much and no more
CATCH_UP = 500
LATE = 200  # rows


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the log, without its content."""

    id: int
    verb: str
    conversation: int | None
    number: int | None
    team: int | None
    owner: int | None


LOOK_AGAIN = Event(0, "look_again", None, None, None, None)


class Listener:
    """Somebody whose browser is open. What does not fit his queue becomes one "look again"."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[Event] = asyncio.Queue(QUEUE)

    def hand(self, events: list[Event]) -> None:
        """Called from the reading thread."""
        with contextlib.suppress(RuntimeError):  # his loop has ended; so will he
            self._loop.call_soon_threadsafe(self._put, events)

    def _put(self, events: list[Event]) -> None:
        if self._queue.qsize() + len(events) > QUEUE:
            while not self._queue.empty():
                self._queue.get_nowait()
            events = [LOOK_AGAIN]
        for event in events:
            self._queue.put_nowait(event)

    async def events(self, patience: float) -> AsyncIterator[Event | None]:
        """Events as they come, and None whenever nothing came for `patience` seconds."""
        while True:
            try:
                yield await asyncio.wait_for(self._queue.get(), patience)
            except TimeoutError:
                yield None


class Broadcast:
    """Reads the log once and hands it to all listeners of this process."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._guard = Lock()
        self._told: set[int] = set()
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
        """He hears nothing any more."""
        with self._guard:
            self._listeners.discard(listener)

    def _read_for_ever(self) -> None:
        last: int | None = None
        while True:
            try:
                with direct_connection() as connection:
                    connection.execute(f"LISTEN {NOTIFICATION}")
                    while True:
                        last = self._read(last)
                        _wait(connection)
            except Exception:
                if self._ending:
                    return
                log.exception("the live view lost its connection; trying again")
                select.select([], [], [], LOOK_EVERY)

    def _read(self, last: int | None) -> int:
        close_old_connections()
        if last is None:
            last = newest()
            self._told = set(range(last - LATE, last + 1))
            return last
        # Ids are given out before a transaction commits: a lower one may turn up after a higher one.
        events = [event for event in after(last - LATE) if event.id not in self._told]
        last = max([last, *(event.id for event in events)])
        self._told = {told for told in self._told if told > last - LATE} | {event.id for event in events}
        if events:
            with self._guard:
                listeners = list(self._listeners)
            for listener in listeners:
                listener.hand(events)
        return last


def _wait(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Until something is notified, or for LOOK_EVERY seconds."""
    for _ in connection.notifies(timeout=LOOK_EVERY, stop_after=1):
        pass


def newest() -> int:
    """The id of the newest row of the log."""
    return Activity.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def after(last: int) -> list[Event]:
    """What was written down after a row, oldest first; at most CATCH_UP."""
    rows = Activity.objects.filter(pk__gt=last).order_by("pk")
    values = rows.values_list(
        "pk", "verb", "conversation", "conversation__number", "conversation__team", "conversation__owner"
    )
    return [Event(*row) for row in values[:CATCH_UP]]


broadcast = Broadcast()
