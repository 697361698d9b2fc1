"""Plans as they stand in the database."""

from datetime import date

import pytest

from escalation.models import ChangeKind, TeamCalendar
from escalation.public_holidays import holidays_between
from escalation.rosters import anybody_from, gaps, next_start, planned, working_hours
from escalation.shifts import Gap, Stretch
from inbox.desk.presence import come_on_shift
from inbox.models import Agent, Membership, Role
from tests.escalation.plans import at, needs, otherwise, works
from tests.inbox.desk_of_five import Desk
from tests.statements import statements


def week_of(agent: Agent) -> list[str]:
    found = planned([agent], at("02T00:00"), at("09T00:00"))[agent.pk]
    return [f"{stretch.starts:%d %H:%M}-{stretch.ends:%d %H:%M}" for stretch in found]


def test_weekly_shifts_and_what_differs_from_them(desk: Desk) -> None:
    works(desk.ada, "09:00", "13:00", days="12")
    works(desk.ada, "14:00", "18:00", days="1")
    otherwise(desk.ada, ChangeKind.DAY_OFF, "03T00:00", "04T00:00")
    otherwise(desk.ada, ChangeKind.EXTRA, "07T10:00", "07T12:00")
    assert week_of(desk.ada) == ["02 09:00-02 13:00", "02 14:00-02 18:00", "07 10:00-07 12:00"]
    assert week_of(desk.sam) == []


def test_a_swap_takes_from_one_and_gives_to_the_other(desk: Desk) -> None:
    works(desk.ada, "09:00", "13:00", days="12")
    works(desk.sam, "13:00", "18:00", days="12")
    otherwise(desk.ada, ChangeKind.SWAP, "02T00:00", "03T00:00", instead=desk.sam)
    otherwise(desk.sam, ChangeKind.SWAP, "03T00:00", "04T00:00", instead=desk.ada)
    assert week_of(desk.ada) == ["03 09:00-03 18:00"]
    assert week_of(desk.sam) == ["02 09:00-02 18:00"]


def test_two_people_may_swap_the_same_week(desk: Desk) -> None:
    works(desk.ada, "09:00", "13:00", days="1")
    works(desk.sam, "13:00", "18:00", days="1")
    for one, other in ((desk.ada, desk.sam), (desk.sam, desk.ada)):
        otherwise(one, ChangeKind.SWAP, "02T00:00", "09T00:00", instead=other)
    assert (week_of(desk.ada), week_of(desk.sam)) == (["02 13:00-02 18:00"], ["02 09:00-02 13:00"])


def test_who_stands_in_keeps_the_shift_though_the_other_is_sick(desk: Desk) -> None:
    works(desk.ada, "09:00", "13:00", days="1")
    otherwise(desk.ada, ChangeKind.SICK, "02T00:00", "09T00:00")
    otherwise(desk.ada, ChangeKind.SWAP, "02T00:00", "03T00:00", instead=desk.sam)
    assert (week_of(desk.ada), week_of(desk.sam)) == ([], ["02 09:00-02 13:00"])


def test_public_holidays_of_his_team_are_days_off(desk: Desk) -> None:
    """4 November is the Day of National Unity in Russia."""
    TeamCalendar.objects.create(team=desk.team, country="RU")
    works(desk.ada, "09:00", "13:00", days="234")
    works(desk.sam, "09:00", "13:00", days="234", on_holidays=True)
    works(desk.kim, "09:00", "13:00", days="3")
    assert week_of(desk.ada) == ["03 09:00-03 13:00", "05 09:00-05 13:00"]
    assert len(week_of(desk.sam)) == 3
    assert len(week_of(desk.kim)) == 1, "who is in no team of that country works"
    assert holidays_between("RU", "", date(2026, 11, 1), date(2026, 11, 7), "en") == {date(2026, 11, 4): "Unity Day"}


def test_holidays_of_a_part_of_a_country(desk: Desk) -> None:
    """The day of the Reformation is one in Brandenburg, and none in Bavaria."""
    brandenburg = holidays_between("DE", "BB", date(2026, 10, 31), date(2026, 11, 1))
    bavaria = holidays_between("DE", "BY", date(2026, 10, 31), date(2026, 11, 1))
    assert (list(brandenburg), list(bavaria)) == ([date(2026, 10, 31)], [date(2026, 11, 1)])
    assert holidays_between("", "", date(2026, 1, 1), date(2026, 12, 31)) == {}


