"""A clock that nobody waits for: things happen when their time has come, and after each the sweep of the product."""

import heapq
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count

from escalation import sweep
from inbox import hot
from inbox.errors import Refusal
from reports import invariants

STEP = timedelta(minutes=5)  # everything happens on a multiple of it: the finest that people's doings are told apart
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LOOK_AT_ALL_EVERY = timedelta(hours=6)
LOOK_AT_DUE_EVERY = timedelta(minutes=30)
# What can be judged only while it is so, and what should not wait for the next look at everything.
GIVING = [name for name in invariants.INVARIANTS if name.startswith("routing and shift ends")]
OVERDUE = [name for name in invariants.INVARIANTS if name.startswith("nothing overdue")]
# When something falls due by itself next: in conversations, or in people's plans.
NEXT = """
SELECT least((SELECT min(look_at) FROM inbox_conversation WHERE look_at IS NOT NULL),
             (SELECT min(due_at) FROM escalation_roster WHERE due_at IS NOT NULL),
             (SELECT min(watch_at) FROM escalation_roster WHERE watch_at IS NOT NULL))
"""


class World:
    """Events in the order of time. After what happened at one instant the sweep runs, and what must hold is asked."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.violations: Counter[str] = Counter(dict.fromkeys(invariants.INVARIANTS, 0))
        self.evaluated: Counter[str] = Counter(dict.fromkeys(invariants.INVARIANTS, 0))
        self.given = False  # whether the system gave something to somebody since the last look
        self._events: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()
        self._look_at = {"all": now, "due": now}

    def at(self, when: datetime, happens: Callable[[], None]) -> None:
        """Let something happen then, or at the next instant if that has passed."""
        heapq.heappush(self._events, (max(_on_grid(when), self.now + STEP), next(self._order), happens))

    def run(self, until: datetime) -> None:
        """Let time pass until then."""
        while (now := self._next(until)) is not None:
            self.now = now
            while self._events and self._events[0][0] <= now:
                _, _, happens = heapq.heappop(self._events)
                with suppress(Refusal):  # somebody was quicker, or may not
                    happens()
            sweep.run(now)
            self._look()

    def look_at_everything(self) -> None:
        """Ask all that must hold."""
        self._ask(list(invariants.INVARIANTS))

    def _next(self, until: datetime) -> datetime | None:
        soonest, first = self.now + STEP, self._events[0][0] if self._events else until
        if first > soonest:
            ((due,),) = hot.fetch(NEXT)
            first = min(first, max(_on_grid(due), soonest)) if due else first
        return first if first < until else None

    def _look(self) -> None:
        if self.now >= self._look_at["all"]:
            self._look_at["all"] = self.now + LOOK_AT_ALL_EVERY
            self.look_at_everything()
        elif self.given:
            self._ask(GIVING)
        if self.now >= self._look_at["due"]:
            self._look_at["due"] = self.now + LOOK_AT_DUE_EVERY
            self._ask(OVERDUE)
        self.given = False

    def _ask(self, names: list[str]) -> None:
        found = invariants.violations(self.now, only=names)
        self.violations.update({name: len(rows) for name, rows in found.items()})
        self.evaluated.update(names)


def _on_grid(when: datetime) -> datetime:
    return EPOCH + -((EPOCH - when) // STEP) * STEP
