"""What is not solved in time climbs: the owner changes, both are told, each step once."""

from datetime import time, timedelta

import pytest

from escalation import sweep
from escalation.models import Climb, Clock, Step, Target
from escalation.planning import set_calendar
from inbox.desk.ownership import responsible_for
from inbox.desk.pass_on import pass_on, pass_up
from inbox.desk.solve import open_again, snooze, solve
from inbox.desk.take import give_back, take, take_over
from inbox.errors import StaysAtTheTop
from inbox.models import Conversation, Notice, NoticeKind, Reason
from tests.escalation.ladder_of_three import Ladder, now_is
from tests.inbox.desk_of_five import answer_to, history, reference_of


def test_after_its_time_it_is_on_the_top_level_and_both_are_told(ladder: Ladder) -> None:
    ladder.policy((None, 20))
    problem = ladder.desk.problem()
    take(problem, by=ladder.desk.ada, now=ladder.desk.later())
    ladder.sweep(hours=19, minutes=50)
    problem.refresh_from_db()
    assert now_is(problem) == ("Ada", 1)
    assert (problem.climbs_at, problem.climbs_to) == (problem.opened_at + timedelta(hours=20), 3)
    ladder.sweep(minutes=20)
    assert now_is(problem) == ("Max", 3)
    assert history(problem)[-2:] == [("Ada", "routed", "timed_out"), ("Max", "timed_out", "")]
    told = {(notice.agent.name, notice.kind) for notice in Notice.objects.all()}
    assert told >= {("Max", NoticeKind.CLIMBED), ("Ada", NoticeKind.GONE)}
    assert problem.climbs_at is None


def test_each_step_is_raised_once_however_often_the_sweep_runs(ladder: Ladder) -> None:
    ladder.policy((2, 4), (3, 20))
    problem = ladder.desk.problem()
    now = ladder.sweep(hours=5)
    for _ in range(3):
        sweep.run(now)
    assert now_is(problem) == ("Sam", 2)
    assert Climb.objects.filter(conversation=problem).count() == 1
    ladder.sweep(hours=16)
    assert now_is(problem) == ("Max", 3)
    assert [climb.level for climb in problem.climbs.order_by("pk")] == [2, 3]


def test_after_a_weekend_off_everything_due_is_raised_in_order_with_one_notice(ladder: Ladder) -> None:
    ladder.policy((2, 4), (3, 20))
    problem = ladder.desk.problem()
    ladder.sweep(hours=60)
    assert now_is(problem) == ("Max", 3)
    climbs = list(problem.climbs.order_by("pk"))
    assert [climb.level for climb in climbs] == [2, 3]
    assert [climb.due_at - problem.opened_at for climb in climbs] == [timedelta(hours=4), timedelta(hours=20)]
    assert Notice.objects.filter(kind=NoticeKind.CLIMBED).count() == 1


NINE_TO_FIVE = {day: [(time(9), time(17), 1)] for day in range(1, 8)}


def opens(ladder: Ladder, hours: dict[int, list[tuple[time, time, int]]]) -> None:
    """The team's hours are these from now on."""
    desk = ladder.desk
    set_calendar(desk.team, zone="UTC", country="", subdivision="", cover=hours, by=desk.sam, now=desk.later(seconds=1))


def test_a_calendar_that_changes_moves_the_deadlines_that_count_its_hours(ladder: Ladder) -> None:
    ladder.policy((3, 10), clock=Clock.WORKING)
    opens(ladder, NINE_TO_FIVE)
    problem, other = ladder.desk.problem(), ladder.desk.problem("A cup", channel=ladder.desk.channel_elsewhere)
    ladder.sweep()
    problem.refresh_from_db()
    other.refresh_from_db()
    assert problem.climbs_at == problem.opened_at + timedelta(hours=26)
    opens(ladder, {day: [(time(9), time(12), 1)] for day in range(1, 8)})
    assert list(Conversation.objects.exclude(look_at=None).filter(look_at__lte=ladder.desk.clock)) == [problem]
    ladder.sweep()
    problem.refresh_from_db()
    assert problem.climbs_at == problem.opened_at + timedelta(hours=3 * 24 + 1)


def test_a_deadline_beyond_the_hours_that_are_known_is_looked_for_again_every_day(ladder: Ladder) -> None:
    ladder.policy((3, 61), clock=Clock.WORKING)
    opens(ladder, {day: [(time(9), time(10), 1)] for day in range(1, 8)})
    problem = ladder.desk.problem()
    ladder.sweep()
    problem.refresh_from_db()
    assert (problem.climbs_at, problem.look_at) == (None, ladder.desk.clock + timedelta(days=1))
    ladder.sweep(days=2)
    problem.refresh_from_db()
    assert problem.climbs_at == problem.opened_at + timedelta(days=61)
    solve(problem, by=ladder.desk.sam, now=ladder.desk.later())
    ladder.sweep()
    problem.refresh_from_db()
    assert problem.look_at is None


def test_working_hours_count_however_long_ago_it_was_opened(ladder: Ladder) -> None:
    ladder.policy((3, 80), clock=Clock.WORKING)
    opens(ladder, {day: [(time(9), time(10), 1)] for day in range(1, 8)})
    problem = ladder.desk.problem()
    ladder.sweep(days=70)
    problem.refresh_from_db()
    assert problem.climbs_at == problem.opened_at + timedelta(days=80)
    ladder.sweep(days=10)
    assert now_is(problem) == ("Max", 3)


