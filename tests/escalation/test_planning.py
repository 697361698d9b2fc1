"""What supervisors plan, and whom they may plan for."""

from datetime import date, time, timedelta
from typing import Any

import pytest

from escalation.models import Change, ChangeKind, Cover, Roster, Shift
from escalation.planning import drop_change, plan_change, set_calendar, set_week, week_on, zone_of
from escalation.rosters import planned
from inbox.errors import AlreadyDone, Invalid, NotAllowed
from inbox.models import Activity, Membership, Role
from tests.escalation.plans import at
from tests.inbox.desk_of_five import NOW, Desk

NINE_TO_FIVE = {day: [(time(9), time(17))] for day in range(1, 6)}
MONDAY = date(2026, 11, 2)


def test_a_new_week_counts_from_its_day_on_and_leaves_the_past_as_it_was(desk: Desk) -> None:
    set_week(desk.ada, NINE_TO_FIVE, zone="UTC", since=MONDAY, by=desk.sam, now=NOW)
    late = {1: [(time(12), time(16)), (time(17), time(20))]}
    set_week(desk.ada, late, zone="UTC", since=MONDAY + timedelta(days=7), by=desk.sam, now=NOW)
    found = planned([desk.ada], at("02T00:00"), at("2026-11-16T00:00"))[desk.ada.pk]
    hours = [f"{stretch.starts:%d %H}-{stretch.ends:%H}" for stretch in found]
    assert hours == ["02 09-17", "03 09-17", "04 09-17", "05 09-17", "06 09-17", "09 12-16", "09 17-20"]
    set_week(desk.ada, NINE_TO_FIVE, zone="Asia/Kolkata", since=MONDAY, by=desk.sam, now=NOW)
    assert Shift.objects.filter(agent=desk.ada).count() == 5, "what began later is planned anew, too"
    assert (zone_of(desk.ada), len(week_on(desk.ada, MONDAY))) == ("Asia/Kolkata", 5)
    assert Roster.objects.get(pk=desk.ada.pk).due_at == NOW
    assert Activity.objects.filter(verb="week_planned").count() == 3


def test_a_supervisor_plans_for_his_team_and_an_admin_for_everybody(desk: Desk) -> None:
    for by, agent in ((desk.sam, desk.ada), (desk.max, desk.ada), (desk.kim, desk.ada), (desk.sam, desk.sam)):
        set_week(agent, {}, zone="UTC", since=MONDAY, by=by, now=NOW)
    Membership.objects.create(agent=desk.kim, team=desk.elsewhere, role=Role.AGENT)
    for by, agent in ((desk.ada, desk.ada), (desk.ada, desk.sam), (desk.sam, desk.kim)):
        with pytest.raises(NotAllowed):
            set_week(agent, {}, zone="UTC", since=MONDAY, by=by, now=NOW)
        with pytest.raises(NotAllowed):
            plan_change(agent, ChangeKind.SICK, starts_at=NOW, ends_at=at("03T00:00"), by=by, now=NOW)
    with pytest.raises(NotAllowed):
        set_calendar(desk.team, zone="UTC", country="", subdivision="", cover={}, by=desk.ada, now=NOW)


def test_a_change_concerns_both_and_can_be_taken_back_once(desk: Desk) -> None:
    about: dict[str, Any] = {"starts_at": at("03T00:00"), "ends_at": at("04T00:00"), "by": desk.sam, "now": NOW}
    change = plan_change(desk.ada, ChangeKind.SWAP, instead=desk.max, **about)
    assert Roster.objects.filter(due_at=NOW).count() == 2
    drop_change(change, by=desk.sam, now=NOW)
    with pytest.raises(AlreadyDone):
        drop_change(change, by=desk.sam, now=NOW)


def test_what_makes_no_sense_is_not_planned(desk: Desk) -> None:
    about: dict[str, Any] = {"by": desk.sam, "now": NOW}
    day: dict[str, Any] = {"starts_at": at("03T00:00"), "ends_at": at("04T00:00")}
    for kind, instead in ((ChangeKind.SWAP, None), (ChangeKind.SWAP, desk.ada), (ChangeKind.SICK, desk.max)):
        with pytest.raises(Invalid):
            plan_change(desk.ada, kind, instead=instead, **day, **about)
    for ends in ("03T00:00", "02T00:00", "2028-11-03T00:00"):
        with pytest.raises(Invalid):
            plan_change(desk.ada, ChangeKind.SICK, starts_at=at("03T00:00"), ends_at=at(ends), **about)
    with pytest.raises(Invalid):
        set_week(desk.ada, {}, zone="Moon/Base", since=MONDAY, **about)
    with pytest.raises(Invalid):
        set_calendar(desk.team, zone="UTC", country="DE", subdivision="XX", cover={}, **about)
    assert not Change.objects.exists()


def test_a_teams_calendar_is_replaced_whole(desk: Desk) -> None:
    about: dict[str, Any] = {"zone": "Europe/Berlin", "country": "DE", "subdivision": "BY", "by": desk.sam, "now": NOW}
    set_calendar(desk.team, cover={1: [(time(9), time(18), 2)], 2: [(time(9), time(18), 1)]}, **about)
    set_calendar(desk.team, cover={1: [(time(10), time(18), 1)]}, **about)
    assert list(Cover.objects.values_list("weekday", "people")) == [(1, 1)]
    assert Roster.objects.filter(due_at=NOW).count() == 3, "everybody of the team"
