"""How often one may ask: windows that are counted in earnest, and the headers that tell where one stands.

The windows live in memory: a restart opens new ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock

from connectors.sandbox.x.callers import Caller
from connectors.sandbox.x.problems import too_many

QUARTER = 15 * 60
DAY = 24 * 3600


class Per(StrEnum):
    """Whose calls a limit counts together."""

    APP = "app"
    USER = "user"


@dataclass(frozen=True, slots=True)
class Limit:
    """So many calls in a window of so many seconds."""

    calls: int
    per: Per
    seconds: int = QUARTER


@dataclass(slots=True)
class _Window:
    reset: int
    used: int = 0


class Limits:
    """Counts the calls of everybody."""

    def __init__(self) -> None:
        self._windows: dict[tuple[str, str, int], _Window] = {}
        self._lock = Lock()

    def count(
        self, name: str, limits: Sequence[Limit], caller: Caller, now: int, changed: Mapping[str, int]
    ) -> dict[str, str]:
        """Count one call and return the headers of its answer. `now` is an epoch second.

        `changed` has other numbers for windows of a quarter of an hour, by the call's name. Raise the 429 of X,
        with the same headers, when a window is full.
        """
        who = Per.APP if caller.account is None else Per.USER
        headers: dict[str, str] = {}
        full = False
        with self._lock:
            for limit in limits:
                if limit.seconds == QUARTER and limit.per != who:
                    continue
                calls = changed.get(name, limit.calls) if limit.seconds == QUARTER else limit.calls
                key = caller.account.id if caller.account and limit.per == Per.USER else ""
                window = self._window((name, key, limit.seconds), now + limit.seconds, now)
                full = full or window.used >= calls
                window.used = min(window.used + 1, calls)
                headers |= _headers(limit, calls, window)
        if full:
            raise too_many(headers)
        return headers

    def _window(self, key: tuple[str, str, int], reset: int, now: int) -> _Window:
        window = self._windows.get(key)
        if window is None or window.reset <= now:
            window = self._windows[key] = _Window(reset)
        return window


def _headers(limit: Limit, calls: int, window: _Window) -> dict[str, str]:
    prefix = "x-rate-limit" if limit.seconds == QUARTER else f"x-{limit.per}-limit-24hour"
    return {
        f"{prefix}-limit": str(calls),
        f"{prefix}-remaining": str(calls - window.used),
        f"{prefix}-reset": str(window.reset),
    }
