"""Gaps of cover are computed when plans change and once a day, and read from the team's calendar."""

from datetime import datetime, timedelta

import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from escalation import outlooks
from escalation.models import ChangeKind, TeamCalendar
from escalation.planning import drop_change, plan_change
from escalation.warnings import warn_of_gaps
from inbox.alarms import Alarm
from inbox.desk.people import set_roles
from inbox.models import Role
from tests.escalation.plans import at, needs, works
from tests.inbox.desk_of_five import NOW, Desk


def gaps(desk: Desk, now: datetime = NOW) -> list[tuple[datetime, datetime]]:
    outlooks.run(now)
    calendar = TeamCalendar.objects.get(team=desk.team)
    return [(gap.starts, gap.ends) for gap in outlooks.of(calendar, now, now + timedelta(days=7))]


@pytest.fixture
def covered(desk: Desk) -> Desk:
    needs(desk.team, "09:00", "17:00")
    works(desk.ada, "09:00", "17:00")
    assert gaps(desk) == []
    return desk


def test_a_gap_is_there_from_the_moment_a_plan_makes_it_to_when_it_is_filled(covered: Desk) -> None:
    desk = covered
    starts, ends = at("04T00:00"), at("05T00:00")
    change = plan_change(desk.ada, ChangeKind.DAY_OFF, starts_at=starts, ends_at=ends, by=desk.sam, now=NOW)
    assert gaps(desk) == [(at("04T09:00"), at("04T17:00"))]
    drop_change(change, by=desk.sam, now=NOW)
    assert gaps(desk) == []


def test_who_works_elsewhere_now_leaves_a_gap(covered: Desk) -> None:
    set_roles(covered.ada, [(Role.AGENT, covered.elsewhere)], by=covered.kim, now=NOW)
    assert len(gaps(covered)) == 7


def test_it_is_computed_again_every_day(covered: Desk) -> None:
    TeamCalendar.objects.update(gaps=[["2026-11-02T12:00:00+00:00", "2026-11-02T13:00:00+00:00", 1]])
    assert gaps(covered, NOW + timedelta(hours=3, minutes=30)) == [(at("02T12:30"), at("02T13:00"))]
    assert gaps(covered, NOW + timedelta(days=1)) == []


def test_the_warning_names_a_day_as_a_russian_sentence_does(covered: Desk) -> None:
    TeamCalendar.objects.update(gaps=[["2026-11-02T12:00:00+00:00", "2026-11-02T13:00:00+00:00", 1]])
    with translation.override("ru"):
        (warning,) = warn_of_gaps(covered.sam, NOW)
    assert "первый пн 2 ноя, 12:00" in warning.sentence


def test_a_page_reads_what_is_known_in_one_question(
    covered: Desk, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    works(covered.ada, "09:00", "10:00")
    with django_assert_max_num_queries(2):
        found: list[Alarm] = warn_of_gaps(covered.sam, NOW)
    assert found == []
