"""The API over conversations: the same verbs, the same refusals, nothing guessed."""

from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from inbox.desk.take import take
from inbox.models import Conversation, Delivery, DeliveryState, Direction, State
from tests.inbox.desk_of_five import Desk, answer_to, browser, delivery_of, program, reference_of, set_state
from tests.inbox.network import network, public

API = "/api/v1/"


@pytest.fixture
def conversation(desk: Desk) -> Conversation:
    return desk.problem()


@pytest.fixture
def ada(desk: Desk) -> Client:
    return program(desk.ada)


def post(client: Client, address: str, body: Any = None, key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(f"{API}{address}", body or {}, content_type="application/json", headers=headers)


def at(conversation: Conversation, what: str = "") -> str:
    return f"conversations/{conversation.number}/{what}"


def test_the_schema_describes_everything_without_a_warning(tmp_path: object) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", f"{tmp_path}/schema.yml")


def test_a_conversation_reads_as_it_is(desk: Desk, conversation: Conversation, ada: Client) -> None:
    found = ada.get(f"{API}{at(conversation)}").json()
    assert (found["number"], found["state"], found["subject"]) == (conversation.number, "open", "A broken lamp")
    assert found["customer"]["name"] == "Carla"
    assert (found["owner"], found["responsible"]["name"]) == (None, "Sam")
    assert found["team"] == {"id": desk.team.pk, "name": "Support"}
    assert (found["merged_into"], found["former"]) == (None, None)


def test_a_solved_conversation_tells_who_answered_for_it(desk: Desk, conversation: Conversation, ada: Client) -> None:
    desk.answers(conversation, then=State.SOLVED)
    assert ada.get(f"{API}{at(conversation)}").json()["responsible"]["name"] == "Ada"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"mine", "free", "waiting"}),
        ("view=mine", {"mine"}),
        ("view=queue", {"free"}),
        ("view=pending", {"waiting"}),
        ("state=open", {"mine", "free"}),
        ("state=solved", set()),
        ("owner={ada}", {"mine", "waiting"}),
        ("team={team}", {"mine", "free", "waiting"}),
        ("team={elsewhere}", set()),
        ("view=open&owner={ada}", {"mine"}),
    ],
)
def test_a_list_is_a_view_narrowed_by_known_names(desk: Desk, ada: Client, query: str, found: set[str]) -> None:
    take(desk.problem("mine"), by=desk.ada, now=desk.later())
    desk.problem("free")
    desk.answers(desk.problem("waiting"), "waiting")
    desk.problem("foreign", channel=desk.channel_elsewhere)
    query = query.format(ada=desk.ada.pk, team=desk.team.pk, elsewhere=desk.elsewhere.pk)
    rows = ada.get(f"{API}conversations/?{query}").json()["results"]
    assert {row["preview"] for row in rows} == found


def test_pages_meet_without_gap_or_double(desk: Desk, ada: Client) -> None:
    expected = [desk.problem(f"Problem {n}").number for n in range(5)][::-1]
    numbers: list[int] = []
    after: str | None = ""
    for _ in range(3):
        query = {"size": "2"} | ({"after": after} if after else {})
        page = ada.get(f"{API}conversations/", query).json()
        numbers += [row["number"] for row in page["results"]]
        after = page["after"]
    assert (numbers, after) == (expected, None)


@pytest.mark.parametrize(
    "query",
    [
        "order=id",
        "owner__password__startswith=a",
        "team=x",
        "state=nonsense",
        "view=all",
        "size=0",
        "size=101",
        "after=nonsense",
        "after=2026-01-01_5",
        "after=2026-01-01T00:00:00%2B00:00_99999999999999999999999",
        f"team={10**30}",
        "team=-1",
    ],
)
def test_a_query_that_is_not_understood_is_refused(desk: Desk, ada: Client, query: str) -> None:
    answer = ada.get(f"{API}conversations/?{query}")
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid"
    assert answer.json()["detail"]


def test_messages_come_oldest_first_page_by_page(desk: Desk, conversation: Conversation, ada: Client) -> None:
    first = conversation.messages.get()
    desk.receives(answer_to(reference_of(first)))
    desk.answers(conversation)
    page = ada.get(f"{API}{at(conversation, 'messages/')}?size=2").json()
    rest = ada.get(f"{API}{at(conversation, 'messages/')}?size=2&after={page['after']}").json()
    said = page["results"] + rest["results"]
    assert [m["direction"] for m in said] == ["incoming", "incoming", "outgoing"]
    assert (said[0]["sender"], said[2]["author"]["name"]) == ({"address": "carla@example.com", "name": "Carla"}, "Ada")
    assert said[2]["deliveries"][0]["state"] == "queued"
    assert rest["after"] is None


