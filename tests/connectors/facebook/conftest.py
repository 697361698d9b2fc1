"""Facebook on loopback, and a Page of ours on it, connected."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors.contract import Call, File, Outgoing, Person, Piece, Reply
from connectors.errors import NotFromProvider
from connectors.facebook.app import FacebookApp
from connectors.facebook.connector import Facebook
from connectors.sandbox.graph.server import GraphServer
from tests.connectors.wire import Facts, Wire

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PAGE = "11"
DEADLINE_SECONDS = 20


@pytest.fixture
def graph(tmp_path: Path, over_the_wire: Wire, allow_plain: Callable[..., None]) -> Iterator[GraphServer]:
    """Facebook; whatever is asked of it and told by it is as the facts say."""
    server = GraphServer(tmp_path / "graph")
    allow_plain(server.start())
    over_the_wire.base = server.base
    over_the_wire.is_candid = lambda: not (server.misbehaviour.html or server.misbehaviour.garbage)
    yield server
    told = [("page", json.loads(delivery.body), delivery.headers) for delivery in server.deliveries()]
    server.close()
    differences = Facts("facebook").differences(over_the_wire.exchanges, told)
    assert not differences, "\n".join(differences)


@pytest.fixture
def unconnected(graph: GraphServer) -> Facebook:
    """The form as an admin fills it in, before anybody was asked."""
    return Facebook(app_id=graph.app.id, app_secret=graph.app.secret, base=graph.base)


@pytest.fixture
def page(graph: GraphServer) -> Facebook:
    """Our Page, connected."""
    keys = graph.street.connect()
    return Facebook(
        page_id=keys["page_id"],
        page_name=keys["page_name"],
        page_token=keys["page_token"],
        app_id=keys["app_id"],
        app_secret=keys["app_secret"],
        base=graph.base,
    )


@dataclass
class Platform:
    """The stand-in's clock as we see it."""

    ahead: timedelta = timedelta()

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock(graph: GraphServer) -> Callable[[timedelta], datetime]:
    """Lets time pass there, and tells the time that it is then."""
    platform = Platform()

    def pass_by(time: timedelta = timedelta()) -> datetime:
        graph.move_clock(time.total_seconds())
        platform.ahead += time
        return platform.now

    return pass_by


def person(graph: GraphServer, name: str) -> str:
    """The id by which our Page knows somebody."""
    return next(str(talk["id"]) for talk in graph.street.talks() if talk["name"] == name)


def reply(text: str, **given: object) -> Reply:
    """An answer as the desk hands it over."""
    values: dict[str, object] = {"key": "k-1", "text": text, "to": (), "now": NOW}
    return Reply(**(values | given))  # type: ignore[arg-type]  # the fields of Reply


def to(address: str) -> tuple[Person, ...]:
    return (Person(address=address, scope=PAGE),)


def outgoing(body: bytes, now: datetime, **given: Any) -> Outgoing:
    values: dict[str, Any] = {"provider_id": "", "recipients": (), "body": body, "since": now, "now": now}
    return Outgoing(**(values | given))


def enclosed(path: Path, content: bytes, media_type: str) -> File:
    """A file that an agent attached; its bytes lie at `path`."""
    path.write_bytes(content)
    return File(name=path.name, media_type=media_type, size=len(content), sha256=path.name, path=str(path))


def on_disk(*there: File) -> Mapping[str, Path]:
    return {file.sha256: Path(file.path) for file in there}


def eventually(true: Callable[[], Any]) -> Any:
    """Wait until it is true and return it."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        if found := true():
            return found
        time.sleep(0.02)
    raise AssertionError("it never became true")


class Hook:
    """Our side of the webhooks: the app answers what comes, and every call is kept."""

    def __init__(self, app: FacebookApp) -> None:
        self.app = app
        self.came: list[Call] = []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                query = {name: value for name, (value,) in parse_qs(urlsplit(self.path).query).items()}
                try:
                    challenge = hook.app.handshake(Call(body=b"", query=query))
                except NotFromProvider:
                    self._answer(403, b"")
                else:
                    self._answer(200, (challenge or "").encode())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.came.append(Call(body=body, headers=dict(self.headers)))
                self._answer(200, b"")

            def _answer(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name is that of its parent
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}/hook"
        self._thread = Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def pieces(self) -> list[tuple[Call, Piece]]:
        """Everything that came, checked and taken apart."""
        for call in self.came:
            self.app.verify(call)
        return [(call, piece) for call in self.came for piece in self.app.split(call.body)]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def hook(graph: GraphServer) -> Iterator[Hook]:
    app = FacebookApp(app_id=graph.app.id, app_secret=graph.app.secret, verify_token="our word")
    hook = Hook(app)
    yield hook
    hook.close()
