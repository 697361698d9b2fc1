"""X on loopback, and an account of ours on it, connected in both ways."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.contract import File, Outgoing, Person, Reply
from connectors.sandbox.x.server import XServer, address
from connectors.sandbox.x.switches import Misbehaviour
from connectors.twitter.connector import X
from tests.connectors.wire import Facts, Wire

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass
class Clock:
    """Real time, and as much more as a test says."""

    ahead: float = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self(), UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def x(tmp_path: Path, clock: Clock, over_the_wire: Wire) -> Iterator[XServer]:
    """X; whatever is asked of it and told by it is as the facts say."""
    server = XServer(tmp_path / "x", ours={"acme": "Acme"}, clock=clock, retry_seconds=())
    over_the_wire.is_candid = lambda: server.platform.switches.misbehaviour.get() == Misbehaviour()
    yield server
    told = [(*_named(json.loads(delivery.body)), delivery.headers) for delivery in server.platform.hooks.log()]
    server.stop()
    differences = Facts("x").differences(over_the_wire.exchanges, told)
    assert not differences, "\n".join(differences)


def _named(body: dict[str, Any]) -> tuple[str, Any]:
    """What an event is called, and what it says."""
    return (body["data"]["event_type"], body["data"]) if "data" in body else ("account activity", body)


@pytest.fixture
def base(x: XServer, over_the_wire: Wire, allow_plain: Callable[..., None]) -> str:
    port = x.start()
    allow_plain(port)
    over_the_wire.base = address(port)
    return over_the_wire.base


@pytest.fixture
def unconnected(x: XServer, base: str) -> X:
    """The form as an admin fills it in, before anybody was asked."""
    app = x.app
    return X(
        client_id=app.client_id,
        client_secret=app.client_secret,
        consumer_key=app.consumer_key,
        consumer_secret=app.consumer_secret,
        bearer=app.bearer,
        base=base,
    )


@pytest.fixture
def acme(x: XServer, unconnected: X) -> X:
    """Our account, connected on the page of X."""
    tokens = x.log_in("acme")
    return replace(
        unconnected,
        username="acme",
        user_id=x.account("acme").id,
        access_token=str(tokens["access_token"]),
        refresh_token=str(tokens["refresh_token"]),
    )


@pytest.fixture
def signed(x: XServer, unconnected: X) -> X:
    """Our account, connected with four keys."""
    token, token_secret = x.keys("acme")
    return replace(unconnected, username="acme", oauth1_token=token, oauth1_token_secret=token_secret)


def reply(text: str, **given: object) -> Reply:
    """An answer as the desk hands it over."""
    values: dict[str, object] = {"key": "1", "text": text, "to": (), "now": NOW}
    return Reply(**(values | given))  # type: ignore[arg-type]  # the fields of Reply


def to(person: str) -> tuple[Person, ...]:
    return (Person(address=person),)


def outgoing(body: bytes, since: datetime, *, previous: str = "", files: dict[str, Path] | None = None) -> Outgoing:
    return Outgoing(
        provider_id="", recipients=(), body=body, since=since, now=since, previous=previous, files=files or {}
    )


def enclosed(path: Path, content: bytes, media_type: str) -> File:
    """A file that an agent attached; its bytes lie at `path`."""
    path.write_bytes(content)
    return File(name=path.name, media_type=media_type, size=len(content), sha256=path.name, path=str(path))
