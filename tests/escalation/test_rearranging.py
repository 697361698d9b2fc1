"""What stays true when the ladder, the teams or the conversations themselves are rearranged."""

from datetime import timedelta

from django.db import transaction

from escalation.models import Rule, Step, Target
from inbox.desk.merge import merge, split, undo
from inbox.desk.ownership import hand, locked, reopen, responsible_for
from inbox.desk.people import switch_off
from inbox.desk.solve import open_again, set_solved, solve
from inbox.desk.take import take
from inbox.desk.teams import close_team, make_team, remove_top_level, set_level
from inbox.models import Activity, Cause, Conversation
from tests.escalation.ladder_of_three import Ladder, now_is
from tests.inbox.desk_of_five import answer_to, reference_of


def another(ladder: Ladder) -> Conversation:
    return ladder.desk.problem("A cup", subject="A cup")


def test_a_new_level_on_top_gets_what_has_waited_too_long_for_it(ladder: Ladder) -> None:
    ladder.policy((None, 20))
    problem = ladder.desk.problem()
    ladder.sweep(hours=21)
    set_level(4, name="Board", holder=ladder.desk.kim, deputy=None, by=ladder.desk.kim, now=ladder.desk.later())
    ladder.sweep()
    assert now_is(problem) == ("Kim", 4)


def test_what_stands_on_the_new_top_goes_to_who_holds_it(ladder: Ladder) -> None:
    desk = ladder.desk
    policy = ladder.policy((2, 4))
    Step.objects.filter(policy=policy).update(target=Target.PERSON, person=desk.ada)
    problem = desk.problem()
    ladder.sweep(hours=5)
    assert now_is(problem) == ("Ada", 2)
    remove_top_level(by=desk.kim, now=desk.later())
    assert now_is(problem) == ("Sam", 2)


def test_opened_again_on_a_level_that_is_gone_it_stands_on_the_highest(ladder: Ladder) -> None:
    ladder.policy((None, 20))
    desk = ladder.desk
    problem = desk.problem()
    ladder.sweep(hours=21)
    solve(problem, by=desk.max, now=desk.later())
    remove_top_level(by=desk.kim, now=desk.later())
    open_again(problem, by=desk.max, now=desk.later())
    assert now_is(problem) == ("Max", 2)


def test_opened_again_in_a_team_that_is_closed_somebody_who_works_here_answers_for_it(ladder: Ladder) -> None:
    desk = ladder.desk
    problem, old = desk.problem(), make_team("Old", lead=desk.ada, by=desk.kim, now=desk.later())
    with transaction.atomic():
        hand(locked(problem), now=desk.later(), cause=Cause.PASSED_ON, owner=None, team=old)
        set_solved(locked(problem), by=desk.ada, now=desk.later())
    close_team(old, by=desk.kim, now=desk.later())
    switch_off(desk.ada, by=desk.kim, now=desk.later())
    with transaction.atomic():
        reopen(problem.pk, now=desk.later())
    problem.refresh_from_db()
    assert problem.team == desk.team
    assert responsible_for(problem, desk.clock) == desk.sam


def test_an_open_problem_is_not_lost_in_a_solved_one(ladder: Ladder) -> None:
    desk = ladder.desk
    solved = desk.problem()
    solve(solved, by=desk.ada, now=desk.later())
    merge(another(ladder), solved, by=desk.sam, now=desk.later())
    solved.refresh_from_db()
    assert solved.state == "open"


def test_what_was_solved_long_ago_does_not_make_a_new_problem_old(ladder: Ladder) -> None:
    ladder.policy((None, 20))
    desk = ladder.desk
    old = desk.problem()
    solve(old, by=desk.ada, now=desk.later())
    desk.later(days=5)
    new = another(ladder)
    merge(old, new, by=desk.sam, now=desk.later())
    ladder.sweep()
    assert now_is(new) == ("queue", 1)


def test_what_is_split_off_from_a_solved_one_is_nobodys_who_has_left(ladder: Ladder) -> None:
    desk = ladder.desk
    problem = desk.problem()
    take(problem, by=desk.ada, now=desk.later())
    said = desk.answers(problem)
    solve(problem, by=desk.ada, now=desk.later())
    switch_off(desk.ada, by=desk.kim, now=desk.later())
    part = split(problem, [said], by=desk.sam, now=desk.later())
    assert now_is(part) == ("queue", 1)


def test_what_is_split_off_has_waited_since_it_was_asked(ladder: Ladder) -> None:
    ladder.policy((None, 20))
    desk = ladder.desk
    problem = desk.problem()
    desk.later(hours=3)
    desk.receives(answer_to(reference_of(problem.messages.get()), text="And an invoice"))
    asked = problem.messages.latest("pk")
    part_at = desk.later(hours=12)
    part = split(problem, [asked], by=desk.sam, now=part_at)
    ladder.sweep()
    part.refresh_from_db()
    assert part.climbs_at == asked.happened_at + timedelta(hours=20)


def test_what_is_merged_into_a_part_later_does_not_make_it_older(ladder: Ladder) -> None:
    ladder.policy((None, 20))
    desk = ladder.desk
    problem, old = desk.problem(), another(ladder)
    solve(old, by=desk.ada, now=desk.later())
    desk.later(hours=8)
    desk.receives(answer_to(reference_of(problem.messages.get()), text="And an invoice"))
    asked = problem.messages.latest("pk")
    part = split(problem, [asked], by=desk.sam, now=desk.later(hours=1))
    merge(old, part, by=desk.sam, now=desk.later())
    ladder.sweep()
    part.refresh_from_db()
    assert part.climbs_at == asked.happened_at + timedelta(hours=20)


