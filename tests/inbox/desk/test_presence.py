"""Who is at work, and who has the duty because of that."""

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from inbox.desk.ownership import duty_lead
from inbox.desk.people import set_roles, switch_off
from inbox.desk.presence import come_back, come_on_shift, go_off_shift, seen, step_away
from inbox.errors import Invalid, NotAllowed
from inbox.models import Activity, Agent, LeadTerm, Membership, Role, Status
from tests.inbox.desk_of_five import NOW, Desk


def status(agent: Agent) -> str:
    agent.refresh_from_db()
    return agent.status


def log() -> list[str]:
    verbs = {"came_on_shift", "went_off_shift", "stepped_away", "came_back", "duty_moved"}
    return list(Activity.objects.filter(verb__in=verbs).order_by("pk").values_list("verb", flat=True))


def test_he_comes_steps_away_comes_back_and_goes(desk: Desk) -> None:
    came = desk.later()
    come_on_shift(desk.ada, now=came, until=NOW + timedelta(hours=8))
    step_away(desk.ada, now=desk.later())
    assert (status(desk.ada), desk.ada.away_since) == (Status.AWAY, desk.clock)
    come_back(desk.ada, now=desk.later())
    assert (status(desk.ada), desk.ada.away_since, desk.ada.on_shift_since) == (Status.ON_SHIFT, None, came)
    assert desk.ada.on_shift_until == NOW + timedelta(hours=8)
    go_off_shift(desk.ada, now=desk.later())
    gone = Agent.objects.get(pk=desk.ada.pk)
    assert (gone.status, gone.on_shift_since, gone.on_shift_until) == (Status.OFF, None, None)
    assert log() == ["came_on_shift", "stepped_away", "came_back", "went_off_shift"]


def test_doing_it_twice_is_doing_it_once(desk: Desk) -> None:
    for _ in range(2):
        come_on_shift(desk.ada, now=desk.later())
    for _ in range(2):
        step_away(desk.ada, now=desk.later())
    come_on_shift(desk.ada, now=desk.later(), until=NOW + timedelta(hours=1))
    assert status(desk.ada) == Status.AWAY, "a longer shift calls nobody back from his coffee"
    for _ in range(2):
        come_back(desk.ada, now=desk.later())
    for _ in range(2):
        go_off_shift(desk.ada, now=desk.later())
    assert log() == ["came_on_shift", "stepped_away", "came_back", "went_off_shift"]


def test_who_is_off_cannot_be_away_and_who_left_does_not_come(desk: Desk) -> None:
    for verb in (step_away, come_back):
        with pytest.raises(Invalid):
            verb(desk.ada, now=NOW)
    switch_off(desk.ada, by=desk.kim, now=NOW)
    with pytest.raises(NotAllowed):
        come_on_shift(desk.ada, now=NOW)


def test_being_seen_is_written_at_most_once_a_minute(
    desk: Desk, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    seen(desk.ada, NOW)
    seen(desk.ada, NOW + timedelta(seconds=59))
    desk.ada.refresh_from_db()
    assert desk.ada.seen_at == NOW
    with django_assert_num_queries(0):
        seen(desk.ada, NOW + timedelta(seconds=59))
    seen(desk.ada, NOW + timedelta(seconds=60))
    desk.ada.refresh_from_db()
    assert desk.ada.seen_at == NOW + timedelta(seconds=60)


def test_the_duty_is_the_standing_leads_if_he_is_here_else_who_is_longest_on_shift(desk: Desk) -> None:
    for agent in (desk.ada, desk.kim):
        Membership.objects.create(agent=agent, team=desk.team, role=Role.SUPERVISOR)

    def lead() -> str:
        return duty_lead(desk.team, desk.clock).name

    come_on_shift(desk.kim, now=desk.later())
    assert lead() == "Kim"
    come_on_shift(desk.ada, now=desk.later())
    assert lead() == "Kim", "longest on shift"
    come_on_shift(desk.max, now=desk.later())
    assert lead() == "Kim", "a manager watches, he has no duty"
    come_on_shift(desk.sam, now=desk.later())
    assert lead() == "Sam", "the standing lead comes first"
    step_away(desk.sam, now=desk.later())
    assert lead() == "Sam", "he is back in a moment"
    go_off_shift(desk.sam, now=desk.later())
    assert lead() == "Kim"
    go_off_shift(desk.kim, now=desk.later())
    assert lead() == "Ada"
    go_off_shift(desk.ada, now=desk.later())
    assert lead() == "Sam", "nobody is here: the standing lead, even off shift"


def test_the_duty_has_neither_gap_nor_overlap(desk: Desk) -> None:
    Membership.objects.create(agent=desk.ada, team=desk.team, role=Role.SUPERVISOR)
    now = desk.later()
    for verb in (come_on_shift, go_off_shift, come_on_shift):
        verb(desk.ada, now=now)
    go_off_shift(desk.ada, now=desk.later())
    terms = list(LeadTerm.objects.filter(team=desk.team).order_by("pk").values_list("agent__name", "ended_at"))
    assert terms == [("Sam", now), ("Ada", desk.clock), ("Sam", None)]


def test_who_is_no_supervisor_any_more_has_no_duty(desk: Desk) -> None:
    Membership.objects.create(agent=desk.ada, team=desk.team, role=Role.SUPERVISOR)
    come_on_shift(desk.ada, now=desk.later())
    set_roles(desk.ada, [(Role.AGENT, desk.team)], by=desk.kim, now=desk.later())
    assert duty_lead(desk.team, desk.clock) == desk.sam
    set_roles(desk.ada, [(Role.SUPERVISOR, desk.team)], by=desk.kim, now=desk.later())
    assert duty_lead(desk.team, desk.clock) == desk.ada
    switch_off(desk.ada, by=desk.kim, now=desk.later())
    assert duty_lead(desk.team, desk.clock) == desk.sam
