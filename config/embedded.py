"""Everything but PostgreSQL in one process: web in the main thread; worker, timetable and watchers beside it."""

import logging
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from celery.beat import Scheduler, Service
from celery.worker import WorkController

from config.postgres.cluster import Cluster

log = logging.getLogger(__name__)

WORKERS = 4
GRACE = 2  # seconds; an open stream of a browser would hold the web server up for ever
STOP_SECONDS = 4.0


class Web(uvicorn.Server):
    """uvicorn that says when it answers, and that returns on a signal instead of raising it once more."""

    def __init__(self, config: uvicorn.Config, *, when_up: Callable[[], None]) -> None:
        super().__init__(config)
        self._when_up = when_up

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._when_up()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._asked)
        yield
        # What follows is the orderly end; a second Ctrl-C would only break it.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)

    def _asked(self, number: int, frame: FrameType | None) -> None:
        self.handle_exit(number, frame)


class Company:
    """The servers that run beside the web server. If one of them dies, all stop: nothing is quietly missing."""

    def __init__(self, web: uvicorn.Server, cluster: Cluster | None) -> None:
        from config.celery import app

        self.failed = threading.Event()
        self._web = web
        self._cluster = cluster
        self._stop = threading.Event()
        self._worker = WorkController(
            app=app,
            pool="threads",
            concurrency=WORKERS,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        # A short sleep, for it is the longest that the timetable makes us wait at the end.
        self._beat = Service(app, max_interval=1, scheduler_cls=Scheduler)
        self._threads = [
            threading.Thread(target=self._guarded, args=(work,), name=name, daemon=True)
            for name, work in (
                ("worker", self._worker.start),
                ("timetable", self._beat.start),
                ("watchers", self._listen),
                ("database", self._watch_the_database),
            )
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Return when all have ended, or after STOP_SECONDS: what they left undone stands in rows, and is taken up."""
        self._stop.set()
        stops = [threading.Thread(target=stop, daemon=True) for stop in (self._beat.stop, self._worker.stop)]
        for stop in stops:
            stop.start()
        deadline = time.monotonic() + STOP_SECONDS
        for thread in (*stops, *self._threads):
            thread.join(max(0.0, deadline - time.monotonic()))

    def _guarded(self, work: Callable[[], None]) -> None:
        name = threading.current_thread().name
        try:
            work()
        except Exception:
            log.exception("The %s stopped by an error", name)
        if not self._stop.is_set() and not self._web.should_exit:
            log.error("The %s has ended; Otvet stops", name)
            self.failed.set()
            self._web.should_exit = True

    def _listen(self) -> None:
        from inbox.inbound import listening

        listening.run(self._stop)

    def _watch_the_database(self) -> None:
        while not self._stop.wait(1):
            if self._cluster is not None and self._cluster.has_ended():
                return


def serve(listener: socket.socket, cluster: Cluster | None, *, when_up: Callable[[], None]) -> bool:
    """Serve on `listener` until a signal asks to stop; `when_up` is called once pages are answered.

    Return False if it ended because a part of it failed.
    """
    from config.asgi import application
    from inbox.live import broadcast

    web = Web(
        uvicorn.Config(
            application, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=GRACE
        ),
        when_up=when_up,
    )
    company = Company(web, cluster)
    company.start()
    try:
        web.run(sockets=[listener])
    finally:
        broadcast.end()
        company.stop()
    return not company.failed.is_set()
