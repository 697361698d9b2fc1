"""Handing over: to whom he chose if that one is here, with a note, and never below its level."""

from datetime import timedelta

import pytest
from django.db import transaction

from escalation.handover import lines, move, prepare, propose
from escalation.models import Proposal
from inbox.desk.ownership import hand, locked
from inbox.desk.presence import come_on_shift, go_off_shift
from inbox.desk.solve import solve
from inbox.desk.take import take
from inbox.desk.teams import set_level
from inbox.errors import AlreadyDone, Invalid
from inbox.models import Agent, Cause, Conversation, Direction, Interval, Level, Membership, Message, Role
from tests.escalation.ladder_of_three import Ladder
from tests.inbox.desk_of_five import Desk, answer_to, history, reference_of
from tests.statements import statements


@pytest.fixture
def three(desk: Desk) -> Desk:
    """Ada, sam and max are on shift, and each answers in the team."""
    Membership.objects.create(agent=desk.max, team=desk.team, role=Role.AGENT)
    for agent in (desk.ada, desk.sam, desk.max):
        come_on_shift(agent, now=desk.later())
    return desk


def problems(desk: Desk, count: int = 1, owner: Agent | None = None) -> list[Conversation]:
    found = [desk.problem(f"Lamp {n}", subject=f"Lamp {n}") for n in range(count)]
    return [take(conversation, by=owner or desk.ada, now=desk.later()) for conversation in found]


def owner(conversation: Conversation) -> str:
    conversation.refresh_from_db()
    return conversation.owner.name if conversation.owner else "queue"


def why(conversation: Conversation) -> str:
    return str((Interval.objects.get(conversation=conversation, ended_at=None).why or {}).get("sentence"))


def test_a_list_proposes_somebody_for_each_and_spreads_them(three: Desk) -> None:
    problems(three, 4)
    assert prepare(three.ada, now=three.later()) == 4
    receivers = Proposal.objects.filter(agent=three.ada).values_list("receiver__name", flat=True)
    assert sorted(map(str, receivers)) == ["Max", "Max", "Sam", "Sam"]


def test_a_list_made_again_keeps_what_was_chosen_and_drops_what_is_over(three: Desk) -> None:
    first, second = problems(three, 2)
    prepare(three.ada, now=three.later())
    propose(first, by=three.ada, now=three.later(), receiver=None, note="Call her at six.")
    solve(second, by=three.ada, now=three.later())
    problems(three, 1)
    prepare(three.ada, now=three.later())
    kept = Proposal.objects.get(conversation=first)
    assert (kept.receiver, kept.note) == (None, "Call her at six.")
    assert Proposal.objects.count() == 2


def test_it_goes_to_whom_he_chose_with_his_note(three: Desk) -> None:
    (problem,) = problems(three)
    propose(problem, by=three.ada, now=three.later(), receiver=three.max, note="She waits for a call at six.")
    go_off_shift(three.ada, now=three.later())
    assert move(three.ada, now=three.later(), cause=Cause.SHIFT_END) == 1
    assert history(problem)[-1] == ("Max", Cause.SHIFT_END, "")
    present = Interval.objects.get(conversation=problem, ended_at=None)
    assert (present.note, present.accepted_at) == ("She waits for a call at six.", None)
    note = Message.objects.get(conversation=problem, direction=Direction.NOTE)
    assert (note.text, note.author) == ("She waits for a call at six.", three.ada)
    assert not Proposal.objects.exists()


def test_whom_he_chose_has_gone_himself_so_routing_finds_another(three: Desk) -> None:
    (problem,) = problems(three)
    propose(problem, by=three.ada, now=three.later(), receiver=three.max, note="")
    for agent in (three.max, three.ada):
        go_off_shift(agent, now=three.later())
    move(three.ada, now=three.later(), cause=Cause.SHIFT_END)
    assert owner(problem) == "Sam"
    assert why(problem).startswith("Has least to do")
    assert not Message.objects.filter(conversation=problem, direction=Direction.NOTE).exists()


def test_nobody_gets_more_than_he_has_room_for(three: Desk) -> None:
    Agent.objects.filter(pk__in=[three.sam.pk, three.max.pk]).update(capacity=2)
    found = problems(three, 6)
    for problem in found:
        propose(problem, by=three.ada, now=three.later(), receiver=three.max, note="")
    go_off_shift(three.ada, now=three.later())
    assert move(three.ada, now=three.later(), cause=Cause.ABSENCE) == 6
    assert sorted(owner(problem) for problem in found) == ["Max", "Max", "Sam", "Sam", "queue", "queue"]


def test_what_waits_for_the_customer_stays(three: Desk) -> None:
    waits, goes = problems(three, 2)
    three.answers(waits)
    assert [line.conversation for line in lines(three.ada)] == [goes]
    go_off_shift(three.ada, now=three.later())
    move(three.ada, now=three.later(), cause=Cause.SHIFT_END)
    assert owner(waits) == "Ada"
    assert owner(goes) != "Ada"


