"""Hints: after commit, tell a worker that there is work. A hint may be lost; the row and the sweep are the truth."""

import logging
from functools import partial
from time import monotonic
from typing import Any

from celery import current_app
from django.db import transaction
from kombu import Connection
from kombu.pools import producers

log = logging.getLogger(__name__)

QUIET_SECONDS = 5.0  # after a failure nothing is published for so long: a dead broker must not slow the desk
_quiet_until = 0.0


def wake(task: str, *args: Any) -> None:
    """Ask for a task, by its full name, once the present transaction has committed. Never fails, never waits long."""
    transaction.on_commit(partial(publish, task, args), robust=True)


def publish(task: str, args: tuple[Any, ...] = ()) -> None:
    """Ask for a task now. Never fails, never waits long."""
    global _quiet_until  # one breaker for the process
    if monotonic() < _quiet_until:
        return
    try:
        with producers[_connection()].acquire(block=True, timeout=0.3) as producer:
            current_app.send_task(task, args, producer=producer)
    except Exception:
        _quiet_until = monotonic() + QUIET_SECONDS
        log.warning("the broker did not take a hint for %s; the sweep will find the work", task, exc_info=True)


def _connection() -> Connection:
    """As the workers' connection, but with time-outs that a person does not notice."""
    options = {
        **current_app.conf.broker_transport_options,
        "socket_connect_timeout": 0.3,
        "socket_timeout": 0.3,
    }
    return Connection(current_app.conf.broker_url, transport_options=options)