def test_a_reply_is_queued_and_waits_for_the_customer(desk: Desk, conversation: Conversation, ada: Client) -> None:
    body = {"text": "We will help.", "seen_up_to": conversation.last_message}
    answer = post(ada, at(conversation, "reply/"), body, key="1")
    assert answer.status_code == 201
    said = answer.json()
    assert (said["text"], said["deliveries"][0]["recipients"]) == ("We will help.", ["carla@example.com"])
    conversation.refresh_from_db()
    assert conversation.state == State.PENDING


def test_a_reply_past_news_is_refused_and_names_them(desk: Desk, conversation: Conversation, ada: Client) -> None:
    body = {"text": "We will help.", "seen_up_to": conversation.last_message}
    news = desk.receives(answer_to(reference_of(conversation.messages.get())))
    answer = post(ada, at(conversation, "reply/"), body, key="1")
    assert answer.status_code == 409
    assert (answer.json()["code"], answer.json()["messages"]) == ("something_new", [news.message])
    assert conversation.messages.filter(direction=Direction.OUTGOING).count() == 0


def test_a_reply_that_was_refused_may_be_sent_with_the_same_key(
    desk: Desk, conversation: Conversation, ada: Client
) -> None:
    body = {"text": "We will help.", "seen_up_to": 0}
    assert post(ada, at(conversation, "reply/"), body, key="1").status_code == 409
    body["seen_up_to"] = conversation.last_message
    assert post(ada, at(conversation, "reply/"), body, key="1").status_code == 201


def test_a_held_reply_is_taken_back_once(desk: Desk, conversation: Conversation, ada: Client) -> None:
    body = {"text": "Too soon", "seen_up_to": conversation.last_message}
    pk = post(ada, at(conversation, "reply/"), body, key="1").json()["id"]
    undo = at(conversation, f"messages/{pk}/undo/")
    assert post(ada, undo).json() == {"text": "Too soon"}
    assert post(ada, undo).status_code == 409
    page = ada.get(f"{API}{at(conversation, 'messages/')}").json()
    assert [m["direction"] for m in page["results"]] == ["incoming"]


def test_a_note_has_no_delivery(desk: Desk, conversation: Conversation, ada: Client) -> None:
    answer = post(ada, at(conversation, "note/"), {"text": "Ask @sam"}, key="1")
    assert (answer.status_code, answer.json()["deliveries"]) == (201, [])


def test_every_act_answers_with_the_conversation_after_it(desk: Desk, conversation: Conversation, ada: Client) -> None:
    assert post(ada, at(conversation, "take/")).json()["owner"]["name"] == "Ada"
    assert post(ada, at(conversation, "take/")).json()["code"] == "already_done"
    assert post(ada, at(conversation, "wait/")).json()["state"] == "pending"
    assert post(ada, at(conversation, "needs-us/")).json()["state"] == "open"
    until = "2126-01-01T00:00:00+00:00"
    assert post(ada, at(conversation, "wait/"), {"until": until}).json()["snoozed_until"] == "2126-01-01T00:00:00Z"
    assert post(ada, at(conversation, "wait/"), {"until": "2020-01-01T00:00:00Z"}).status_code == 400
    assert post(ada, at(conversation, "solve/")).json()["state"] == "solved"
    assert post(ada, at(conversation, "open/")).json()["state"] == "open"
    passed = post(ada, at(conversation, "pass-on/"), {"agent": desk.sam.pk, "note": "Yours", "reason": "time"})
    assert passed.json()["owner"]["name"] == "Sam"
    assert post(ada, at(conversation, "take-over/")).status_code == 403
    assert post(program(desk.sam), at(conversation, "accept/")).status_code == 200
    assert post(program(desk.max), at(conversation, "take-over/"), {"note": "Mine"}).json()["owner"]["name"] == "Max"


@pytest.mark.parametrize("to", [{}, {"agent": 10**9}, {"team": 10**9}])
def test_passing_on_to_nobody_is_refused(desk: Desk, conversation: Conversation, ada: Client, to: Any) -> None:
    answer = post(ada, at(conversation, "pass-on/"), {"note": "Yours", "reason": "time", **to})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