def test_words_for_one_day_are_not_said_on_another(three: Desk) -> None:
    (problem,) = problems(three)
    propose(problem, by=three.ada, now=three.later(), receiver=three.max, note="She waits for a call at six.")
    said = three.answers(problem)
    move(three.ada, now=three.later(), cause=Cause.SHIFT_END)
    three.receives(answer_to(reference_of(said)), at=three.later(days=1))
    move(three.ada, now=three.later(), cause=Cause.ABSENCE)
    assert not Message.objects.filter(conversation=problem, direction=Direction.NOTE).exists()
    assert why(problem) != "As the hand-over list says"


def test_some_can_be_handed_over_now(three: Desk) -> None:
    first, second = problems(three, 2)
    assert move(three.ada, now=three.later(), cause=Cause.SHIFT_END, by=three.ada, only={first.pk}) == 1
    assert (owner(first) != "Ada", owner(second)) == (True, "Ada")


def test_moving_twice_moves_once(three: Desk) -> None:
    (problem,) = problems(three)
    go_off_shift(three.ada, now=three.later())
    assert [move(three.ada, now=three.later(), cause=Cause.SHIFT_END) for _ in range(2)] == [1, 0]
    assert len(history(problem)) == 3


def test_a_proposal_is_for_ones_own_work_and_for_people_of_the_team(three: Desk) -> None:
    (problem,) = problems(three)
    with pytest.raises(AlreadyDone):
        propose(problem, by=three.sam, now=three.later(), receiver=three.max, note="")
    for receiver in (three.kim, three.ada):
        with pytest.raises(Invalid):
            propose(problem, by=three.ada, now=three.later(), receiver=receiver, note="")


def climbed(ladder: Ladder, agent: Agent, level: int) -> Conversation:
    conversation = ladder.desk.problem(f"Level {level}", subject=f"Level {level}")
    hand(locked(conversation), now=ladder.desk.later(), cause=Cause.TIMED_OUT, owner=agent, level=level)
    return conversation


def test_at_the_top_nothing_moves_even_with_the_deputy_there(ladder: Ladder) -> None:
    desk = ladder.desk
    ladder.on_shift(desk.ada, desk.sam, desk.kim)
    problem = climbed(ladder, desk.max, 3)
    for cause in (Cause.SHIFT_END, Cause.ABSENCE):
        assert move(desk.max, now=desk.later(), cause=cause) == 0
    assert owner(problem) == "Max"
    assert [line.stays for line in lines(desk.max)] == [True]
    assert prepare(desk.max, now=desk.later()) == 0


def test_what_stands_at_the_top_comes_first_in_the_list(ladder: Ladder) -> None:
    """It cannot climb any more, so no time is left to it: it must be solved."""
    desk = ladder.desk
    (below,) = problems(desk, owner=desk.max)
    Conversation.objects.filter(pk=below.pk).update(climbs_at=desk.later() + timedelta(hours=1))
    top = climbed(ladder, desk.max, 3)
    assert Conversation.objects.get(pk=top.pk).climbs_at is None
    assert [line.conversation for line in lines(desk.max)] == [top, below]


@pytest.mark.parametrize(("deputy_is_here", "goes_to"), [(True, "Max"), (False, "Sam")])
def test_between_it_goes_to_another_of_the_same_level_or_stays(
    ladder: Ladder, deputy_is_here: bool, goes_to: str
) -> None:
    desk = ladder.desk
    ladder.on_shift(desk.ada, *([desk.max] if deputy_is_here else []))
    problem = climbed(ladder, desk.sam, 2)
    move(desk.sam, now=desk.later(), cause=Cause.SHIFT_END)
    assert owner(problem) == goes_to
    problem.refresh_from_db()
    assert problem.level == 2


def test_who_has_it_without_holding_its_level_hands_it_to_who_does(ladder: Ladder) -> None:
    desk = ladder.desk
    problem = climbed(ladder, desk.ada, 2)
    ladder.on_shift(desk.sam)
    move(desk.ada, now=desk.later(), cause=Cause.SHIFT_END)
    assert owner(problem) == "Sam"


def test_at_the_top_with_somebody_who_holds_it_no_more(ladder: Ladder) -> None:
    """He was the executive when it came to him, and is none any more."""
    desk = ladder.desk
    problem = climbed(ladder, desk.max, 3)
    Level.objects.filter(number=3).update(holder=desk.kim, deputy=None)
    assert move(desk.max, now=desk.later(), cause=Cause.SHIFT_END) == 0
    ladder.on_shift(desk.kim)
    assert move(desk.max, now=desk.later(), cause=Cause.SHIFT_END) == 1
    assert owner(problem) == "Kim"


def test_a_list_of_what_has_climbed_asks_no_more_for_many_than_for_one(three: Desk) -> None:
    for number, name in ((1, "Front line"), (2, "Lead"), (3, "Executive")):
        set_level(number, name=name, holder=three.max, deputy=three.sam, by=None, now=three.later())
    for problem in problems(three, 9):
        with transaction.atomic():
            hand(locked(problem), now=three.later(), cause=Cause.PASSED_UP, owner=three.ada, level=2)
    with statements() as asked:
        assert [line.stays for line in lines(three.ada)] == [False] * 9
    assert len(asked) <= 5
    with statements() as asked:
        assert [line.stays for line in lines(three.max)] == []
    assert len(asked) <= 5
