"""The platform at its worst, on demand."""

import json

import pytest
import requests

from connectors.sandbox.graph.call import proof
from connectors.sandbox.graph.misbehaviour import Cut
from connectors.sandbox.graph.server import GraphServer
from tests.connectors.sandbox.graph.conftest import Graph, error_of, eventually

CARLA = "Carla Customer"


@pytest.fixture
def carla(server: GraphServer, graph: Graph) -> dict[str, str]:
    server.street.write(CARLA, "hello")
    return {"id": server.street.talks()[0]["id"]}


def sent(server: GraphServer) -> list[str]:
    return [effect.body["text"] for effect in server.log() if effect.what == "message"]


@pytest.mark.parametrize(
    ("code", "subcode", "status"),
    [
        (1, 0, 500),
        (2, 0, 503),
        (4, 0, 403),
        (10, 2018278, 403),
        (17, 0, 400),
        (32, 0, 403),
        (368, 0, 400),
        (551, 1545041, 400),
        (613, 0, 400),
        (1200, 0, 500),
        (80001, 0, 400),
        (80006, 0, 400),
        (190, 460, 400),
        (190, 0, 400),
    ],
)
def test_any_error_can_be_had_and_nothing_is_done(
    server: GraphServer, graph: Graph, carla: dict[str, str], code: int, subcode: int, status: int
) -> None:
    server.misbehave(code=code, subcode=subcode)
    answer = graph.send(carla, {"text": "x"})
    assert (answer.status_code, error_of(answer)) == (status, (code, subcode))
    assert answer.json()["error"].get("is_transient", False) is (status >= 500)
    assert sent(server) == []
    server.misbehave()
    assert graph.send(carla, {"text": "x"}).status_code == 200


def test_an_error_may_be_transient_and_say_anything(server: GraphServer, graph: Graph) -> None:
    server.misbehave(code=190, message="odd words", transient=True)
    error = graph.ask("GET", graph.page).json()["error"]
    assert (error["code"], error["message"], error["is_transient"]) == (190, "odd words", True)


def test_only_the_first_calls_of_one_kind_are_struck(server: GraphServer, graph: Graph, carla: dict[str, str]) -> None:
    server.misbehave(method="POST", path=f"{graph.page}/messages", calls=2, code=2)
    assert graph.ask("GET", f"{graph.page}/conversations").status_code == 200
    answers = [graph.send(carla, {"text": str(number)}).status_code for number in range(4)]
    assert answers == [503, 503, 200, 200]
    assert sent(server) == ["2", "3"]


def test_the_use_of_the_limits_is_told_in_each_answer(server: GraphServer, graph: Graph) -> None:
    server.misbehave(used_percent=85, regain_minutes=7, code=80006, calls=1)
    for status in (400, 200):
        answer = graph.ask("GET", graph.page)
        assert answer.status_code == status
        assert json.loads(answer.headers["X-App-Usage"])["call_count"] == 85
        uses = json.loads(answer.headers["X-Business-Use-Case-Usage"])[graph.page]
        assert {use["type"]: use["estimated_time_to_regain_access"] for use in uses} == {"pages": 7, "messenger": 7}


def test_a_broken_gateway_speaks_html(server: GraphServer, graph: Graph) -> None:
    server.misbehave(html=True)
    answer = graph.ask("GET", graph.page)
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "text/html; charset=utf-8")


def test_an_answer_of_200_may_be_no_json(server: GraphServer, graph: Graph) -> None:
    server.misbehave(garbage=True)
    answer = graph.ask("GET", graph.page)
    assert answer.status_code == 200
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


@pytest.mark.parametrize(("where", "there"), [(Cut.BEFORE, []), (Cut.MIDDLE, ["x"]), (Cut.AFTER, ["x"])])
def test_the_connection_ends_before_during_or_after_the_answer(
    server: GraphServer, graph: Graph, carla: dict[str, str], where: Cut, there: list[str]
) -> None:
    server.misbehave(cut=where, calls=1)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        graph.send(carla, {"text": "x"})
    assert sent(server) == there
    assert graph.send(carla, {"text": "y"}).status_code == 200


def test_who_gives_up_on_a_slow_answer_may_find_it_done(
    server: GraphServer, graph: Graph, carla: dict[str, str]
) -> None:
    server.misbehave(pause_seconds=1, calls=1)
    with pytest.raises(requests.ReadTimeout):
        graph.session.post(
            f"{graph.base}/v25.0/{graph.page}/messages",
            params={"access_token": graph.token, "appsecret_proof": proof(graph.secret, graph.token)},
            json={"recipient": carla, "messaging_type": "RESPONSE", "message": {"text": "x"}},
            timeout=0.3,
        )
    eventually(lambda: sent(server) == ["x"])
