"""Polling: conversations, fields and pages of lists, as the safety net reads them."""

import json
from typing import Any

import pytest

from connectors.sandbox.graph.errors import Refused
from connectors.sandbox.graph.nodes import Field, parse, written
from connectors.sandbox.graph.server import GraphServer
from tests.connectors.sandbox.graph.conftest import Graph, error_of

CARLA = "Carla Customer"
FIELDS = (
    "id,link,updated_time,message_count,unread_count,snippet,can_reply,participants,"
    "messages.limit(20){id,created_time,from,to,message,attachments,tags}"
)


def test_a_conversation_is_read_with_its_messages_in_one_call(server: GraphServer, graph: Graph) -> None:
    mid = server.street.write(CARLA, "My lamp", [("lamp.png", b"picture"), ("bill.pdf", b"paper")])
    carla = server.street.talks()[0]["id"]
    ours = graph.send({"id": carla}, {"text": "Which lamp?"}).json()["message_id"]
    body = graph.get(f"{graph.page}/conversations", platform="messenger", fields=FIELDS, limit=25)
    (talk,) = body["data"]
    assert talk["id"].startswith("t_")
    assert (talk["message_count"], talk["unread_count"], talk["snippet"], talk["can_reply"]) == (
        2,
        0,
        "Which lamp?",
        True,
    )
    assert talk["participants"]["data"][0] == {"name": CARLA, "email": f"{carla}@facebook.com", "id": carla}
    answer, question = talk["messages"]["data"]
    assert (answer["id"], answer["message"], answer["from"]["id"]) == (ours, "Which lamp?", graph.page)
    assert (question["id"], question["from"]["name"], question["to"]["data"][0]["id"]) == (mid, CARLA, graph.page)
    assert question["created_time"][-5:] == "+0000"
    assert {"name": "source:mobile"} in question["tags"]["data"]
    picture, paper = question["attachments"]["data"]
    assert (picture["mime_type"], picture["name"], picture["size"]) == ("image/png", "lamp.png", 7)
    assert graph.session.get(picture["image_data"]["url"]).content == b"picture"
    assert graph.session.get(paper["file_url"]).content == b"paper"
    assert graph.get(mid, fields="message,from{id}") == {"message": "My lamp", "from": {"id": carla}, "id": mid}
    assert [said["id"] for said in graph.get(f"{talk['id']}/messages")["data"]] == [ours, mid]
    assert graph.get(talk["id"], fields="snippet")["snippet"] == "Which lamp?"


def test_conversations_are_paged_the_latest_first(server: GraphServer, graph: Graph) -> None:
    for name in ("Ada Agent", "Sam Supervisor", "Max Manager"):
        server.street.write(name, f"I am {name}")
        server.move_clock(60)
    first = graph.get(f"{graph.page}/conversations", fields="snippet", limit=2)
    assert [talk["snippet"] for talk in first["data"]] == ["I am Max Manager", "I am Sam Supervisor"]
    cursors = first["paging"]["cursors"]
    second = graph.get(f"{graph.page}/conversations", fields="snippet", limit=2, after=cursors["after"])
    assert [talk["snippet"] for talk in second["data"]] == ["I am Ada Agent"]
    assert "next" not in second["paging"]
    back = graph.get(
        f"{graph.page}/conversations", fields="snippet", limit=2, before=second["paging"]["cursors"]["before"]
    )
    assert back["data"] == first["data"]
    assert f"access_token={graph.token}" in first["paging"]["next"]
    assert f"{server.base}/v25.0/{graph.page}/conversations?" in first["paging"]["next"]
    person = server.street.talks()[0]["id"]
    only = graph.get(f"{graph.page}/conversations", user_id=person, fields="participants{id}")
    assert only["data"][0]["participants"]["data"][0] == {"id": person}


def test_conversations_can_be_asked_for_by_time(server: GraphServer, graph: Graph) -> None:
    talks = f"{graph.page}/conversations"
    for name in ("Ada Agent", "Max Manager"):
        server.street.write(name, f"I am {name}")
        server.move_clock(60)
    times = [server.street.messages(name)[0]["at"] for name in ("Ada Agent", "Max Manager")]
    later = graph.get(talks, fields="snippet", updated_after_ms=times[0] + 1)
    assert [talk["snippet"] for talk in later["data"]] == ["I am Max Manager"]
    earlier = graph.get(talks, fields="snippet", updated_before_ms=times[1] - 1)
    assert [talk["snippet"] for talk in earlier["data"]] == ["I am Ada Agent"]
    assert error_of(graph.ask("GET", talks, params={"updated_after_ms": "yesterday"})) == (100, 0)


def test_several_objects_are_read_in_one_call(server: GraphServer, graph: Graph) -> None:
    posts = [server.street.page_post(text) for text in ("New lamps", "Old lamps")]
    batch = [{"method": "GET", "relative_url": f"{name}?fields=message"} for name in [*posts, "1_1"]]
    *found, gone = graph.ask("POST", "", data={"batch": json.dumps(batch), "include_headers": "false"}).json()
    assert [(each["code"], json.loads(each["body"])["message"]) for each in found] == [
        (200, "New lamps"),
        (200, "Old lamps"),
    ]
    assert (gone["code"], json.loads(gone["body"])["error"]["error_subcode"]) == (400, 33)
    assert "headers" not in gone


