"""Guidelines for programs: what holds, and a refusal that says what to do."""

from typing import Any

from inbox.models import Conversation, GuidelineCount, GuidelineVersion, IdempotencyKey, Override
from tests.inbox.desk_of_five import Desk, program

ELSEWHERE = "Please call our hotline."


def sends(desk: Desk, conversation: Conversation, text: str = ELSEWHERE, key: str = "1", **more: Any) -> Any:
    body = {"text": text, "seen_up_to": conversation.last_message, **more}
    address = f"/api/v1/conversations/{conversation.number}/reply/"
    return program(desk.ada).post(address, body, content_type="application/json", headers={"Idempotency-Key": key})


def test_all_that_are_in_use_can_be_read(desk: Desk) -> None:
    answer = program(desk.ada).get("/api/v1/guidelines/")
    assert answer.status_code == 200
    first = answer.json()[0]
    assert (first["kind"], first["number"], first["name"]) == ("block", 1, "Sending him elsewhere")
    assert (first["channels"], first["teams"]) == ([], [])
    assert first["phrases"]


def test_who_reads_no_conversations_reads_none_of_them(desk: Desk) -> None:
    assert program(desk.kim).get("/api/v1/guidelines/").status_code == 403


def test_a_refusal_names_what_stands_in_the_way_and_counts_once(desk: Desk) -> None:
    answer = sends(desk, desk.problem())
    version = GuidelineVersion.objects.earliest("pk")
    assert answer.status_code == 409
    body = answer.json()
    assert body["code"] == "against_guidelines"
    assert body["guidelines"] == [
        {
            "id": version.pk,
            "kind": "block",
            "name": "Sending him elsewhere",
            "words": "call our hotline",
            "reason": "He has already written to us. Do not send him elsewhere.",
            "better": "I pass this on myself and answer you here.",
            "in_signature": False,
        }
    ]
    assert GuidelineCount.objects.get().times == 1
    assert not IdempotencyKey.objects.exists()


def test_it_goes_out_with_a_reason_which_is_read_with_the_message(desk: Desk) -> None:
    conversation, version = desk.problem(), GuidelineVersion.objects.earliest("pk")
    why: dict[str, Any] = {"guidelines_seen": [version.pk], "override_reason": "law", "override_words": "The form"}
    answer = sends(desk, conversation, **why)
    assert answer.status_code == 201
    kept = [{"guideline": version.pk, "override_reason": "law", "override_words": "The form"}]
    assert answer.json()["overrides"] == kept
    said = program(desk.sam).get(f"/api/v1/conversations/{conversation.number}/messages/").json()["results"]
    assert [message["overrides"] for message in said] == [[], kept]


def test_a_reason_that_is_not_on_the_list_is_a_mistake(desk: Desk) -> None:
    answer = sends(desk, desk.problem(), guidelines_seen=[1], override_reason="boredom", override_words="Well")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert not Override.objects.exists()
