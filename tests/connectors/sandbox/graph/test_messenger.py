"""What a Page may say in Messenger, and what the person sees."""

import json
from typing import Any

import pytest

from connectors.sandbox.graph.server import GraphServer
from tests.connectors.sandbox.graph.conftest import Graph, error_of

HOUR = 3600
DAY = 24 * HOUR


@pytest.fixture
def carla(server: GraphServer, graph: Graph) -> dict[str, str]:
    """Carla has just written; the recipient of an answer."""
    server.street.write("Carla Customer", "My lamp is broken")
    return {"id": server.street.talks()[0]["id"]}


def said_to_carla(server: GraphServer) -> list[str]:
    return [said["text"] for said in server.street.messages("Carla Customer") if said["from_page"]]


def test_an_answer_arrives_and_is_logged_once(server: GraphServer, graph: Graph, carla: dict[str, str]) -> None:
    answer = graph.send(carla, {"text": "Which lamp?", "metadata": "ours-1"})
    assert answer.status_code == 200
    body = answer.json()
    assert body["recipient_id"] == carla["id"]
    assert body["message_id"].startswith("m_")
    assert said_to_carla(server) == ["Which lamp?"]
    (effect,) = [effect for effect in server.log() if effect.what == "message"]
    assert (effect.body["id"], effect.body["text"], effect.body["metadata"]) == (
        body["message_id"],
        "Which lamp?",
        "ours-1",
    )


def test_a_form_with_json_in_its_fields_is_understood(server: GraphServer, graph: Graph, carla: dict[str, str]) -> None:
    form = {
        "recipient": json.dumps(carla),
        "message": json.dumps({"text": "By form"}),
        "messaging_type": "RESPONSE",
    }
    assert graph.ask("POST", f"{graph.page}/messages", data=form).status_code == 200
    assert said_to_carla(server) == ["By form"]


def test_a_form_with_a_nested_field_mangled_is_refused(graph: Graph, carla: dict[str, str]) -> None:
    form = {"recipient": "id", "message": "text", "messaging_type": "RESPONSE"}
    assert error_of(graph.ask("POST", f"{graph.page}/messages", data=form)) == (100, 0)


def test_the_window_closes_after_a_day_and_for_people_after_seven(
    server: GraphServer, graph: Graph, carla: dict[str, str]
) -> None:
    human = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    server.move_clock(DAY - HOUR)
    assert graph.send(carla, {"text": "in time"}).status_code == 200
    server.move_clock(2 * HOUR)
    assert error_of(graph.send(carla, {"text": "late"})) == (10, 2018278)
    assert error_of(graph.send(carla, {"text": "late"}, messaging_type="UPDATE")) == (10, 2018278)
    assert graph.send(carla, {"text": "as a person"}, **human).status_code == 200
    server.move_clock(6 * DAY)
    assert error_of(graph.send(carla, {"text": "too late"}, **human)) == (10, 2018278)
    server.street.press("Carla Customer", "AGAIN")
    assert graph.send(carla, {"text": "open again"}).status_code == 200
    assert said_to_carla(server) == ["in time", "as a person", "open again"]


@pytest.mark.parametrize("tag", ["CONFIRMED_EVENT_UPDATE", "ACCOUNT_UPDATE", "POST_PURCHASE_UPDATE"])
def test_a_deprecated_tag_is_refused(graph: Graph, carla: dict[str, str], tag: str) -> None:
    answer = graph.send(carla, {"text": "x"}, messaging_type="MESSAGE_TAG", tag=tag)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["code"], error["error_subcode"], error["message"], error["type"]) == (
        100,
        1893061,
        "(#100) Deprecated Message Tag Not Allowed",
        "OAuthException",
    )
    assert error["fbtrace_id"]


def test_what_makes_no_sense_is_refused_and_leaves_nothing(
    server: GraphServer, graph: Graph, carla: dict[str, str]
) -> None:
    wrong: list[tuple[dict[str, Any], dict[str, str]]] = [
        ({"text": "x" * 2001}, {}),
        ({"text": " "}, {}),
        ({}, {}),
        ({"text": "x", "metadata": "y" * 1001}, {}),
        ({"text": "x", "attachment": {"type": "image", "payload": {"url": "http://127.0.0.1/x.png"}}}, {}),
        ({"text": "x"}, {"messaging_type": "MESSAGE_TAG"}),
        ({"text": "x"}, {"messaging_type": "MESSAGE_TAG", "tag": "OTHER"}),
        ({"text": "x"}, {"messaging_type": "PROMOTION"}),
        ({"text": "x"}, {"messaging_type": ""}),
    ]
    for message, more in wrong:
        assert error_of(graph.send(carla, message, **more)) == (100, 0), (message, more)
    assert graph.send(carla, {"text": "x" * 2000}).status_code == 200
    assert said_to_carla(server) == ["x" * 2000]


