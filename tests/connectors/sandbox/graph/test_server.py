"""The stand-in as a process: its port, its memory, and how others steer it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import requests

from connectors.sandbox.graph.server import GraphServer
from tests.connectors.sandbox.graph.conftest import VERIFY, Graph, Hook, error_of, eventually

CARLA = "Carla Customer"
ROOT = Path(__file__).parents[4]


class Process:
    """The stand-in in a process of its own, steered over HTTP."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "connectors.sandbox.graph", str(folder)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT)
        assert self._process.stdout is not None
        self.port = int(json.loads(self._process.stdout.readline())["port"])
        self.base = f"http://127.0.0.1:{self.port}"

    def do(self, verb: str, **given: Any) -> Any:
        answer = requests.post(f"{self.base}/_street/{verb}", json=given, timeout=20)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def end(self, sign: int) -> int:
        os.kill(self._process.pid, sign)
        status = self._process.wait(20)
        assert self._process.stdout is not None
        self._process.stdout.close()
        return status


def test_a_killed_platform_knows_everything_at_its_old_port(tmp_path: Path, hook: Hook) -> None:
    first = Process(tmp_path)
    keys = first.do("connect")
    first.do("subscribe", url=hook.url, verify_token=VERIFY)
    first.do("misbehave_hooks", held=True)
    first.do("write", person=CARLA, text="hello", attachments=[["lamp.png", "cGljdHVyZQ=="]])
    first.do("move_clock", seconds=60)
    first.do("misbehave", code=2, calls=1)
    graph = Graph(first.base, keys["app_secret"], keys["page_token"], keys["page_id"])
    carla = {"id": first.do("talks")[0]["id"]}
    assert error_of(graph.send(carla, {"text": "x"})) == (2, 0)
    mid = graph.send(carla, {"text": "Which lamp?"}).json()["message_id"]
    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    second = Process(tmp_path)
    try:
        assert second.port == first.port
        assert [said["text"] for said in second.do("messages", person=CARLA)] == ["hello", "Which lamp?"]
        assert [effect["body"]["id"] for effect in second.do("log")] == [mid]
        assert second.do("switches")["clock"] == {"ahead_seconds": 60.0}
        assert graph.send(carla, {"text": "again"}).status_code == 200
        (url,) = second.do("messages", person=CARLA)[0]["urls"]
        assert requests.get(url, timeout=20).content == b"picture"
        assert hook.came == []
        second.do("misbehave_hooks")
        eventually(lambda: second.do("settled"))
        assert [piece["message"]["text"] for piece in hook.pieces()] == ["hello", "Which lamp?", "again"]
    finally:
        graph.session.close()
        second.end(signal.SIGTERM)


def test_wrong_orders_are_refused_with_a_reason(server: GraphServer, graph: Graph) -> None:
    street = f"{server.base}/_street"
    for path, given, status in (
        ("dance", {}, 404),
        ("write", {"who": CARLA}, 400),
        ("edit", {"mid": "m_1", "text": "x"}, 404),
        ("misbehave", {"colour": 1}, 400),
        ("subscribe", {"url": "http://127.0.0.1:1/", "verify_token": "x"}, 400),
    ):
        answer = requests.post(f"{street}/{path}", json=given, timeout=20)
        assert (answer.status_code, bool(answer.json()["error"])) == (status, True), path
    assert requests.post(f"{street}/write", data=b"{", timeout=20).status_code == 400


def test_a_message_is_edited_five_times_at_most(server: GraphServer, graph: Graph) -> None:
    mid = server.street.write(CARLA, "0")
    edit = f"{server.base}/_street/edit"
    answers = [
        requests.post(edit, json={"mid": mid, "text": str(number)}, timeout=20).status_code for number in range(1, 7)
    ]
    assert answers == [200] * 5 + [400]
    assert [said["text"] for said in server.street.messages(CARLA)] == ["5"]


def test_it_can_be_stopped_and_started_in_place(server: GraphServer, graph: Graph) -> None:
    port = server.base.rpartition(":")[2]
    server.stop()
    assert str(server.start()) == port
    assert graph.get(graph.page)["name"] == "Demo"


def test_nonsense_is_refused_and_never_breaks_it(server: GraphServer, graph: Graph) -> None:
    server.street.write(CARLA, "hello")
    carla, page, post = server.street.talks()[0]["id"], graph.page, server.street.page_post("New lamps")
    bodies: list[dict[str, Any]] = [
        {"data": b"{", "headers": {"Content-Type": "application/json"}},
        {"json": [1]},
        {"data": b"\xff\x00", "headers": {"Content-Type": "application/json"}},
        {"data": b"hello", "headers": {"Content-Type": "text/plain"}},
        {"data": b"--x", "headers": {"Content-Type": "multipart/form-data"}},
        {"data": b"-y-", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        {"json": {"recipient": {"id": {}}, "message": "", "messaging_type": 1}},
        {"json": {"recipient": {"id": carla}, "message": {"text": 1}, "messaging_type": "RESPONSE"}},
        {"json": {"recipient": {"id": carla}, "message": {"attachment": 1}, "messaging_type": "RESPONSE"}},
        {"json": {"recipient": {"id": carla}, "messaging_type": "RESPONSE", "reply_to": 1, "message": {"text": "x"}}},
        {"json": {"recipient": {"comment_id": []}, "message": {"text": "x"}}},
        {"json": {"is_hidden": "perhaps"}},
    ]
    for path in (
        f"{page}/messages",
        f"{page}/message_attachments",
        f"{post}/comments",
        f"{page}/subscribed_apps",
        post,
    ):
        for body in bodies:
            answer = graph.ask("POST", path, **body)
            assert answer.status_code in (400, 403), (path, body, answer.text)
            assert answer.json()["error"]["fbtrace_id"]
    for path in (
        "",
        "me",
        "%00",
        "cdn",
        f"cdn/1/x?oe=z&oh={'x' * 43}",
        "me/accounts",
        "t_",
        "oauth/access_token",
        "x/y/z",
    ):
        assert graph.ask("GET", path, token=None).status_code in (400, 403), path
    assert [effect.what for effect in server.log()] == []
