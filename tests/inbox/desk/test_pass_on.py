"""Passing on: to a person or a team, with a note, without a moment in which nobody answers for it."""

from typing import Any

import pytest

from inbox.desk.ownership import responsible_for
from inbox.desk.pass_on import pass_on
from inbox.desk.people import switch_off
from inbox.desk.solve import solve
from inbox.errors import AlreadyDone, Invalid, NotAllowed
from inbox.models import Conversation, Direction, Interval, Membership, Reason, Role
from inbox.permissions import visible_to
from tests.inbox.desk_of_five import Desk, history


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
