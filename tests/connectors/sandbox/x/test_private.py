"""Direct messages over the wire."""

import pytest

from connectors.sandbox.x.server import XServer
from connectors.sandbox.x.street import Upload
from tests.connectors.sandbox.x.conftest import Client, Clock

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
NO_DM = {
    "detail": "You do not have permission to DM one or more participants.",
    "type": "about:blank",
    "title": "Forbidden",
    "status": 403,
}
ALL_FIELDS = "id,text,event_type,dm_conversation_id,created_at,sender_id,attachments,referenced_tweets,entities"


def path_to(x: XServer, username: str) -> str:
    return f"/2/dm_conversations/with/{x.account(username).id}/messages"


def test_messages_come_newest_first_with_three_fields_unasked(x: XServer, us: Client) -> None:
    first, second = x.direct_message("carla", "demo", "one"), x.direct_message("carla", "demo", "two")
    assert us.get("/2/dm_events") == {
        "data": [
            {"id": second.id, "event_type": "MessageCreate", "text": "two"},
            {"id": first.id, "event_type": "MessageCreate", "text": "one"},
        ],
        "meta": {"result_count": 2},
    }


def test_the_conversation_of_two_is_named_by_both_the_smaller_first(x: XServer, us: Client) -> None:
    demo, carla = x.account("demo"), x.account("carla")
    x.direct_message("carla", "demo", "hello")
    event = us.get("/2/dm_events", **{"dm_event.fields": ALL_FIELDS, "expansions": "sender_id"})
    shown = event["data"][0]
    assert shown["dm_conversation_id"] == "-".join(sorted((demo.id, carla.id), key=int))
    assert shown["sender_id"] == carla.id
    assert "participant_ids" not in shown
    assert event["includes"]["users"][0]["username"] == "carla"
    for path in (f"with/{carla.id}", shown["dm_conversation_id"]):
        assert us.get(f"/2/dm_conversations/{path}/dm_events")["meta"] == {"result_count": 1}
    assert us.get(f"/2/dm_events/{shown['id']}")["data"]["text"] == "hello"


def test_there_is_no_since_id(us: Client) -> None:
    assert us("GET", "/2/dm_events", params={"since_id": "1"}).status_code == 400


def test_messages_are_kept_for_thirty_days(x: XServer, us: Client, clock: Clock) -> None:
    x.direct_message("carla", "demo", "old")
    clock.ahead = 31 * 24 * 3600
    assert us.get("/2/dm_events") == {"meta": {"result_count": 0}}


def test_pages_go_back_and_forth(x: XServer, us: Client) -> None:
    ids = [x.direct_message("carla", "demo", str(number)).id for number in range(5)][::-1]
    first = us.get("/2/dm_events", max_results=2)
    second = us.get("/2/dm_events", max_results=2, pagination_token=first["meta"]["next_token"])
    assert [event["id"] for event in first["data"] + second["data"]] == ids[:4]
    back = us.get("/2/dm_events", max_results=2, pagination_token=second["meta"]["previous_token"])
    assert [event["id"] for event in back["data"]] == ids[:2]


def test_what_we_write_arrives_and_is_in_our_own_list(x: XServer, us: Client) -> None:
    x.direct_message("carla", "demo", "hello")
    answer = us("POST", path_to(x, "carla"), json={"text": "Good morning"})
    assert answer.status_code == 201
    made = answer.json()["data"]
    assert set(made) == {"dm_conversation_id", "dm_event_id"}
    again = us("POST", f"/2/dm_conversations/{made['dm_conversation_id']}/messages", json={"text": "Good morning"})
    assert again.json()["data"]["dm_event_id"] != made["dm_event_id"]
    assert [message.text for message in x.messages("carla", "demo")] == ["hello", "Good morning", "Good morning"]
    assert us.get("/2/dm_events")["data"][1]["id"] == made["dm_event_id"]


def test_nobody_is_written_to_who_does_not_want_it(x: XServer, us: Client) -> None:
    x.receive_messages_of("carla", everybody=False)
    refused = us("POST", path_to(x, "carla"), json={"text": "Psst"})
    assert (refused.status_code, refused.json()) == (403, NO_DM)
    x.direct_message("carla", "demo", "I write first")
    assert us("POST", path_to(x, "carla"), json={"text": "Then we may answer"}).status_code == 201


@pytest.mark.parametrize(
    "body",
    [{}, {"text": ""}, {"text": "x" * 10_001}, {"text": "x", "more": 1}, {"attachments": [{"media_id": "5"}]}],
)
def test_a_message_that_is_not_right_is_refused(x: XServer, us: Client, body: dict[str, object]) -> None:
    assert us("POST", path_to(x, "carla"), json=body).status_code == 400
    assert x.log() == []


def test_a_group_has_a_plain_number_and_tells_who_came_and_went(x: XServer, us: Client) -> None:
    group = x.group("carla", ["demo", "kim"])
    x.group_message("carla", group.id, "both of you")
    x.leave(group.id, "kim")
    query = {"dm_event.fields": "participant_ids,dm_conversation_id,sender_id"}
    events = us.get(f"/2/dm_conversations/{group.id}/dm_events", **query)["data"]
    assert [event["event_type"] for event in events] == ["ParticipantsLeave", "MessageCreate", "ParticipantsJoin"]
    assert events[0]["participant_ids"] == [x.account("kim").id]
    assert "participant_ids" not in events[1]
    assert {event["dm_conversation_id"] for event in events} == {group.id}
    only = us.get("/2/dm_events", event_types="MessageCreate")
    assert only["meta"] == {"result_count": 1}
    assert us("POST", f"/2/dm_conversations/{group.id}/messages", json={"text": "Yes?"}).status_code == 201


def test_we_begin_a_group(x: XServer, us: Client) -> None:
    others = [x.account("carla").id, x.account("kim").id]
    body = {"conversation_type": "Group", "participant_ids": others, "message": {"text": "Hello both"}}
    made = us("POST", "/2/dm_conversations", json=body)
    assert made.status_code == 201
    assert x.messages(made.json()["data"]["dm_conversation_id"])[-1].text == "Hello both"


def test_deleting_hides_only_our_own_side(x: XServer, us: Client, port: int) -> None:
    message = x.direct_message("carla", "demo", "hello")
    assert us("DELETE", f"/2/dm_events/{message.id}").json() == {"data": {"deleted": True}}
    assert us.get("/2/dm_events") == {"meta": {"result_count": 0}}
    assert Client(x, port, "carla").get("/2/dm_events")["meta"] == {"result_count": 1}


def test_an_attachment_is_fetched_by_oauth_2_alone(x: XServer, us: Client, ours: Client) -> None:
    x.direct_message("carla", "demo", "", media=[Upload("image/png", PNG)])
    query = {"dm_event.fields": ALL_FIELDS, "expansions": "attachments.media_keys", "media.fields": "url"}
    event = us.get("/2/dm_events", **query)
    url = event["includes"]["media"][0]["url"]
    path = "/2/dm_conversations/media/" + url.partition("/dm/")[2]
    assert ours("GET", path).content == PNG
    assert us("GET", path).status_code == 403
    assert ours("GET", path + "x").status_code == 404


def test_others_conversations_are_not_ours_to_read(x: XServer, us: Client) -> None:
    message = x.direct_message("carla", "kim", "between us")
    assert us.get(f"/2/dm_conversations/{message.conversation}/dm_events") == {"meta": {"result_count": 0}}
    assert us("GET", f"/2/dm_events/{message.id}").status_code == 404
    assert us("POST", f"/2/dm_conversations/{message.conversation}/messages", json={"text": "hm"}).status_code == 403
