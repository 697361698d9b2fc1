import socket
from pathlib import Path

import pytest
import requests
from starlette.types import Receive, Scope, Send

from connectors.sandbox.served import HOST, Served, cut


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["path"] == "/before":
        await cut(scope, receive)
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
    await send({"type": "http.response.body", "body": b"ha", "more_body": True})
    if scope["path"] == "/middle":
        await cut(scope, receive)
        return
    await send({"type": "http.response.body", "body": b"lf"})


def test_the_port_stays_the_same_for_a_folder(tmp_path: Path) -> None:
    first = Served(tmp_path, app)
    port = first.start()
    assert requests.get(f"http://{HOST}:{port}/", timeout=5).text == "half"
    first.stop()
    second = Served(tmp_path, app)
    assert second.start() == port
    assert requests.get(f"http://{HOST}:{port}/", timeout=5).text == "half"
    second.stop()


@pytest.mark.parametrize("path", ["/before", "/middle"])
def test_a_connection_can_be_cut(tmp_path: Path, path: str) -> None:
    served = Served(tmp_path, app)
    port = served.start()
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        requests.get(f"http://{HOST}:{port}{path}", timeout=5)
    assert requests.get(f"http://{HOST}:{port}/", timeout=5).text == "half"
    served.stop()


def test_a_taken_port_is_an_error_at_the_start(tmp_path: Path) -> None:
    with socket.create_server((HOST, 0)) as other, pytest.raises(OSError, match="in use"):
        Served(tmp_path, app).start(other.getsockname()[1])
