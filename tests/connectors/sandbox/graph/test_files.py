"""Attachments that we send: by address, with the call, or saved before."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from connectors.sandbox.graph.server import GraphServer
from tests.connectors.sandbox.graph.conftest import Graph, error_of

CARLA = "Carla Customer"
MEGABYTE = 1024 * 1024


@pytest.fixture
def carla(server: GraphServer, graph: Graph) -> dict[str, str]:
    server.street.write(CARLA, "hello")
    return {"id": server.street.talks()[0]["id"]}


@pytest.fixture
def shelf() -> Iterator[str]:
    """A web server with a picture, a paper and a picture that is too big."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = {"/lamp.png": b"picture", "/bill.pdf": b"paper", "/big.png": b"x" * (8 * MEGABYTE + 1)}
            body = found.get(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Type", "image/png" if self.path.endswith("png") else "application/pdf")
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name is that of its parent
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def attachment(kind: str, **payload: Any) -> dict[str, Any]:
    return {"attachment": {"type": kind, "payload": payload}}


def seen(server: GraphServer, graph: Graph) -> bytes:
    """The file of the last message, as Carla gets it."""
    (url,) = server.street.messages(CARLA)[-1]["urls"]
    return graph.session.get(url).content


def test_a_file_is_fetched_from_its_address(
    server: GraphServer, graph: Graph, carla: dict[str, str], shelf: str
) -> None:
    answer = graph.send(carla, attachment("image", url=f"{shelf}/lamp.png"))
    assert set(answer.json()) == {"recipient_id", "message_id"}
    assert seen(server, graph) == b"picture"
    reusable = graph.send(carla, attachment("file", url=f"{shelf}/bill.pdf", is_reusable=True)).json()
    assert graph.send(carla, attachment("file", attachment_id=reusable["attachment_id"])).status_code == 200
    assert seen(server, graph) == b"paper"


def test_a_file_that_cannot_be_fetched_is_refused(
    server: GraphServer, graph: Graph, carla: dict[str, str], shelf: str
) -> None:
    wrong = [
        (attachment("image", url=f"{shelf}/none.png"), (100, 2018008)),
        (attachment("image", url="https://files.example.com/lamp.png"), (100, 2018008)),
        (attachment("image", url=f"{shelf}/big.png"), (100, 2018109)),
        (attachment("video", url=f"{shelf}/lamp.png"), (100, 2018047)),
        (attachment("smell", url=f"{shelf}/lamp.png"), (100, 2018047)),
        (attachment("image"), (100, 0)),
        (attachment("image", attachment_id="1"), (100, 33)),
    ]
    for message, wanted in wrong:
        assert error_of(graph.send(carla, message)) == wanted, message
    assert len(server.street.messages(CARLA)) == 1


def test_a_file_comes_with_the_call(server: GraphServer, graph: Graph, carla: dict[str, str]) -> None:
    form = {
        "recipient": json.dumps(carla),
        "message": json.dumps(attachment("file")),
        "messaging_type": "RESPONSE",
    }
    upload = {"filedata": ("Rechnung ä.pdf", b"paper", "application/pdf")}
    assert graph.ask("POST", f"{graph.page}/messages", data=form, files=upload).status_code == 200
    assert seen(server, graph) == b"paper"
    big = {"filedata": ("big.bin", b"x" * (25 * MEGABYTE + 1), "application/pdf")}
    assert error_of(graph.ask("POST", f"{graph.page}/messages", data=form, files=big)) == (100, 2018109)


def test_a_saved_file_is_sent_again_for_ninety_days(server: GraphServer, graph: Graph, carla: dict[str, str]) -> None:
    form = {"message": json.dumps(attachment("image", is_reusable=True))}
    upload = {"filedata": ("lamp.png", b"picture", "image/png")}
    saved = graph.ask("POST", f"{graph.page}/message_attachments", data=form, files=upload).json()["attachment_id"]
    for _ in range(2):
        assert graph.send(carla, attachment("image", attachment_id=saved)).status_code == 200
    assert seen(server, graph) == b"picture"
    server.move_clock(90 * 24 * 3600 + 60)
    server.street.write(CARLA, "still there?")
    assert error_of(graph.send(carla, attachment("image", attachment_id=saved))) == (100, 33)
