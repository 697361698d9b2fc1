"""Canned answers: who writes them for whom, what they may name, and that all of one is done or nothing."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.desk import drafts
from inbox.desk.along import Along
from inbox.desk.answers import answers_of, offered, remove_answer, set_answer
from inbox.desk.filling import ALWAYS, PERHAPS, PLACE, filled, require_known
from inbox.desk.judge import AgainstGuidelines
from inbox.desk.take import accept
from inbox.desk.undo_send import undo_send
from inbox.errors import Invalid, NotAllowed
from inbox.models import (
    Activity,
    Agent,
    CannedAnswer,
    Conversation,
    Customer,
    Direction,
    Draft,
    Message,
    Mode,
    Reason,
    State,
)
from tests.inbox.desk_of_five import Desk, history


def written(desk: Desk, by: Agent | None = None, **more: Any) -> CannedAnswer:
    values = {"name": "Broken lamp", "text": "We send another one.", **more}
    return set_answer(CannedAnswer(**values), by=by or desk.ada, now=desk.later())


def test_an_agent_writes_his_own_a_supervisor_his_teams_and_a_manager_everybodys(desk: Desk) -> None:
    mine = written(desk, owner=desk.ada)
    teams = written(desk, by=desk.sam, team=desk.team)
    everybodys = written(desk, by=desk.max)
    assert set(answers_of(desk.ada)) == {mine, teams, everybodys}
    assert set(answers_of(desk.sam)) == {teams, everybodys}
    line = Activity.objects.filter(verb="canned_answer_set").latest("pk")
    assert (line.actor, line.data) == (desk.max, {"answer": everybodys.pk, "team": None})


@pytest.mark.parametrize(
    ("name", "whose"), [("ada", "team"), ("ada", "all"), ("sam", "all"), ("sam", "elsewhere"), ("sam", "adas")]
)
def test_nobody_writes_for_others_than_he_may(desk: Desk, name: str, whose: str) -> None:
    of: dict[str, dict[str, Any]] = {
        "team": {"team": desk.team},
        "all": {},
        "elsewhere": {"team": desk.elsewhere},
        "adas": {"owner": desk.ada},
    }
    with pytest.raises(NotAllowed):
        written(desk, by=getattr(desk, name), **of[whose])
    assert not CannedAnswer.objects.exists()


def test_who_may_not_write_for_a_team_cannot_make_its_answer_his_own(desk: Desk) -> None:
    teams = written(desk, by=desk.sam, team=desk.team)
    teams.owner, teams.team = desk.ada, None
    with pytest.raises(NotAllowed):
        set_answer(teams, by=desk.ada, now=desk.later())
    with pytest.raises(NotAllowed):
        remove_answer(CannedAnswer.objects.get(), by=desk.ada, now=desk.later())
    assert CannedAnswer.objects.get().team == desk.team


def test_one_that_is_removed_is_offered_no_more(desk: Desk) -> None:
    remove_answer(written(desk, owner=desk.ada), by=desk.ada, now=desk.later())
    assert not answers_of(desk.ada).exists()


def test_of_two_with_one_name_there_is_one_for_each_who_is_offered_it(desk: Desk) -> None:
    written(desk, owner=desk.ada)
    written(desk, by=desk.sam, owner=desk.sam)
    with pytest.raises(Invalid, match="of this name already"):
        written(desk, owner=desk.ada, name="BROKEN  lamp")


def test_what_begins_with_the_typed_words_stands_first_and_other_teams_are_left_out(desk: Desk) -> None:
    conversation = desk.problem()
    for name in ("A lamp", "Lamp, red", "Invoice"):
        written(desk, owner=desk.ada, name=name)
    written(desk, by=desk.sam, team=desk.team, name="Lampshade")
    CannedAnswer.objects.create(name="Lamp of sales", text="Yes", team=desk.elsewhere, changed_at=desk.clock)
    names = [each.name for each in offered(conversation, "lamp", to=desk.ada)]
    assert names == ["Lamp, red", "Lampshade", "A lamp"]


def test_places_are_filled_with_what_is_known_and_with_what_stands_for_it_else(desk: Desk) -> None:
    conversation = desk.problem()
    text = "Hello {{customer|there}}, {{ number }} about {{topic|your lamp}}. {{agent}}, {{team}}, {{brand}}"
    said = f"Hello Carla, {conversation.label} about your lamp. Ada, Support, Example"
    assert filled(text, conversation, by=desk.ada) == said


def test_what_a_customer_calls_himself_is_never_read_as_a_place(desk: Desk) -> None:
    conversation = desk.problem()
    Customer.objects.update(name="{{agent}} {{7*7}}")
    conversation.refresh_from_db()
    assert filled("{{customer|there}}!", conversation, by=desk.ada) == "{{agent}} {{7*7}}!"


@pytest.mark.parametrize("text", ["{{name|there}}", "{{customer}}", "{{customer|}}", "{{agent", "agent}}", "{{a|b|c}}"])
def test_a_place_that_cannot_be_filled_is_refused_when_it_is_saved(desk: Desk, text: str) -> None:
    with pytest.raises(Invalid):
        written(desk, owner=desk.ada, text=text)


@given(st.lists(st.sampled_from(["{{", "}}", "{", "}", "|", "agent", "customer", "x", " "])).map("".join))
def test_of_what_is_saved_no_braces_are_sent_as_they_stand(text: str) -> None:
    try:
        require_known(text)
    except Invalid:
        return
    assert "{{" not in PLACE.sub("", text)
    assert "}}" not in PLACE.sub("", text)
    assert all(place[1] in (*ALWAYS, *PERHAPS) for place in PLACE.finditer(text))


def test_a_guideline_judges_it_when_it_is_saved(desk: Desk) -> None:
    with pytest.raises(AgainstGuidelines):
        written(desk, owner=desk.ada, text="Please call our hotline.")


@pytest.mark.parametrize(
    "more",
    [
        {"name": " "},
        {"text": " "},
        {"tags": ["x" * 51]},
        {"tags": [str(n) for n in range(21)]},
        {"reason": Reason.TOPIC},
        {"note": "For you"},
        {"reason": Reason.TOPIC, "note": "For you", "then": State.SOLVED},
    ],
)
def test_half_of_an_answer_is_none(desk: Desk, more: dict[str, Any]) -> None:
    to: dict[str, Any] = {} if {"name", "text", "tags"} & set(more) else {"to_team": desk.elsewhere}
    with pytest.raises(Invalid):
        written(desk, owner=desk.ada, **to, **more)


def goes_to(desk: Desk, **more: Any) -> Along:
    return Along(**{"to": desk.elsewhere, "reason": Reason.TOPIC, "note": "A matter of sales.", **more})


def test_tags_the_state_and_the_receiver_come_with_the_answer(desk: Desk) -> None:
    conversation = desk.problem()
    desk.answers(conversation, along=goes_to(desk, tags=["lamp", "#red", "lamp"], answer=7))
    conversation.refresh_from_db()
    assert (conversation.tags, conversation.team, conversation.owner) == (["lamp", "red"], desk.elsewhere, None)
    assert conversation.state == State.OPEN
    assert conversation.messages.filter(direction=Direction.NOTE).get().text == "A matter of sales."
    assert [step[1:] for step in history(conversation)][-1] == ("passed_on", "")
    verbs = list(Activity.objects.filter(conversation=conversation).values_list("verb", flat=True))
    assert verbs.index("replied") < verbs.index("tagged") < verbs.index("canned_answer_used") < verbs.index("noted")


@pytest.mark.parametrize(
    ("more", "then"),
    [
        ({"note": ""}, State.PENDING),
        ({"reason": "x"}, State.PENDING),
        ({"tags": ["x" * 51]}, State.PENDING),
        ({}, State.SOLVED),
    ],
)
def test_what_cannot_be_done_besides_sends_nothing(desk: Desk, more: dict[str, Any], then: State) -> None:
    conversation = desk.problem()
    with pytest.raises(Invalid):
        desk.answers(conversation, along=goes_to(desk, **more), then=then)
    conversation.refresh_from_db()
    assert (conversation.tags, conversation.team, conversation.state) == ([], desk.team, State.OPEN)
    assert not Message.objects.filter(direction=Direction.OUTGOING).exists()


def test_an_answer_that_is_taken_back_takes_its_tags_back_and_no_others(desk: Desk) -> None:
    conversation = desk.problem()
    Conversation.objects.update(tags=["vip", "lamp"])
    said = desk.answers(conversation, along=Along(tags=["lamp", "red"]), undo=timedelta(seconds=10))
    undo_send(said, by=desk.ada, now=desk.clock)
    conversation.refresh_from_db()
    assert conversation.tags == ["vip", "lamp"]


PASSING = {"to": ["team:2"], "reason": ["topic"], "note": ["A matter of sales."]}


def passes_on_with_it(desk: Desk, **more: Any) -> Message:
    """Ada passes it on with her answer, and may still take that back."""
    beside = {"tags": ["lamp"], "after": ["open"], "answer": ["7"], "cc": ["kim@example.org", ""], **PASSING}
    draft: dict[str, Any] = {"cc": ["kim@example.org"], "beside": beside, "then": State.OPEN}
    said = desk.answers(desk.problem(), along=goes_to(desk, **more), undo=timedelta(seconds=10), **draft)
    return Message.objects.get(pk=said.pk)


def draft_of(desk: Desk) -> Draft:
    return Draft.objects.get(agent=desk.ada, mode=Mode.REPLY)


def test_who_takes_his_answer_back_takes_back_that_it_was_passed_on_with_it(desk: Desk) -> None:
    said = passes_on_with_it(desk)
    assert undo_send(said, by=desk.ada, now=desk.clock) == "We will help."
    conversation = Conversation.objects.get()
    assert (conversation.team, conversation.owner, conversation.state) == (desk.team, desk.ada, State.OPEN)
    assert not conversation.messages.filter(direction=Direction.NOTE, withdrawn_at=None).exists()
    assert [step[1] for step in history(conversation)][-2:] == ["passed_on", "given_back"]
    assert draft_of(desk).text == "We will help."
    assert draft_of(desk).beside == {
        "tags": ["lamp"],
        "after": ["open"],
        "answer": ["7"],
        "cc": ["kim@example.org", ""],
        **PASSING,
    }
    desk.answers(conversation, along=goes_to(desk))
    conversation.refresh_from_db()
    assert conversation.team == desk.elsewhere


def test_who_has_accepted_it_keeps_it_and_it_is_not_passed_on_twice(desk: Desk) -> None:
    said = passes_on_with_it(desk, to=desk.sam)
    conversation = Conversation.objects.get()
    accept(conversation, by=desk.sam, now=desk.clock)
    undo_send(said, by=desk.ada, now=desk.clock)
    conversation.refresh_from_db()
    assert conversation.owner == desk.sam
    assert conversation.messages.filter(direction=Direction.NOTE, withdrawn_at=None).exists()
    assert set(draft_of(desk).beside) == {"tags", "after", "answer", "cc"}


def test_what_was_begun_since_follows_what_is_taken_back(desk: Desk) -> None:
    conversation = desk.problem()
    beside = {"cc": ["kim@example.org"], "tags": ["lamp"], "after": ["solved"]}
    said = desk.answers(conversation, undo=timedelta(seconds=10), beside=beside)
    begun = {"cc": ["max@example.org"], "tags": ["lamp", "red"], "after": ["open"], "to": ["team:2"]}
    drafts.keep(conversation, Mode.REPLY, "And", beside=begun, seen_up_to=said.pk, by=desk.ada, now=desk.clock)
    undo_send(said, by=desk.ada, now=desk.clock, begun="And then ")
    assert draft_of(desk).text == "We will help.\n\nAnd then"
    assert draft_of(desk).beside == {
        "cc": ["kim@example.org", "max@example.org"],
        "tags": ["lamp", "red"],
        "after": ["solved"],
        "to": ["team:2"],
    }


def test_the_draft_that_was_kept_follows_where_no_screen_tells_of_one(desk: Desk) -> None:
    conversation = desk.problem()
    said = desk.answers(conversation, undo=timedelta(seconds=10))
    drafts.keep(conversation, Mode.REPLY, "And then", seen_up_to=said.pk, by=desk.ada, now=desk.clock)
    undo_send(said, by=desk.ada, now=desk.clock)
    assert draft_of(desk).text == "We will help.\n\nAnd then"
