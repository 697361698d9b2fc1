"""A platform of one's own, an app that is logged in there, and a place where its webhooks arrive."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from connectors.sandbox.graph.server import GraphServer

VERIFY = "the word of our hook"
DEADLINE_SECONDS = 20


def eventually(true: Callable[[], Any]) -> Any:
    """Wait until it is true and return it."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        if found := true():
            return found
        time.sleep(0.02)
    raise AssertionError("it never became true")


@dataclass
class Graph:
    """A caller of the API as an app makes it: with its token and the proof on every call."""

    base: str
    secret: str
    token: str
    page: str
    session: requests.Session = field(default_factory=requests.Session)

    def ask(self, method: str, path: str, **how: Any) -> requests.Response:
        """One call; `token` and `proof` of None leave them away."""
        token = how.pop("token", self.token)
        own = {"access_token": token} if token else {}
        if token and how.pop("proof", True):
            own["appsecret_proof"] = hmac.new(self.secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        return self.session.request(
            method, f"{self.base}/v25.0/{path}", params=own | how.pop("params", {}), timeout=20, **how
        )

    def get(self, path: str, **params: Any) -> Any:
        answer = self.ask("GET", path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send(self, recipient: dict[str, str], message: dict[str, Any] | None = None, **more: Any) -> requests.Response:
        body = {"recipient": recipient, "messaging_type": "RESPONSE", **({"message": message} if message else {})}
        return self.ask("POST", f"{self.page}/messages", json=body | more)


def error_of(answer: requests.Response) -> tuple[int, int]:
    """Code and subcode of a refusal."""
    error = answer.json()["error"]
    return error["code"], error.get("error_subcode", 0)


class Hook:
    """Our side of the webhooks: keeps what came, byte for byte."""

    def __init__(self) -> None:
        self.came: list[tuple[bytes, dict[str, str]]] = []
        self.shaken: list[dict[str, list[str]]] = []
        self.answers: list[int] = []  # what the next POSTs are answered; then 200
        self.returned: bytes | None = None  # instead of the challenge
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = parse_qs(urlsplit(self.path).query)
                hook.shaken.append(asked)
                fits = asked["hub.verify_token"] == [VERIFY]
                challenge = asked["hub.challenge"][0].encode()
                self._answer(200 if fits else 403, challenge if hook.returned is None else hook.returned)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.came.append((body, dict(self.headers)))
                self._answer(hook.answers.pop(0) if hook.answers else 200, b"")

            def _answer(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name is that of its parent
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        self._thread = Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body, _headers in self.came]

    def pieces(self, where: str = "messaging") -> list[dict[str, Any]]:
        """Every event that came, out of all entries."""
        return [piece for body in self.bodies() for entry in body["entry"] for piece in entry.get(where, [])]

    def values(self) -> list[dict[str, Any]]:
        """The values of every change that came."""
        return [piece["value"] for piece in self.pieces("changes")]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GraphServer]:
    server = GraphServer(tmp_path / "graph")
    server.start()
    yield server
    server.close()


@pytest.fixture
def graph(server: GraphServer) -> Iterator[Graph]:
    keys = server.street.connect()
    with requests.Session() as session:
        session.trust_env = False
        yield Graph(server.base, keys["app_secret"], keys["page_token"], keys["page_id"], session)


@pytest.fixture
def hook() -> Iterator[Hook]:
    hook = Hook()
    yield hook
    hook.close()


@pytest.fixture
def subscribed(server: GraphServer, hook: Hook) -> Hook:
    """The hook, with all fields of the Page coming to it."""
    server.street.subscribe(hook.url, VERIFY)
    return hook