def test_what_is_merged_into_the_former_later_counts_in_no_part(ladder: Ladder) -> None:
    ladder.policy((None, 20))
    desk = ladder.desk
    problem = desk.problem()
    desk.receives(answer_to(reference_of(problem.messages.get()), text="And an invoice"))
    asked = problem.messages.latest("pk")
    desk.answers(problem)  # from here on the former waits for the customer
    answered_at = desk.clock
    third = another(ladder)
    part = split(problem, [asked], by=desk.sam, now=desk.later(hours=4))
    merge(third, problem, by=desk.sam, now=desk.later(hours=5))
    ladder.sweep()
    part.refresh_from_db()
    assert part.climbs_at == part.opened_at + timedelta(hours=20) - (answered_at - asked.happened_at)


def test_what_was_split_off_and_merged_has_still_waited_since_it_was_asked(ladder: Ladder) -> None:
    ladder.policy((None, 20))
    desk = ladder.desk
    problem = desk.problem()
    desk.later(hours=3)
    desk.receives(answer_to(reference_of(problem.messages.get()), text="And an invoice"))
    asked = problem.messages.latest("pk")
    desk.later(hours=8)
    whole = another(ladder)
    part = split(problem, [asked], by=desk.sam, now=desk.later())
    merge(part, whole, by=desk.sam, now=desk.later())
    ladder.sweep()
    whole.refresh_from_db()
    assert whole.climbs_at == asked.happened_at + timedelta(hours=20)


def test_what_was_split_off_and_put_back_is_read_to_the_end(ladder: Ladder) -> None:
    """Each is part of what the other came from."""
    ladder.policy((None, 20))
    desk = ladder.desk
    problem = desk.problem()
    desk.receives(answer_to(reference_of(problem.messages.get()), text="And an invoice"))
    split(problem, [problem.messages.latest("pk")], by=desk.sam, now=desk.later(hours=1))
    undo(Activity.objects.get(verb="conversation_split"), by=desk.sam, now=desk.later())
    ladder.sweep()
    problem.refresh_from_db()
    assert problem.climbs_at == problem.opened_at + timedelta(hours=20)


def test_what_a_rule_lifted_stays_with_its_level_though_nobody_accepts_it(ladder: Ladder) -> None:
    desk = ladder.desk
    ladder.on_shift(desk.ada)
    Rule.objects.create(name="Legal", conditions={}, actions={"level": 2})
    problem = desk.problem()
    for _ in range(3):
        ladder.sweep(minutes=20)
        assert now_is(problem) == ("Sam", 2)
    assert desk.clock - problem.opened_at > timedelta(minutes=30)


def test_a_level_that_was_gone_and_is_there_again_is_climbed_to_again(ladder: Ladder) -> None:
    ladder.policy((None, 20))
    desk = ladder.desk
    problem = desk.problem()
    ladder.sweep(hours=21)
    solve(problem, by=desk.max, now=desk.later())
    remove_top_level(by=desk.kim, now=desk.later())
    open_again(problem, by=desk.max, now=desk.later())
    set_level(3, name="Board", holder=desk.kim, deputy=None, by=desk.kim, now=desk.later())
    ladder.sweep()
    assert now_is(problem) == ("Kim", 3)


def test_what_was_merged_on_and_on_counts_from_the_first(ladder: Ladder) -> None:
    ladder.policy((None, 20))
    desk = ladder.desk
    first = desk.problem()
    desk.later(hours=12)
    second = another(ladder)
    merge(first, second, by=desk.sam, now=desk.later())
    third = another(ladder)
    merge(second, third, by=desk.sam, now=desk.later())
    ladder.sweep(hours=9)
    assert now_is(third) == ("Max", 3)


def test_what_waited_for_the_customer_before_it_was_merged_does_not_count_that(ladder: Ladder) -> None:
    ladder.policy((None, 20))
    desk = ladder.desk
    first = desk.problem()
    desk.later(hours=3)
    desk.answers(first)
    desk.later(days=3)
    second = another(ladder)
    merge(first, second, by=desk.sam, now=desk.later())
    ladder.sweep(hours=16)
    assert now_is(second)[1] == 1
    ladder.sweep(hours=2)
    assert now_is(second) == ("Max", 3)


def test_what_needs_us_is_not_lost_in_what_waits_for_the_customer(ladder: Ladder) -> None:
    desk = ladder.desk
    waits = desk.problem()
    desk.answers(waits)
    merge(another(ladder), waits, by=desk.sam, now=desk.later())
    waits.refresh_from_db()
    assert waits.state == "open"


def test_a_merge_in_the_middle_of_a_chain_is_undone_from_where_it_stands_now(ladder: Ladder) -> None:
    desk = ladder.desk
    first, second, third = (desk.problem(text, subject=text) for text in ("One", "Two", "Three"))
    act = merge(first, second, by=desk.sam, now=desk.later())
    merge(second, third, by=desk.sam, now=desk.later())
    undo(act, by=desk.sam, now=desk.later())
    first.refresh_from_db()
    assert first.state == "open"
    assert [message.text for message in first.messages.all()] == ["One"]
    assert {message.text for message in third.messages.all()} == {"Two", "Three"}
