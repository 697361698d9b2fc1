"""Hints that stand for many: a thousand mails that arrive at once need one look, not a thousand."""

from functools import partial
from threading import Lock, Timer

from django.db import transaction

from inbox.wake import publish

QUIET = 1.0  # seconds between two hints of one process: what arrives in a stream is looked at in batches


class Hint:
    """Asks for a task: at once if it has not lately, else once when the quiet is over, so that the last one counts."""

    def __init__(self, task: str) -> None:
        self._task = task
        self._guard = Lock()
        self._quiet = False
        self._again = False

    def give(self) -> None:
        """Ask for it once the present transaction has committed. Never fails, never waits."""
        transaction.on_commit(partial(self._ask), robust=True)

    def _ask(self) -> None:
        with self._guard:
            if self._quiet:
                self._again = True
                return
            self._quiet = True
        self._publish()

    def _publish(self) -> None:
        publish(self._task)
        timer = Timer(QUIET, self._quiet_is_over)
        timer.daemon = True
        timer.start()

    def _quiet_is_over(self) -> None:
        with self._guard:
            again, self._again = self._again, False
            self._quiet = again
        if again:
            self._publish()
