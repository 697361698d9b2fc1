"""Passing on: to a person or a team, with a note, without a moment in which nobody answers for it."""

from datetime import timedelta
from typing import Any

import pytest

from inbox.desk.along import Along
from inbox.desk.answers import set_answer
from inbox.desk.bulk import Asked, begin
from inbox.desk.ownership import responsible_for
from inbox.desk.pass_on import pass_on
from inbox.desk.people import switch_off
from inbox.desk.solve import solve
from inbox.desk.teams import close_team, make_team
from inbox.desk.undo_send import undo_send
from inbox.errors import AlreadyDone, Invalid, NotAllowed, TeamClosed
from inbox.models import BulkVerb, CannedAnswer, Conversation, Direction, Interval, Membership, Reason, Role, Team
from inbox.permissions import visible_to
from tests.inbox.desk_of_five import Desk, browser, history, program


@pytest.fixture
def conversation(desk: Desk) -> Conversation:
    return desk.problem()


def passed(desk: Desk, conversation: Conversation, **to: Any) -> Conversation:
    values = {"by": desk.sam, "note": "The customer has two lamps.", "reason": Reason.KNOWLEDGE, **to}
    return pass_on(conversation, now=desk.later(), **values)


def test_the_receiver_has_it_at_once_with_the_note(desk: Desk, conversation: Conversation) -> None:
    passed(desk, conversation, to=desk.ada)
    conversation.refresh_from_db()
    assert conversation.owner == responsible_for(conversation, desk.clock) == desk.ada
    present = Interval.objects.get(conversation=conversation, ended_at=None)
    assert (present.note, present.reason, present.by) == ("The customer has two lamps.", Reason.KNOWLEDGE, desk.sam)
    assert conversation.messages.get(direction=Direction.NOTE).text == "The customer has two lamps."


def test_a_teams_queue_is_answered_for_by_its_duty_lead(desk: Desk, conversation: Conversation) -> None:
    passed(desk, conversation, team=desk.elsewhere)
    conversation.refresh_from_db()
    assert (conversation.owner, conversation.team) == (None, desk.elsewhere)
    assert responsible_for(conversation, desk.clock) == desk.kim
    assert history(conversation) == [("queue", "opened", "passed_on"), ("queue", "passed_on", "")]


def test_nobody_passes_on_to_himself_what_is_not_his(desk: Desk, conversation: Conversation) -> None:
    with pytest.raises(Invalid):
        passed(desk, conversation, to=desk.sam)
    passed(desk, conversation, to=desk.ada)
    with pytest.raises(Invalid):
        passed(desk, conversation, to=desk.sam)


def test_who_had_it_once_may_still_read_it(desk: Desk, conversation: Conversation) -> None:
    passed(desk, conversation, to=desk.ada)
    passed(desk, conversation, team=desk.elsewhere, by=desk.ada)
    assert conversation in visible_to(desk.ada)
    assert conversation not in visible_to(desk.sam)


def test_somebody_of_another_team_takes_it_there(desk: Desk, conversation: Conversation) -> None:
    Membership.objects.filter(agent=desk.max).delete()
    Membership.objects.create(agent=desk.max, team=desk.elsewhere, role=Role.AGENT)
    passed(desk, conversation, to=desk.max)
    conversation.refresh_from_db()
    assert (conversation.owner, conversation.team) == (desk.max, desk.elsewhere)


@pytest.mark.parametrize("note", ["", "  \n", "\x00"])
def test_without_a_note_it_is_refused(desk: Desk, conversation: Conversation, note: str) -> None:
    with pytest.raises(Invalid):
        passed(desk, conversation, to=desk.ada, note=note)


def test_to_nobody_it_is_refused(desk: Desk, conversation: Conversation) -> None:
    with pytest.raises(Invalid):
        passed(desk, conversation)


def test_to_one_who_may_not_answer_it_is_refused(desk: Desk, conversation: Conversation) -> None:
    with pytest.raises(NotAllowed):
        passed(desk, conversation, to=desk.kim)


def test_to_one_who_is_switched_off_it_is_refused(desk: Desk, conversation: Conversation) -> None:
    switch_off(desk.ada, by=desk.kim, now=desk.later())
    desk.ada.refresh_from_db()
    with pytest.raises(NotAllowed):
        passed(desk, conversation, to=desk.ada)


def test_to_who_has_it_already_it_is_refused_and_leaves_no_note(desk: Desk, conversation: Conversation) -> None:
    passed(desk, conversation, to=desk.ada)
    with pytest.raises(AlreadyDone):
        passed(desk, conversation, to=desk.ada)
    assert conversation.messages.filter(direction=Direction.NOTE).count() == 1


def test_what_is_solved_is_not_passed_on(desk: Desk, conversation: Conversation) -> None:
    solve(conversation, by=desk.sam, now=desk.later())
    with pytest.raises(AlreadyDone):
        passed(desk, conversation, to=desk.ada)
    assert not conversation.messages.filter(direction=Direction.NOTE).exists()


@pytest.fixture
def closed(desk: Desk) -> Team:
    team = make_team("Returns", lead=desk.max, by=desk.kim, now=desk.later())
    Membership.objects.create(agent=desk.ada, team=team, role=Role.AGENT)
    close_team(team, by=desk.kim, now=desk.later())
    return team


def test_nothing_is_passed_on_to_a_team_that_is_closed(desk: Desk, conversation: Conversation, closed: Team) -> None:
    for to in ({"team": closed}, {"team": closed, "to": desk.ada}):
        with pytest.raises(TeamClosed, match="The team Returns is closed"):
            passed(desk, conversation, **to)
    assert not conversation.messages.filter(direction=Direction.NOTE).exists()
    conversation.refresh_from_db()
    assert conversation.team == desk.team


def test_no_way_leads_to_a_team_that_is_closed(desk: Desk, conversation: Conversation, closed: Team) -> None:
    words: dict[str, Any] = {"reason": "knowledge", "note": "You know lamps."}
    page = browser(desk.ada).post(f"/c/open/{conversation.number}/pass-on/", {"to": f"team:{closed.pk}", **words})
    assert "The team Returns is closed" in page.content.decode()
    at = f"/api/v1/conversations/{conversation.number}/pass-on/"
    answer = program(desk.ada).post(at, {"team": closed.pk, **words}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "team_closed")
    with pytest.raises(TeamClosed):
        desk.answers(conversation, along=Along(to=closed, **words))
    with pytest.raises(TeamClosed):
        begin(BulkVerb.PASS_ON, [conversation.pk], by=desk.ada, now=desk.later(), asked=Asked(team=closed.pk, **words))
    canned = CannedAnswer(name="x", text="x", owner=desk.ada, to_team=closed, **words)
    with pytest.raises(TeamClosed):
        set_answer(canned, by=desk.ada, now=desk.later())


def test_what_was_passed_on_out_of_a_team_that_closed_stays_where_it_went(desk: Desk) -> None:
    conversation = desk.problem(channel=desk.channel_elsewhere)
    Membership.objects.create(agent=desk.ada, team=desk.elsewhere, role=Role.AGENT)
    words: dict[str, Any] = {"reason": "knowledge", "note": "You know lamps."}
    said = desk.answers(conversation, along=Along(to=desk.team, **words), undo=timedelta(seconds=10))
    Team.objects.filter(pk=desk.elsewhere.pk).update(closed_at=desk.clock)
    undo_send(said, by=desk.ada, now=desk.clock)
    conversation.refresh_from_db()
    assert conversation.team == desk.team