def test_it_takes_three_questions_for_one_and_for_all(desk: Desk) -> None:
    TeamCalendar.objects.create(team=desk.team, country="RU")
    people = [desk.ada, desk.sam, desk.max, desk.kim]
    for agent in people:
        works(agent, "09:00", "17:00")
        otherwise(agent, ChangeKind.DAY_OFF, "03T00:00", "04T00:00")
    for some in ([desk.ada], people):
        with statements() as asked:
            planned(some, at("02T00:00"), at("09T00:00"))
        assert len(asked) == 3


@pytest.mark.parametrize(
    ("now", "starts"),
    [
        ("02T08:59", "02T09:00"),
        ("02T09:00", "03T09:00"),  # it goes on; the next one is tomorrow's
        ("03T12:00", "2026-11-09T09:00"),
    ],
)
def test_the_next_shift(desk: Desk, now: str, starts: str) -> None:
    works(desk.ada, "09:00", "17:00", days="12")
    assert next_start(desk.ada, at(now)) == at(starts)


def test_a_next_shift_far_ahead_is_found_and_none_is_none(desk: Desk) -> None:
    assert next_start(desk.ada, at("02T09:00")) is None
    works(desk.ada, "09:00", "17:00")
    otherwise(desk.ada, ChangeKind.DAY_OFF, "01T00:00", "2026-12-24T00:00")
    assert next_start(desk.ada, at("02T09:00")) == at("2026-12-24T09:00")
    otherwise(desk.ada, ChangeKind.SICK, "01T00:00", "2027-12-24T00:00")
    assert next_start(desk.ada, at("02T09:00")) is None


def test_a_shift_that_goes_on_across_the_near_horizon_does_not_begin_there(desk: Desk) -> None:
    works(desk.ada, "00:00", "00:00")
    assert next_start(desk.ada, at("02T09:00")) is None


def test_when_somebody_of_a_team_is_there(desk: Desk) -> None:
    assert anybody_from(desk.team, at("02T09:00")) is None
    works(desk.ada, "12:00", "17:00", days="1")
    works(desk.sam, "11:00", "17:00", days="1")
    works(desk.kim, "10:00", "17:00", days="1")
    assert anybody_from(desk.team, at("02T09:00")) == at("02T11:00")
    come_on_shift(desk.max, now=at("02T09:20"))
    assert anybody_from(desk.team, at("02T09:30")) == at("02T11:00"), "a manager is given no work"
    come_on_shift(desk.sam, now=at("02T09:30"))
    assert anybody_from(desk.team, at("02T09:30")) == at("02T09:30")


def test_working_hours_are_the_cover_less_public_holidays(desk: Desk) -> None:
    assert working_hours(desk.team, at("02T00:00"), at("09T00:00")) is None
    needs(desk.team, "09:00", "18:00", days="23", timezone="Europe/Moscow", country="RU")
    needs(desk.team, "16:00", "20:00", days="2", people=2)
    assert working_hours(desk.team, at("02T00:00"), at("09T00:00")) == [Stretch(at("03T06:00"), at("03T17:00"))]
    assert working_hours(desk.team, at("04T00:00"), at("05T00:00")) == [], "a holiday is not always open"


def test_gaps_of_a_teams_cover(desk: Desk) -> None:
    needs(desk.team, "09:00", "18:00", days="1", people=2)
    works(desk.ada, "09:00", "18:00", days="1")
    works(desk.sam, "09:00", "17:00", days="1")
    works(desk.kim, "09:00", "18:00", days="1")
    works(desk.max, "09:00", "18:00", days="1")  # a manager is no cover: he is given no work
    with statements() as asked:
        found = gaps([desk.team, desk.elsewhere], at("02T00:00"), at("09T00:00"))
    assert len(asked) == 7
    assert found == {desk.team.pk: [Gap(at("02T17:00"), at("02T18:00"), 1)]}
    Membership.objects.create(agent=desk.kim, team=desk.team, role=Role.AGENT)
    assert gaps([desk.team], at("02T00:00"), at("09T00:00")) == {desk.team.pk: []}
