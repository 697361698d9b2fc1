"""What journeys stand on: real servers on this machine, and rows that are really committed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from config import throwaway
from connectors.sandbox.graph.server import GraphServer
from connectors.sandbox.mail.server import MailServer
from connectors.sandbox.x.server import XServer
from inbox import parser
from inbox.models import Conversation
from inbox.outbound.liveness import this_process
from tests.dovecot import Dovecot, dovecot
from tests.journeys import kills
from tests.journeys.houses import Embedded, Split
from tests.journeys.mailroom import Company, found
from tests.journeys.networks import OnFacebook, OnX, on_facebook, on_x

__all__ = ["dovecot"]


@pytest.fixture
def worker() -> Iterator[None]:
    """What a worker process holds until it ends: the children that read mail, and the lock that says it lives."""
    yield
    parser._shared.close()
    if this_process._connection is not None:
        this_process._connection.close()
        this_process._connection = None


@pytest.fixture
def street(tmp_path: Path) -> Iterator[MailServer]:
    """An SMTP server that takes what we send, and the witness of it. It keeps nothing in a folder Sent of ours."""
    server = MailServer(tmp_path / "street", keeps_sent=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def company(
    transactional_db: None,
    worker: None,
    dovecot: Dovecot,
    street: MailServer,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Company:
    """Its rows are committed, as workers of several processes would see them."""
    settings.BLOBS = tmp_path / "blobs"
    monkeypatch.setenv("OTVET_REACH", f"127.0.0.0/8,localhost,::1,127.0.0.1:{street.ports.smtp}")
    return found(dovecot, street)


@pytest.fixture
def x(
    company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings, live_server: LiveServer
) -> Iterator[OnX]:
    """@demo on a stand-in of X that can call us."""
    server = XServer(tmp_path / "x", retry_seconds=(0.1, 0.2, 0.5))
    port = server.start()
    settings.PUBLIC_URL = live_server.url
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OTVET_REACH", f"127.0.0.1:{port}")
        yield on_x(company, server, port)
    server.stop()


@pytest.fixture
def facebook(company: Company, tmp_path: Path, settings: Settings, live_server: LiveServer) -> Iterator[OnFacebook]:
    """A Page on a stand-in of Facebook that can call us."""
    server = GraphServer(tmp_path / "graph")
    port = server.start()
    settings.PUBLIC_URL = live_server.url
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OTVET_REACH", f"127.0.0.1:{port}")
        yield on_facebook(company, server)
    server.close()


@pytest.fixture
def in_messenger(facebook: OnFacebook) -> Conversation:
    """Carla has written in Messenger."""
    facebook.street.write("Carla", "My lamp arrived broken")
    facebook.ask()
    return Conversation.objects.get()


@pytest.fixture
def post(facebook: OnFacebook) -> str:
    return facebook.street.page_post("Open again")


@pytest.fixture
def under_a_post(facebook: OnFacebook, post: str) -> Conversation:
    """Carla has commented on a post of the Page."""
    facebook.street.comment("Carla", post, "My lamp arrived broken")
    facebook.ask()
    return Conversation.objects.get()


@pytest.fixture(scope="session")
def split(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Split]:
    """As in production, with mail that waits for an answer; web, worker and timetable are started by the tests."""
    house = Split(tmp_path_factory.mktemp("house") / "split")
    house.open()
    kills.furnish(house)
    yield house
    house.close()


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Embedded:
    """The embedded default with its tables made; the tests start it."""
    house = Embedded(tmp_path_factory.mktemp("house"))
    throwaway.copy_tables(house.data / "postgres")
    assert kills.settled(house).is_clean
    return house
