"""A lock that says that this process is alive.

Each worker process holds a session advisory lock on a connection of its own. What it was sending when it died is
found at once: its lock is free. The lease on the row serves processes that hang or cannot be reached.
"""

import logging
import secrets
from threading import Lock

import psycopg

from inbox.database import direct_connection

log = logging.getLogger(__name__)


class Liveness:
    """The lock of this process, taken when first asked for and again if its connection was lost."""

    def __init__(self) -> None:
        self._connection: psycopg.Connection[tuple[object, ...]] | None = None
        self._key = 0
        self._guard = Lock()

    def key(self) -> int:
        """The lock's number; the lock is held when this returns. Raise psycopg.Error if the database is away."""
        with self._guard:
            if self._connection is None or not self._holds():
                self._take()
            return self._key

    def _holds(self) -> bool:
        try:
            self._connection.execute("SELECT 1")  # type: ignore[union-attr]  # asked only where there is one
        except psycopg.Error:
            log.warning("the connection that says this worker is alive was lost; taking a new one")
            return False
        return True

    def _take(self) -> None:
        self._key = secrets.randbits(62)
        self._connection = direct_connection()
        self._connection.execute("SELECT pg_advisory_lock(%s)", [self._key])


this_process = Liveness()
