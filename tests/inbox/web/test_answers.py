"""Canned answers in a browser: their pages, the list by `/`, and the chips of what sending does besides."""

from typing import Any

from inbox.models import CannedAnswer, Conversation, Reason, State
from tests.inbox.desk_of_five import Desk, browser, mail, reference_of

FORM = {"name": "Broken lamp", "text": "Hello {{customer|there}}, a new lamp comes.", "whose": "mine"}


def kept(desk: Desk, **more: Any) -> CannedAnswer:
    values = {"name": "Broken lamp", "text": "Hello {{customer|there}}.", "owner": desk.ada, **more}
    return CannedAnswer.objects.create(changed_at=desk.clock, **values)


def sends(desk: Desk, conversation: Conversation, **more: Any) -> Any:
    form = {"text": "A new lamp comes.", "seen_up_to": str(conversation.last_message), **more}
    return browser(desk.ada).post(f"/c/open/{conversation.number}/reply/", form)


def test_an_agent_makes_changes_and_removes_his_own(desk: Desk) -> None:
    ada = browser(desk.ada)
    assert ada.get("/answers/new/").status_code == 200
    more = {"tags": "lamp, red", "to": f"team:{desk.elsewhere.pk}", "reason": "topic", "note": "Sales knows."}
    assert ada.post("/answers/new/", {**FORM, **more}).status_code == 302
    made = CannedAnswer.objects.get()
    assert (made.owner, made.tags, made.to_team, made.reason) == (desk.ada, ["lamp", "red"], desk.elsewhere, "topic")
    page = ada.get(f"/answers/{made.pk}/").content.decode()
    assert 'value="lamp, red"' in page
    assert f'value="team:{desk.elsewhere.pk}" selected' in page
    assert ada.post(f"/answers/{made.pk}/", {**FORM, "then": "solved"}).status_code == 302
    made.refresh_from_db()
    assert (made.tags, made.to_team, made.reason, made.then) == ([], None, "", State.SOLVED)
    assert "is passed on" not in ada.get("/answers/").content.decode()
    assert ada.post(f"/answers/{made.pk}/remove/").status_code == 302
    assert not CannedAnswer.objects.exists()


def test_a_supervisor_writes_for_his_team_and_an_agent_is_not_even_asked(desk: Desk) -> None:
    for_team = {**FORM, "whose": f"team:{desk.team.pk}"}
    assert "Select a valid choice" in browser(desk.ada).post("/answers/new/", for_team).content.decode()
    assert browser(desk.sam).post("/answers/new/", for_team).status_code == 302
    made = CannedAnswer.objects.get()
    assert made.team == desk.team
    assert browser(desk.ada).get(f"/answers/{made.pk}/").status_code == 403
    assert browser(desk.ada).post(f"/answers/{made.pk}/remove/").status_code == 403


def test_of_a_colleagues_own_nobody_learns(desk: Desk) -> None:
    mine = kept(desk)
    assert browser(desk.sam).get(f"/answers/{mine.pk}/").status_code == 404
    assert "Broken lamp" not in browser(desk.sam).get("/answers/").content.decode()


def test_what_cannot_be_saved_says_why_beside_the_text(desk: Desk) -> None:
    ada = browser(desk.ada)
    unknown = ada.post("/answers/new/", {**FORM, "text": "{{name|there}}"}).content.decode()
    assert "Nothing is called “name” here. These are: number" in unknown
    rude = ada.post("/answers/new/", {**FORM, "text": "Please call our hotline."}).content.decode()
    assert "He has already written to us. Do not send him elsewhere." in rude
    assert not CannedAnswer.objects.exists()


def test_the_list_shows_them_filled_in(desk: Desk) -> None:
    conversation = desk.problem()
    kept(desk)
    kept(desk, name="Invoice")
    shown = browser(desk.ada).get(f"/c/open/{conversation.number}/answers/?q=lam").content.decode()
    assert "Hello Carla." in shown
    assert "Invoice" not in shown


def test_choosing_one_brings_its_text_and_what_it_does(desk: Desk) -> None:
    conversation = desk.problem()
    one = kept(desk, tags=["lamp"], to_agent=desk.sam, reason=Reason.RIGHTS, note="He may.")
    shown = browser(desk.ada).get(f"/c/open/{conversation.number}/answers/{one.pk}/").content.decode()
    assert 'data-text="Hello Carla."' in shown
    assert 'name="tags" value="lamp"' in shown
    assert f'name="to" value="agent:{desk.sam.pk}"' in shown
    assert "goes to Sam" in shown


def test_what_stands_beside_the_text_is_done_with_it(desk: Desk) -> None:
    conversation = desk.problem()
    assert sends(desk, conversation, answer=1, tags=["lamp", "red"], after="solved").status_code == 302
    conversation.refresh_from_db()
    assert (conversation.tags, conversation.state) == (["lamp", "red"], State.SOLVED)


def test_another_way_to_send_goes_before_what_the_answer_says(desk: Desk) -> None:
    conversation = desk.problem()
    assert sends(desk, conversation, after="solved", then="open").status_code == 302
    conversation.refresh_from_db()
    assert conversation.state == State.OPEN


def test_a_refusal_keeps_what_stood_beside_the_text(desk: Desk) -> None:
    conversation = desk.problem()
    to = {"to": f"team:{desk.elsewhere.pk}", "reason": "topic", "note": "Sales knows."}
    desk.receives(mail("And it is red", parents=(reference_of(conversation.messages.get()),)))
    stopped = sends(desk, conversation, answer=3, tags=["lamp"], **to)
    shown = stopped.content.decode()
    assert stopped.status_code == 409
    kept_there = ('name="tags" value="lamp"', 'name="answer" value="3"', 'name="note" value="Sales knows."')
    assert all(each in shown for each in kept_there)
    assert 'data-mode="reply"' in shown  # what goes along with it is no note that he was writing


def test_a_receiver_who_is_not_there_sends_nothing(desk: Desk) -> None:
    conversation = desk.problem()
    stopped = sends(desk, conversation, to="team:999999", reason="topic", note="Sales knows.")
    assert stopped.status_code == 400
    assert conversation.messages.count() == 1