def test_what_a_batch_had_no_time_for_is_nothing(server: GraphServer, graph: Graph) -> None:
    post = server.street.page_post("New lamps")
    batch = json.dumps([{"method": "GET", "relative_url": post}] * 3)
    for late, done in ((1, 2), (5, 0)):
        server.misbehave(late=late)
        answers = graph.ask("POST", "", data={"batch": batch}).json()
        assert [answer is not None for answer in answers] == [True] * done + [False] * (3 - done)


def test_several_ids_in_one_address_are_refused(server: GraphServer, graph: Graph) -> None:
    post = server.street.page_post("New lamps")
    assert error_of(graph.ask("GET", "", params={"ids": post})) == (100, 0)


@pytest.mark.parametrize(
    "batch",
    ["", "[", "{}", "[]", "[1]", '[{"method":"GET"}]', '[{"method":"PUT","relative_url":"me"}]', "[1" + ",1" * 50],
)
def test_a_batch_that_is_none_is_refused(graph: Graph, batch: str) -> None:
    answer = graph.ask("POST", "", data={"batch": batch})
    told = answer.json()
    assert "error" in (json.loads(told[0]["body"]) if answer.status_code == 200 else told)


def test_the_next_page_is_at_the_address_that_the_caller_used(server: GraphServer, graph: Graph) -> None:
    for name in ("Ada Agent", "Sam Supervisor"):
        server.street.write(name, "hello")
    answer = graph.ask(
        "GET", f"{graph.page}/conversations", params={"limit": 1}, headers={"Host": "graph.facebook.com"}
    )
    assert answer.json()["paging"]["next"].startswith("https://graph.facebook.com/v25.0/")


def test_only_the_newest_messages_can_be_read_in_detail(server: GraphServer, graph: Graph) -> None:
    for number in range(22):
        server.street.write(CARLA, f"message {number}")
    (talk,) = graph.get(f"{graph.page}/conversations", fields="messages.limit(50){id,message,created_time}")["data"]
    said = talk["messages"]["data"]
    assert [one.get("message") for one in said[:2]] == ["message 21", "message 20"]
    assert ["message" in one for one in said] == [True] * 20 + [False] * 2


def test_an_unsent_message_is_no_longer_there(server: GraphServer, graph: Graph) -> None:
    server.street.write(CARLA, "hello")
    mid = server.street.write(CARLA, "oh no")
    server.street.unsend(mid)
    assert error_of(graph.ask("GET", mid)) == (100, 33)
    (talk,) = graph.get(f"{graph.page}/conversations", fields="message_count,messages{id}")["data"]
    assert (talk["message_count"], len(talk["messages"]["data"])) == (1, 1)


def test_what_does_not_exist_or_makes_no_sense_is_refused(server: GraphServer, graph: Graph) -> None:
    server.street.write(CARLA, "hello")
    talks = f"{graph.page}/conversations"
    asked: list[tuple[str, dict[str, Any], tuple[int, int]]] = [
        ("123", {}, (100, 33)),
        ("t_1", {}, (100, 33)),
        (f"{graph.page}/gossip", {}, (2500, 0)),
        (talks, {"fields": "colour"}, (100, 0)),
        (talks, {"fields": "messages{colour}"}, (100, 0)),
        (talks, {"fields": "id,messages{id"}, (2500, 0)),
        (talks, {"limit": "many"}, (100, 0)),
        (talks, {"after": "nonsense"}, (100, 0)),
        (talks, {"platform": "telegram"}, (100, 0)),
    ]
    for path, params, wanted in asked:
        assert error_of(graph.ask("GET", path, params=params)) == wanted, (path, params)
    assert error_of(graph.ask("POST", talks)) == (100, 33)


def test_fields_are_parsed_to_any_depth() -> None:
    text = "id,messages.limit(20).order(reverse_chronological){id,from{name,id}},likes.limit(1)"
    found = parse(text)
    inner = (Field("id"), Field("from", {}, (Field("name"), Field("id"))))
    assert found == (
        Field("id"),
        Field("messages", {"limit": "20", "order": "reverse_chronological"}, inner),
        Field("likes", {"limit": "1"}),
    )
    assert written(found) == text


@pytest.mark.parametrize("text", ["id,", "id}", "messages{}", "messages{id", "1", "messages.limit(2"])
def test_a_list_of_fields_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(text)
    assert refused.value.code == 2500


@pytest.mark.parametrize(
    ("asked", "served"),
    [("v26.0/", "v26.0"), ("v23.0/", "v23.0"), ("v12.0/", "v21.0"), ("v2.0/", "v21.0"), ("", "v21.0")],
)
def test_an_expired_version_is_served_as_the_oldest_living(graph: Graph, asked: str, served: str) -> None:
    address = str(graph.ask("GET", graph.page).request.url).replace("v25.0/", asked)
    answer = graph.session.get(address)
    assert (answer.status_code, answer.headers["facebook-api-version"]) == (200, served)