def test_the_clock_stands_while_the_customer_owes_us_an_answer(ladder: Ladder) -> None:
    ladder.policy((3, 20))
    desk = ladder.desk
    problem = desk.problem()
    said = desk.answers(problem)
    ladder.sweep(hours=30)
    assert now_is(problem) == ("Ada", 1)
    assert problem.climbs_at is None
    desk.receives(answer_to(reference_of(said)))
    ladder.sweep(hours=19)
    assert now_is(problem) == ("Ada", 1)
    ladder.sweep(hours=2)
    assert now_is(problem) == ("Max", 3)


def test_what_is_put_aside_climbs_all_the_same_and_needs_us(ladder: Ladder) -> None:
    ladder.policy((3, 20))
    problem = ladder.desk.problem()
    take(problem, by=ladder.desk.ada, now=ladder.desk.later())
    snooze(problem, by=ladder.desk.ada, until=ladder.desk.clock + timedelta(days=9), now=ladder.desk.later())
    ladder.sweep(hours=21)
    assert now_is(problem) == ("Max", 3)
    assert problem.state == "open"


def test_at_the_top_it_can_only_be_solved_or_worked_on_with_help(ladder: Ladder) -> None:
    ladder.policy((3, 20))
    desk = ladder.desk
    problem = desk.problem()
    ladder.sweep(hours=21)
    with pytest.raises(StaysAtTheTop):
        pass_on(problem, by=desk.max, to=desk.ada, note="You", reason=Reason.TIME, now=desk.later())
    with pytest.raises(StaysAtTheTop):
        take_over(problem, by=desk.sam, now=desk.later())
    desk.answers(problem, by=desk.ada)
    assert now_is(problem) == ("Max", 3)
    solve(problem, by=desk.max, now=desk.later())
    open_again(problem, by=desk.sam, now=desk.later())
    assert now_is(problem) == ("Max", 3)


def test_opened_again_after_a_week_it_begins_at_the_bottom(ladder: Ladder) -> None:
    ladder.policy((3, 20))
    desk = ladder.desk
    problem = desk.problem()
    ladder.sweep(hours=21)
    solve(problem, by=desk.max, now=desk.later())
    open_again(problem, by=desk.max, now=desk.later(days=8))
    problem.refresh_from_db()
    assert (problem.level, problem.cycle) == (1, 2)
    ladder.sweep(hours=19)
    assert problem.climbs.count() == 1
    ladder.sweep(hours=2)
    assert now_is(problem) == ("Max", 3)
    assert problem.climbs.count() == 2


def test_passed_up_by_hand_the_steps_below_are_over(ladder: Ladder) -> None:
    ladder.policy((2, 4), (3, 20))
    desk = ladder.desk
    problem = desk.problem()
    take(problem, by=desk.ada, now=desk.later())
    pass_up(problem, by=desk.ada, note="He threatens to sue.", reason=Reason.RIGHTS, now=desk.later())
    assert now_is(problem) == ("Sam", 2)
    ladder.sweep(hours=10)
    assert problem.climbs.count() == 0
    ladder.sweep(hours=11)
    assert now_is(problem) == ("Max", 3)


def test_a_level_has_somebody_even_off_duty_and_its_deputy_if_only_he_is_there(ladder: Ladder) -> None:
    ladder.policy((2, 4))
    first = ladder.desk.problem()
    ladder.sweep(hours=5)
    assert now_is(first) == ("Sam", 2)
    ladder.on_shift(ladder.desk.max)
    second = ladder.desk.problem("Another lamp.", subject="Another lamp")
    ladder.sweep(hours=5)
    assert now_is(second) == ("Max", 2)


def test_a_step_may_lead_to_a_named_person_or_to_the_duty_lead_but_not_at_the_top(ladder: Ladder) -> None:
    policy = ladder.policy((2, 4), (3, 20))
    Step.objects.filter(policy=policy).update(target=Target.PERSON, person=ladder.desk.ada)
    problem = ladder.desk.problem()
    ladder.sweep(hours=5)
    assert now_is(problem) == ("Ada", 2)
    ladder.sweep(hours=16)
    assert now_is(problem) == ("Max", 3)


def test_a_policy_counts_for_what_it_is_for(ladder: Ladder) -> None:
    strict = ladder.policy((3, 1), position=1)
    strict.channels.add(ladder.desk.channel_elsewhere)
    ladder.policy((3, 20), position=2)
    here, there = ladder.desk.problem(), ladder.desk.problem("A bill", channel=ladder.desk.channel_elsewhere)
    ladder.sweep(hours=2)
    assert (now_is(here)[1], now_is(there)[1]) == (1, 3)


def test_a_supervisor_takes_over_and_gives_back(ladder: Ladder) -> None:
    desk = ladder.desk
    problem = desk.problem()
    take(problem, by=desk.ada, now=desk.later())
    take_over(problem, by=desk.sam, now=desk.later())
    assert now_is(problem) == ("Sam", 1)
    give_back(problem, by=desk.sam, note="Calm again.", now=desk.later())
    assert now_is(problem) == ("Ada", 1)
    assert history(problem)[-1] == ("Ada", "given_back", "")


def test_what_is_climbed_stays_where_somebody_is_responsible(ladder: Ladder) -> None:
    ladder.policy((3, 20))
    problem = ladder.desk.problem()
    now = ladder.sweep(hours=21)
    problem.refresh_from_db()
    assert responsible_for(problem, now) == ladder.desk.max