@pytest.mark.parametrize(("decision", "state"), [("arrived", "sent"), ("again", "queued"), ("discard", "cancelled")])
def test_a_person_decides_what_nobody_knows(
    desk: Desk, conversation: Conversation, ada: Client, decision: str, state: str
) -> None:
    delivery = delivery_of(desk.answers(conversation))
    set_state(delivery, DeliveryState.NEEDS_HUMAN)
    address = at(conversation, f"deliveries/{delivery.pk}/decide/")
    assert post(ada, address, {"decision": decision}).status_code == 200
    delivery.refresh_from_db()
    assert delivery.state == state
    assert post(ada, address, {"decision": "perhaps"}).status_code == 400


def test_unknown_fields_are_refused_wherever_a_body_is_read(
    desk: Desk, conversation: Conversation, ada: Client
) -> None:
    before = Conversation.objects.values().get()
    bodies: dict[str, dict[str, Any]] = {
        "reply/": {"text": "x", "seen_up_to": 10**6},
        "note/": {"text": "x"},
        "pass-on/": {"agent": desk.sam.pk, "note": "x", "reason": "time"},
        "take/": {},
        "solve/": {},
        "wait/": {},
        "accept/": {},
        "open/": {},
        "needs-us/": {},
        "take-over/": {},
        "pass-up/": {"note": "x", "reason": "rights"},
        "give-back/": {"note": "x"},
    }
    fields = {field.name for field in Conversation._meta.fields} | {"bcc", "is_staff", "channel_id", "owner_id", "by"}
    for address, body in bodies.items():
        for name in fields - {"team"} if address == "pass-on/" else fields:
            answer = post(ada, at(conversation, address), {**body, name: 1}, key="1")
            assert answer.status_code == 400, f"{address} took {name}"
            assert name in answer.json()["fields"]
    assert Conversation.objects.values().get() == before
    assert post(ada, "tokens/", {"name": "x", "agent": desk.sam.pk}).status_code in {400, 403}


@pytest.mark.parametrize("text", [r"\u0000", r"a\u0000b", r"\ud800"])
def test_text_that_cannot_be_stored_is_refused_not_a_crash(
    desk: Desk, conversation: Conversation, ada: Client, text: str
) -> None:
    answer = ada.post(
        f"{API}{at(conversation, 'note/')}",
        f'{{"text": "{text}"}}',
        content_type="application/json",
        headers={"Idempotency-Key": "1"},
    )
    assert answer.status_code == 400


@pytest.mark.parametrize("raw", ["", "nonsense", "[1]", '"text"', "null", '{"text": 5'])
def test_a_body_that_is_no_object_is_refused(desk: Desk, conversation: Conversation, ada: Client, raw: str) -> None:
    answer = ada.post(
        f"{API}{at(conversation, 'note/')}", raw, content_type="application/json", headers={"Idempotency-Key": "1"}
    )
    assert answer.status_code == 400
    assert set(answer.json()) >= {"code", "detail"}


def test_every_refusal_has_a_code_and_a_sentence(desk: Desk, conversation: Conversation, ada: Client) -> None:
    refused = [
        ada.get(f"{API}conversations/1/"),
        ada.put(f"{API}{at(conversation)}"),
        Client().get(f"{API}{at(conversation)}"),
        post(ada, at(conversation, "note/"), {"text": "x"}),
        ada.post(f"{API}{at(conversation, 'note/')}", "x", content_type="text/plain"),
    ]
    assert [answer.status_code for answer in refused] == [404, 405, 401, 400, 415]
    for answer in refused:
        assert set(answer.json()) == {"code", "detail"}, answer.content


def test_the_page_of_the_api_needs_nothing_from_outside(desk: Desk) -> None:
    answer = browser(desk.ada).get(f"{API}docs/")
    assert answer.status_code == 200
    assert b"<style" not in answer.content
    assert b"https://" not in answer.content
    assert "unsafe" not in answer["Content-Security-Policy"]
    script = browser(desk.ada).get(f"{API}docs/?script=")
    assert script["Content-Type"] == "application/javascript"


def test_a_reply_in_several_messages_is_sent_once_their_number_is_known(desk: Desk, ada: Client) -> None:
    received = desk.receives(public(), channel=network(desk))
    conversation = Conversation.objects.get(pk=received.conversation)
    body = {"text": "The lamp is on its way to you. " * 12, "seen_up_to": conversation.last_message}
    refused = post(ada, at(conversation, "reply/"), body, key="1")
    assert (refused.status_code, refused.json()["code"], refused.json()["parts"]) == (409, "parts_not_seen", 2)
    assert post(ada, at(conversation, "reply/"), {**body, "parts_seen": 2}, key="2").status_code == 201
    assert Delivery.objects.filter(conversation=conversation).count() == 2
