"""Holding the lines on which providers tell us of news. Losing one costs a poll interval, never a message."""

import logging
import threading
from contextlib import suppress

import psycopg
from django.db import close_old_connections
from django.utils import timezone

from connectors.contract import Watched
from connectors.errors import ChannelError
from inbox.connect import renewed
from inbox.database import direct_connection
from inbox.models import Channel, ChannelState
from inbox.wake import wake

log = logging.getLogger(__name__)

LOOK_EVERY = 10.0  # seconds between looks at which channels there are
PAUSE = 30.0  # seconds before a line that broke is taken up again


def run(stop: threading.Event) -> None:
    """Watch every channel that can be watched, until `stop` is set. Each has one holder among all processes."""
    watchers: dict[int, Watcher] = {}
    while not stop.is_set():
        close_old_connections()
        try:
            there = set(Channel.objects.filter(state=ChannelState.WORKING).values_list("pk", flat=True))
        except Exception:
            log.exception("the list of channels could not be read; looking again soon")
            there = set(watchers)
        for channel_id in there - watchers.keys():
            watchers[channel_id] = Watcher(channel_id)
            watchers[channel_id].start()
        for channel_id in watchers.keys() - there:
            watchers.pop(channel_id).stop.set()
        stop.wait(LOOK_EVERY)
    for watcher in watchers.values():
        watcher.stop.set()


class Watcher(threading.Thread):
    """One channel's line, and the lock that makes this its only holder."""

    def __init__(self, channel_id: int) -> None:
        super().__init__(name=f"watch-{channel_id}", daemon=True)
        self.channel_id = channel_id
        self.stop = threading.Event()

    def run(self) -> None:
        """Watch until told to stop; whatever breaks is tried again after a pause."""
        while not self.stop.is_set():
            try:
                with direct_connection() as lock:
                    if _is_ours(lock, self.channel_id):
                        self._watch()
            except ChannelError as error:
                log.info("the line of channel %s was lost: %s", self.channel_id, error)
            except Exception:
                log.exception("watching channel %s failed", self.channel_id)
            finally:
                close_old_connections()
            self.stop.wait(PAUSE)

    def _watch(self) -> None:
        channel = Channel.objects.get(pk=self.channel_id)
        connector = renewed(channel, timezone.now())
        close_old_connections()
        if not isinstance(connector, Watched):
            self.stop.wait()
            return
        # What came while nobody watched: after a restart, or while the line was broken.
        wake("inbox.inbound.tasks.poll_channel", self.channel_id, True)
        for _hint in connector.watch(self.stop):
            wake("inbox.inbound.tasks.poll_channel", self.channel_id, True)


def _is_ours(lock: psycopg.Connection[tuple[object, ...]], channel_id: int) -> bool:
    with suppress(psycopg.Error):
        row = lock.execute("SELECT pg_try_advisory_lock(hashtextextended('watch', %s))", [channel_id]).fetchone()
        return bool(row and row[0])
    return False
