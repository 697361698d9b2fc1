"""X on loopback with a clock that can be moved, and somebody who talks to it over HTTP."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import requests
from requests.adapters import HTTPAdapter
from requests_oauthlib import OAuth1

from connectors.sandbox.x.server import XServer, address
from tests.connectors.sandbox.receiver import Receiver, receiver

API = "https://api.twitter.com"


@dataclass
class Clock:
    """Real time, and as much more as a test says."""

    ahead: float = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


class Redirect(HTTPAdapter):
    """Sends to the stand-in what the client believes to send to X."""

    def __init__(self, base: str) -> None:
        self._base = urlsplit(base)
        super().__init__()

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        parts = urlsplit(str(request.url))
        request.url = urlunsplit((self._base.scheme, self._base.netloc, parts.path, parts.query, ""))
        return super().send(request, *args, **options)


@dataclass
class Client:
    """Talks to X as one account, by OAuth 1.0a unless it was given a bearer token."""

    x: XServer
    port: int
    username: str = "demo"
    bearer: str = ""
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.session.trust_env = False
        self.session.mount("https://", Redirect(address(self.port)))

    def __call__(self, method: str, path: str, **given: Any) -> requests.Response:
        given.setdefault("auth", None if self.bearer else self._signed())
        if self.bearer:
            given["headers"] = {"authorization": f"Bearer {self.bearer}", **given.get("headers", {})}
        url = path if path.startswith("https://") else API + path
        return self.session.request(method, url, timeout=20, allow_redirects=False, **given)

    def get(self, path: str, **query: Any) -> Any:
        """The JSON of a good answer."""
        answer = self("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def _signed(self) -> OAuth1:
        token, secret = self.x.keys(self.username)
        return OAuth1(self.x.app.consumer_key, self.x.app.consumer_secret, token, secret)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def x(tmp_path: Path, clock: Clock) -> Iterator[XServer]:
    server = XServer(tmp_path / "x", clock=clock, retry_seconds=(0.01,))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def port(x: XServer) -> int:
    return int((x.platform.world.folder / "port.json").read_text())


@pytest.fixture
def us(x: XServer, port: int) -> Iterator[Client]:
    """Our account, by OAuth 1.0a."""
    client = Client(x, port)
    yield client
    client.session.close()


@pytest.fixture
def ours(x: XServer, port: int) -> Iterator[Client]:
    """Our account, by OAuth 2."""
    client = Client(x, port, bearer=str(x.log_in("demo")["access_token"]))
    yield client
    client.session.close()


@pytest.fixture
def app(x: XServer, port: int) -> Iterator[Client]:
    """The app itself."""
    client = Client(x, port, bearer=x.app.bearer)
    yield client
    client.session.close()


@pytest.fixture
def there(x: XServer) -> Iterator[Receiver]:
    """Where our webhooks are, answering the challenge rightly."""
    with receiver() as kept:
        kept.on_get = lambda query: (
            200,
            b'{"response_token":"%s"}' % x.app.sign(query.removeprefix("crc_token=").encode()).encode(),
        )
        yield kept
