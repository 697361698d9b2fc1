"""Who may only read a conversation is offered nothing that he would be refused, and told why."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inbox.desk import drafts
from inbox.desk.ownership import hand, locked
from inbox.desk.pass_on import pass_on
from inbox.desk.solve import solve
from inbox.desk.tag import tag
from inbox.desk.take import take
from inbox.models import Agent, Cause, Conversation, DeliveryState, Mode, Reason, Topic
from tests.inbox.desk_of_five import Desk, browser, delivery_of, mentions, set_state

ACTS = ("reply", "note", "draft", "solve", "take", "menu", "tags", "topic", "collect", "open")
WHY = "You may read this, and no more: it is with Sales, and Kim is responsible."


@pytest.fixture
def theirs(desk: Desk) -> Conversation:
    conversation = desk.problem(channel=desk.channel_elsewhere)
    conversation.topic = Topic.objects.create(name="Lamps", collect=["colour"])
    conversation.tags = ["glass"]
    conversation.save(update_fields=["topic", "tags"])
    mentions(conversation, desk.ada)
    return conversation


def pages(agent: Agent, conversation: Conversation) -> str:
    """All that he is shown of it."""
    here, ada = f"/c/open/{conversation.number}/", browser(agent)
    answers = [ada.get(here), ada.get(f"{here}side/"), ada.get(f"/promises/{conversation.number}/")]
    return "".join(answer.content.decode() for answer in answers)


def test_who_is_named_in_another_teams_conversation_may_read_and_is_told_so(desk: Desk, theirs: Conversation) -> None:
    shown = pages(desk.ada, theirs)
    offered = [act for act in ACTS if f"/{theirs.number}/{act}/" in shown]
    assert offered == []
    assert WHY in shown
    assert [words for words in ("glass", "colour", "Lamps") if words not in shown] == []
    assert "Promised by" not in shown


def test_who_works_there_is_offered_it_all(desk: Desk) -> None:
    conversation = desk.problem()
    shown = pages(desk.ada, conversation)
    missing = {act for act in ACTS if f"/{conversation.number}/{act}/" not in shown}
    assert missing == {"collect", "open"}  # nothing is to be collected, and it is open
    assert "You may read this" not in shown


def test_who_has_it_may_work_on_it_whatever_team_it_is_in(desk: Desk, theirs: Conversation) -> None:
    desk.sam.memberships.create(team=desk.elsewhere, role="supervisor")
    take(theirs, by=desk.sam, now=desk.later())
    pass_on(theirs, by=desk.sam, now=desk.later(), to=desk.ada, note="You know", reason=Reason.KNOWLEDGE)
    theirs.refresh_from_db()
    tag(theirs, ["lamp"], by=desk.ada, now=desk.later())
    assert f"/{theirs.number}/reply/" in pages(desk.ada, theirs)


@pytest.mark.parametrize(
    ("act", "form"), [("reply", {"text": "We send one.", "seen_up_to": "9"}), ("note", {"note": "We send one."})]
)
def test_who_may_not_work_there_any_more_is_told_so_and_keeps_his_text_before_him(
    desk: Desk, theirs: Conversation, act: str, form: dict[str, str]
) -> None:
    answer = browser(desk.ada).post(f"/c/open/{theirs.number}/{act}/", form)
    shown = answer.content.decode()
    assert answer.status_code == 403
    assert "You may not do this here." in shown
    assert "readonly>We send one.</textarea>" in shown
    assert f'action="/c/open/{theirs.number}/{act}/"' not in shown


def test_what_is_refused_to_a_reader_is_said_also_where_nothing_was_typed(desk: Desk, theirs: Conversation) -> None:
    shown = browser(desk.ada).post(f"/c/open/{theirs.number}/take/").content.decode()
    assert "You may not do this here." in shown
    assert "What you wrote here" not in shown


@pytest.mark.parametrize("mode", list(Mode))
def test_what_he_had_begun_while_he_worked_there_stands_before_him(desk: Desk, mode: Mode) -> None:
    conversation = desk.problem()
    mentions(conversation, desk.ada)
    drafts.keep(conversation, mode, "We send one.", seen_up_to=0, by=desk.ada, now=desk.later())
    hand(locked(conversation), now=desk.later(), cause=Cause.ROUTED, owner=None, team=desk.elsewhere)
    conversation.refresh_from_db()
    assert "readonly>We send one.</textarea>" in pages(desk.ada, conversation)


def works_elsewhere(desk: Desk) -> Agent:
    desk.sam.memberships.create(team=desk.elsewhere, role="supervisor")
    return desk.sam


def test_of_what_is_solved_he_is_told_that_and_nobody_is_named_for_it(desk: Desk, theirs: Conversation) -> None:
    solve(theirs, by=works_elsewhere(desk), now=desk.later())
    shown = pages(desk.ada, theirs)
    assert "You may read this, and no more. It is solved." in shown
    assert WHY not in shown


def stretch_of(agent: Agent, conversation: Conversation) -> str:
    return browser(agent).get(f"/c/open/{conversation.number}/stretch/").content.decode()


@pytest.mark.parametrize(("state", "act"), [(DeliveryState.NEEDS_HUMAN, "/decide/"), (DeliveryState.HELD, "/undo/")])
def test_what_became_of_an_answer_is_decided_by_who_works_there_or_wrote_it(
    desk: Desk, theirs: Conversation, state: DeliveryState, act: str
) -> None:
    sending = delivery_of(desk.answers(theirs, by=works_elsewhere(desk)))
    set_state(sending, state)
    sending.refresh_from_db()
    sending.due_at = timezone.now() + timedelta(hours=1) if state == DeliveryState.HELD else None
    sending.save(update_fields=["due_at"])
    for offered in (pages, stretch_of):
        assert act in offered(desk.sam, theirs)
        assert act not in offered(desk.ada, theirs)
    sending.message.author = desk.ada
    sending.message.save(update_fields=["author"])
    for offered in (pages, stretch_of):
        assert (act in offered(desk.ada, theirs)) == (state == DeliveryState.HELD)
