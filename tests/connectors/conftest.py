"""What all tests of connectors may reach: this machine, by TLS; without TLS only what a test names."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from connectors.http import Guarded
from tests.connectors.wire import Wire


@pytest.fixture(autouse=True)
def reachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTVET_REACH", "127.0.0.0/8,localhost,::1")


@pytest.fixture
def allow_plain(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets the given ports of 127.0.0.1 be reached without TLS."""

    def allow(*ports: int) -> None:
        entries = ",".join(f"127.0.0.1:{port}" for port in ports)
        monkeypatch.setenv("OTVET_REACH", f"127.0.0.0/8,localhost,::1,{entries}")

    return allow


@pytest.fixture
def over_the_wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    """All that connectors ask from now on."""
    wire = Wire()
    monkeypatch.setattr(Guarded, "send", lambda line, request, **how: wire.carry(line, request, **how), raising=False)
    return wire


@dataclass
class Line:
    """What `wire` was called for: the moment from which the provider may have acted."""

    calls: int = 0

    def __call__(self) -> None:
        self.calls += 1


@pytest.fixture
def wire() -> Line:
    return Line()


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    return folder
