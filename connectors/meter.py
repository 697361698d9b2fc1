"""What calls to a provider cost, and what is left of them: told by connectors, heard by whoever makes them work.

A connector holds no database, and an error must not swallow what was paid for: so it tells of each answer at once.
Nobody listens in its own tests, and nothing happens then.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime

ATTACHMENT_BYTES = "attachment_bytes"  # the limit on the files of one message together: it is always whole


@dataclass(frozen=True, slots=True)
class Left:
    """What remains of one limit, as the provider's headers tell. `resets_at` is when it is whole again."""

    name: str
    remaining: int
    limit: int
    resets_at: datetime | None = None


@dataclass(slots=True)
class Heard:
    """What was told while somebody listened, by the name of its price.

    `units` counts what is paid for each time, `things` names what is paid for once a day however often it is read.
    """

    units: dict[str, int] = field(default_factory=dict)
    things: dict[str, set[str]] = field(default_factory=dict)
    left: dict[str, Left] = field(default_factory=dict)


_listener: ContextVar[Heard | None] = ContextVar("heard", default=None)


@contextmanager
def listening() -> Iterator[Heard]:
    """Hear what is told inside of this block, in this thread."""
    heard = Heard()
    token = _listener.set(heard)
    try:
        yield heard
    finally:
        _listener.reset(token)


def used(price: str, units: int = 1) -> None:
    """Tell that so many units of something that is paid for were used."""
    heard = _listener.get()
    if heard is not None and units:
        heard.units[price] = heard.units.get(price, 0) + units


def read(price: str, things: Iterable[str]) -> None:
    """Tell that these things were read, for which the provider charges once a day."""
    heard = _listener.get()
    if heard is not None and (named := set(things)):
        heard.things.setdefault(price, set()).update(named)


def left(limit: Left) -> None:
    """Tell what remains of a limit; what was told of it before is out of date."""
    heard = _listener.get()
    if heard is not None:
        heard.left[limit.name] = limit


def carries(attachment_bytes: int) -> None:
    """Tell how many bytes of files one message may carry, as the server says of itself; 0 where it sets no limit."""
    left(Left(ATTACHMENT_BYTES, attachment_bytes, attachment_bytes))
