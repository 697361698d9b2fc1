"""What is written in a conversation that is part of another one by now: it is not sent, and it is not lost."""

from typing import Any

import pytest

from inbox.desk import drafts
from inbox.desk.merge import merge
from inbox.desk.ownership import hand, locked
from inbox.models import Cause, Conversation, Mode, Suggestion
from tests.inbox.desk_of_five import CARLA, Desk, browser, mentions, program

ALSO_CARLA = type(CARLA)(address="carla@example.org", name="Carla")


@pytest.fixture
def gone(desk: Desk) -> Conversation:
    return desk.problem("One lamp")


def goes(desk: Desk, gone: Conversation, **other: Any) -> Conversation:
    into = desk.problem("Another lamp", **other)
    Suggestion.objects.create(conversation=gone, other=into, hint="mentions")
    merge(gone, into, by=desk.sam if into.team == desk.team else desk.max, now=desk.later())
    return into


def sends(desk: Desk, gone: Conversation, **form: str) -> Any:
    return browser(desk.ada).post(f"/c/open/{gone.number}/reply/", {"seen_up_to": "999999", **form})


@pytest.mark.parametrize("then", ["pending", "open", "solved"])
def test_an_answer_stops_names_where_it_went_and_is_a_draft_there(desk: Desk, gone: Conversation, then: str) -> None:
    into = goes(desk, gone)
    answer = sends(desk, gone, text="We send one.", then=then, cc="kim@example.org")
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert f"This is part of {into.label} now: nothing has been sent" in shown
    assert f'href="/c/open/{into.number}/"' in shown
    assert "We send one.</textarea>" in shown
    kept = drafts.of(into, desk.ada)[Mode.REPLY]
    assert (kept.text, kept.beside["cc"]) == ("We send one.", ["kim@example.org"])
    assert drafts.of(gone, desk.ada) == {}


def test_what_was_kept_on_the_way_is_not_there_twice(desk: Desk, gone: Conversation) -> None:
    drafts.keep(gone, Mode.REPLY, "We send", seen_up_to=gone.last_message, by=desk.ada, now=desk.later())
    into = goes(desk, gone)
    sends(desk, gone, text="We send one.")
    assert drafts.of(into, desk.ada)[Mode.REPLY].text == "We send one."


def test_a_note_stops_and_is_a_draft_there(desk: Desk, gone: Conversation) -> None:
    into = goes(desk, gone)
    answer = browser(desk.ada).post(f"/c/open/{gone.number}/note/", {"note": "He called."})
    assert answer.status_code == 409
    assert "He called.</textarea>" in answer.content.decode()
    assert drafts.of(into, desk.ada)[Mode.NOTE].text == "He called."


def test_who_may_not_read_where_it_went_keeps_his_text_before_him(desk: Desk, gone: Conversation) -> None:
    into = goes(desk, gone)
    mentions(gone, desk.ada)
    hand(locked(into), now=desk.later(), cause=Cause.ROUTED, owner=None, team=desk.elsewhere)
    shown = sends(desk, gone, text="We send one.").content.decode()
    assert "We send one.</textarea>" in shown
    assert "Your text is kept: it is your draft there." not in shown
    assert drafts.of(into, desk.ada) == {}


@pytest.mark.parametrize(("what", "body"), [("reply", {"text": "x", "seen_up_to": 999_999}), ("note", {"text": "x"})])
def test_a_program_is_told_where_it_went(desk: Desk, gone: Conversation, what: str, body: dict[str, Any]) -> None:
    into = goes(desk, gone)
    answer = program(desk.ada).post(
        f"/api/v1/conversations/{gone.number}/{what}/",
        body,
        content_type="application/json",
        headers={"Idempotency-Key": "1"},
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "merged_away")
    assert into.label in answer.json()["detail"]


def test_what_a_merge_brought_is_shown_before_anything_is_sent(desk: Desk, gone: Conversation) -> None:
    into = desk.problem("Another lamp")
    page = browser(desk.ada).get(f"/c/open/{into.number}/").content.decode()
    assert 'name="seen_brought" value="0"' in page
    merge(gone, into, by=desk.sam, now=desk.later())
    form = {"text": "We send one.", "seen_up_to": str(into.last_message), "seen_brought": "0"}
    answer = browser(desk.ada).post(f"/c/open/{into.number}/reply/", form)
    shown = answer.content.decode()
    into.refresh_from_db()
    assert answer.status_code == 409
    assert "1 new message stands above." in shown
    assert "One lamp" in shown
    assert "We send one.</textarea>" in shown
    assert f'name="seen_brought" value="{into.last_brought}"' in shown
    again = browser(desk.ada).post(f"/c/open/{into.number}/reply/", {**form, "seen_brought": str(into.last_brought)})
    assert again.status_code == 302


def test_a_program_may_say_what_it_knows_of_merges(desk: Desk, gone: Conversation) -> None:
    into, ada = desk.problem("Another lamp"), program(desk.ada)
    at = f"/api/v1/conversations/{into.number}/"
    known = ada.get(at).json()
    merge(gone, into, by=desk.sam, now=desk.later())
    body = {"text": "x", "seen_up_to": known["last_message"], "seen_brought": known["last_brought"]}
    answer = ada.post(f"{at}reply/", body, content_type="application/json", headers={"Idempotency-Key": "1"})
    assert (answer.status_code, answer.json()["code"]) == (409, "something_new")


def test_a_suggestion_that_was_wrong_is_settled_by_who_may_and_stands_in_the_log(
    desk: Desk, gone: Conversation
) -> None:
    other = desk.problem("Another lamp", sender=ALSO_CARLA)
    suggestion = Suggestion.objects.create(conversation=gone, other=other, hint="mentions")
    mentions(gone, desk.kim)
    form, at = {"suggestion": str(suggestion.pk)}, f"/c/open/{gone.number}/"
    assert browser(desk.kim).post(f"{at}dismiss/", form).status_code == 403
    suggestion.refresh_from_db()
    assert suggestion.settled_at is None
    assert browser(desk.ada).post(f"{at}dismiss/", form).status_code == 302
    shown = browser(desk.ada).get(at).content.decode()
    assert "said that it does not belong to another conversation" in shown
    assert browser(desk.sam).post(f"{at}dismiss/", form).status_code == 409
