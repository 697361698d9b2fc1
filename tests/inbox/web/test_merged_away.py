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


def test_who_may_only_read_where_it_went_has_no_draft_there(desk: Desk, gone: Conversation) -> None:
    into = goes(desk, gone)
    mentions(into, desk.ada)
    hand(locked(into), now=desk.later(), cause=Cause.ROUTED, owner=None, team=desk.elsewhere)
    shown = sends(desk, gone, text="We send one.").content.decode()
    assert "We send one.</textarea>" in shown
    assert "Your text is kept: it is your draft there." not in shown
    assert drafts.of(into, desk.ada) == {}


def test_that_it_is_part_of_another_one_is_said_before_a_guideline_is(desk: Desk, gone: Conversation) -> None:
    into = goes(desk, gone)
    answer = sends(desk, gone, text="Please call our hotline.")
    assert f"This is part of {into.label} now: nothing has been sent" in answer.content.decode()
    assert drafts.of(into, desk.ada)[Mode.REPLY].text == "Please call our hotline."


def test_whatever_refuses_it_the_text_is_not_lost(desk: Desk, gone: Conversation) -> None:
    into = goes(desk, gone)
    mentions(gone, desk.ada)
    Conversation.objects.filter(pk=gone.pk).update(team=desk.elsewhere)
    answer = sends(desk, gone, text="We send one.")
    assert answer.status_code == 403
    assert "We send one.</textarea>" in answer.content.decode()
    assert drafts.of(into, desk.ada)[Mode.REPLY].text == "We send one."


def test_an_act_without_words_is_refused_without_a_word_about_a_text(desk: Desk, gone: Conversation) -> None:
    goes(desk, gone)
    shown = browser(desk.ada).post(f"/c/open/{gone.number}/take/").content.decode()
    assert "Your text is kept" not in shown
    assert "What you wrote here" not in shown


def keeps(desk: Desk, conversation: Conversation, text: str) -> int:
    """What the composer does while Ada types in a page that was drawn before the merge."""
    form = {"mode": "reply", "text": text, "seen_from": str(conversation.last_message)}
    return browser(desk.ada).post(f"/c/open/{conversation.number}/draft/", form).status_code


def test_what_is_typed_on_is_her_draft_where_it_went_as_it_reads_last(desk: Desk, gone: Conversation) -> None:
    assert keeps(desk, gone, "We send") == 204
    into = goes(desk, gone)
    for text in ("We send one.", "Yes, we send one."):
        assert keeps(desk, gone, text) == 204
        assert drafts.of(into, desk.ada)[Mode.REPLY].text == text
    assert drafts.of(gone, desk.ada) == {}


def test_what_is_typed_on_leaves_what_she_had_begun_there(desk: Desk, gone: Conversation) -> None:
    into = desk.problem("Another lamp")
    keeps(desk, into, "It is red.")
    merge(gone, into, by=desk.sam, now=desk.later())
    for text in ("We send one.", "Yes, we send one."):
        keeps(desk, gone, text)
    assert drafts.of(into, desk.ada)[Mode.REPLY].text == "It is red.\n\nYes, we send one."


def test_what_was_carried_there_from_two_stands_there_twice(desk: Desk, gone: Conversation) -> None:
    into = goes(desk, gone)
    third = desk.problem("A third lamp")
    merge(third, into, by=desk.sam, now=desk.later())
    keeps(desk, gone, "We send one.")
    keeps(desk, third, "We send two.")
    assert drafts.of(into, desk.ada)[Mode.REPLY].text == "We send one.\n\nWe send two."


def test_what_cannot_be_a_draft_there_stays_in_the_browser(desk: Desk, gone: Conversation) -> None:
    into = goes(desk, gone)
    hand(locked(into), now=desk.later(), cause=Cause.ROUTED, owner=None, team=desk.elsewhere)
    mentions(gone, desk.ada)
    assert keeps(desk, gone, "We send one.") == 409
    assert (drafts.of(into, desk.ada), drafts.of(gone, desk.ada)) == ({}, {})


def test_what_she_sent_before_the_merge_does_not_come_back_as_a_draft(desk: Desk, gone: Conversation) -> None:
    desk.answers(gone)
    into = goes(desk, gone)
    form = {"mode": "reply", "text": "We will", "seen_from": "0"}
    assert browser(desk.ada).post(f"/c/open/{gone.number}/draft/", form).status_code == 409
    assert drafts.of(into, desk.ada) == {}


def test_a_draft_of_who_may_not_work_there_stays_and_stands_before_him(desk: Desk, gone: Conversation) -> None:
    keeps(desk, gone, "We send one.")
    desk.sam.memberships.create(team=desk.elsewhere, role="supervisor")
    into = desk.problem("Another lamp", channel=desk.channel_elsewhere)
    merge(gone, into, by=desk.sam, now=desk.later())
    assert drafts.of(into, desk.ada) == {}
    shown = browser(desk.ada).get(f"/c/open/{gone.number}/").content.decode()
    assert "readonly>We send one.</textarea>" in shown


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
