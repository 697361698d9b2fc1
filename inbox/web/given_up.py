"""What nobody waits for any more: a browser that goes on to another question gives the one before up.

Then the statement that works on it ends, too. Somebody who types would else have one at work for each letter, and each
holds a connection.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import Lock
from typing import Any

import psycopg
from django.db import OperationalError, connection
from django.http import HttpRequest

PATIENCE = 2.0  # seconds in which PostgreSQL takes it up


class GivenUp(Exception):
    """Nobody waits for this any more."""


class Work:
    """What a request has PostgreSQL do; it is given up by another thread."""

    def __init__(self, at: psycopg.Connection[Any]) -> None:
        # Held until PostgreSQL has heard of it: a moment later the connection may do another's work.
        self._lock, self._at, self._is_given_up = Lock(), at, False
        self._goes_on = True

    def give_up(self) -> None:
        """End the statement that runs, and let none follow it that asks for something."""
        with self._lock:
            self._is_given_up = True
            if not self._goes_on:
                return
            with suppress(psycopg.Error):  # PostgreSQL is away: the statement ends with that, or with its time
                self._at.cancel_safe(timeout=PATIENCE)

    def end(self) -> None:
        """It is done: nothing is given up from now on."""
        with self._lock:
            self._goes_on = False

    def run(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, about: Mapping[str, Any]) -> Any:
        """Run a statement (docs: database instrumentation). Raise GivenUp."""
        if self._is_given_up and sql.lstrip().startswith("SELECT"):  # what ends a transaction is done all the same
            raise GivenUp
        try:
            return execute(sql, params, many, about)
        except OperationalError as error:
            if self._is_given_up:
                raise GivenUp from error
            raise


@contextmanager
def may_be_given_up(request: HttpRequest) -> Iterator[None]:
    """While this lasts, what is done for this request can be given up, see `work_of`. Raise GivenUp then."""
    connection.ensure_connection()
    work = request.work = Work(connection.connection)  # type: ignore[attr-defined]  # ours
    try:
        with connection.execute_wrapper(work.run):
            yield
    finally:
        work.end()


def work_of(request: HttpRequest | None) -> Work | None:
    """What is done for it that may be given up, if any is."""
    return getattr(request, "work", None)