def test_nobody_and_somebody_of_another_page_cannot_be_reached(server: GraphServer, graph: Graph) -> None:
    server.street.connect("Another")
    server.street.write("Max Manager", "hello", page="Another")
    other = server.street.talks("Another")[0]["id"]
    for name in ("1", other):
        assert error_of(graph.send({"id": name}, {"text": "x"})) == (100, 2018001)
    assert error_of(graph.send({}, {"text": "x"})) == (100, 0)


def test_a_person_who_blocked_the_page_is_not_available(
    server: GraphServer, graph: Graph, carla: dict[str, str]
) -> None:
    server.street.block("Carla Customer")
    assert error_of(graph.send(carla, {"text": "x"})) == (551, 1545041)
    assert error_of(graph.ask("GET", carla["id"])) == (100, 2018218)
    server.street.block("Carla Customer", blocked=False)
    assert graph.send(carla, {"text": "x"}).status_code == 200


def test_a_sign_goes_alone(server: GraphServer, graph: Graph, carla: dict[str, str]) -> None:
    answer = graph.ask("POST", f"{graph.page}/messages", json={"recipient": carla, "sender_action": "typing_on"})
    assert answer.json() == {"recipient_id": carla["id"]}
    assert [effect.body["action"] for effect in server.log()] == ["typing_on"]
    assert error_of(graph.send(carla, {"text": "x"}, sender_action="typing_on")) == (100, 0)
    assert error_of(graph.send(carla, sender_action="dancing")) == (100, 0)


def test_a_comment_is_answered_in_private_once_and_the_window_stays_shut(server: GraphServer, graph: Graph) -> None:
    post = server.street.page_post("New lamps")
    comment = server.street.comment("Carla Customer", post, "Mine is broken")
    answer = graph.ask(
        "POST", f"{graph.page}/messages", json={"recipient": {"comment_id": comment}, "message": {"text": "Sorry"}}
    )
    carla = {"id": answer.json()["recipient_id"]}
    assert said_to_carla(server) == ["Sorry"]
    assert graph.get(comment, fields="can_reply_privately")["can_reply_privately"] is False
    assert error_of(graph.send({"comment_id": comment}, {"text": "again"})) == (10900, 0)
    assert error_of(graph.send(carla, {"text": "and"})) == (10, 2018278)
    server.street.write("Carla Customer", "Thanks")
    assert graph.send(carla, {"text": "Welcome"}).status_code == 200


def test_a_comment_of_a_week_ago_or_of_the_page_is_not_answered_in_private(server: GraphServer, graph: Graph) -> None:
    post = server.street.page_post("New lamps")
    comment = server.street.comment("Carla Customer", post, "Mine is broken")
    own = server.street.comment("Demo", post, "We are here")
    assert error_of(graph.send({"comment_id": own}, {"text": "x"})) == (10903, 0)
    server.move_clock(7 * DAY + HOUR)
    assert error_of(graph.send({"comment_id": comment}, {"text": "x"})) == (10903, 0)
    assert error_of(graph.send({"comment_id": "1_1"}, {"text": "x"})) == (100, 33)


def test_a_post_of_a_visitor_is_answered_in_private_once(server: GraphServer, graph: Graph) -> None:
    post = server.street.visitor_post("Carla Customer", "Where is my lamp?")
    assert graph.send({"post_id": post}, {"text": "On its way"}).status_code == 200
    assert error_of(graph.send({"post_id": post}, {"text": "again"})) == (10900, 0)
    assert said_to_carla(server) == ["On its way"]


def test_a_profile_tells_only_what_was_asked_for(graph: Graph, carla: dict[str, str]) -> None:
    usual = graph.get(carla["id"])
    assert (usual["first_name"], usual["last_name"], usual["id"]) == ("Carla", "Customer", carla["id"])
    assert usual["profile_pic"].startswith("http")
    assert graph.get(carla["id"], fields="name") == {"name": "Carla Customer", "id": carla["id"]}
    assert error_of(graph.ask("GET", carla["id"], params={"fields": "name,phone"})) == (100, 0)
