"""The time that a customer is told is one at which somebody is there."""

from datetime import timedelta

import pytest

from escalation.queueing import honest_time
from inbox.desk.presence import come_on_shift, go_off_shift
from inbox.models import Conversation
from tests.escalation.plans import at, works
from tests.inbox.desk_of_five import Desk


@pytest.fixture
def problem(desk: Desk) -> Conversation:
    return desk.problem()


def test_somebody_is_there_for_long(desk: Desk, problem: Conversation) -> None:
    works(desk.ada, "09:00", "18:00")
    come_on_shift(desk.ada, now=at("02T09:00"), until=at("02T18:00"))
    assert honest_time(problem, at("02T12:00")) == at("02T12:45")


def test_what_is_not_done_by_the_end_of_the_shift_goes_on_with_the_next_one(desk: Desk, problem: Conversation) -> None:
    works(desk.ada, "09:00", "18:00")
    come_on_shift(desk.ada, now=at("02T09:00"), until=at("02T18:00"))
    assert honest_time(problem, at("02T17:55")) == at("03T09:45")


def test_what_many_wait_for_takes_days_of_work_and_not_of_the_calendar(desk: Desk, problem: Conversation) -> None:
    works(desk.ada, "09:00", "11:00", days="12345")
    for number in range(15):
        desk.problem(f"Lamp {number}", subject=f"Lamp {number}")
    assert honest_time(problem, at("02T08:00")) == at("06T11:00"), "sixteen, of 37.5 minutes each, are five mornings"


def test_another_goes_on_where_one_leaves(desk: Desk, problem: Conversation) -> None:
    works(desk.ada, "09:00", "18:00")
    works(desk.sam, "18:00", "22:00")
    come_on_shift(desk.ada, now=at("02T09:00"), until=at("02T18:00"))
    assert honest_time(problem, at("02T17:55")) == at("02T18:45")


def test_who_has_left_early_begins_with_his_next_shift(desk: Desk, problem: Conversation) -> None:
    works(desk.ada, "09:00", "18:00")
    come_on_shift(desk.ada, now=at("02T09:00"), until=at("02T18:00"))
    go_off_shift(desk.ada, now=at("02T10:00"))
    assert honest_time(problem, at("02T10:05")) == at("03T09:45")


def test_a_manager_answers_nobody(desk: Desk, problem: Conversation) -> None:
    works(desk.ada, "09:00", "18:00")
    come_on_shift(desk.max, now=at("02T07:00"))
    assert honest_time(problem, at("02T07:00")) == at("02T09:45")


def test_who_is_there_without_a_plan_has_no_end(desk: Desk, problem: Conversation) -> None:
    works(desk.ada, "09:00", "18:00")
    come_on_shift(desk.sam, now=at("02T18:30"))
    assert honest_time(problem, at("02T18:40")) == at("02T19:30")


def test_where_nobody_knows_when_a_team_works_like_cases_say_it(desk: Desk, problem: Conversation) -> None:
    assert honest_time(problem, at("02T12:00")) == at("02T12:00") + timedelta(hours=8)
