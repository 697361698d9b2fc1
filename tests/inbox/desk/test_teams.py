"""Teams always have somebody who answers for their queue; levels follow each other."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import Model

from escalation.models import Rule
from inbox.desk.ownership import duty_lead
from inbox.desk.people import switch_off
from inbox.desk.teams import change_team, close_team, make_team, remove_top_level, set_level
from inbox.errors import AlreadyDone, Invalid, NotAllowed, StillInCharge
from inbox.models import CannedAnswer, LeadTerm, Level, Membership, Role, Team, Topic
from tests.inbox.desk_of_five import NOW, Desk


def test_a_new_team_has_a_lead_from_its_first_instant(desk: Desk) -> None:
    team = make_team(" Returns ", lead=desk.max, by=desk.kim, now=desk.later())
    assert team.name == "Returns"
    assert duty_lead(team, desk.clock) == desk.max


def test_another_lead_has_the_duty_from_now_on_and_history_keeps_the_first(desk: Desk) -> None:
    before = desk.later()
    change_team(desk.team, name="Support", lead=desk.max, by=desk.kim, now=desk.later())
    assert (duty_lead(desk.team, before), duty_lead(desk.team, desk.clock)) == (desk.sam, desk.max)
    assert [term.ended_at for term in LeadTerm.objects.filter(team=desk.team).order_by("pk")] == [desk.clock, None]


def test_two_changes_in_one_instant_leave_one_lead(desk: Desk) -> None:
    now = desk.later()
    for lead in (desk.max, desk.ada):
        change_team(desk.team, name="Support", lead=lead, by=desk.kim, now=now)
    assert duty_lead(desk.team, now) == desk.ada
    assert LeadTerm.objects.filter(team=desk.team).count() == 2


def test_a_new_name_alone_changes_no_duty(desk: Desk) -> None:
    change_team(desk.team, name="Help", lead=desk.sam, by=desk.kim, now=desk.later())
    assert LeadTerm.objects.filter(team=desk.team).count() == 1


def test_a_name_is_one_teams(desk: Desk) -> None:
    with pytest.raises(Invalid):
        make_team("SUPPORT", lead=desk.sam, by=desk.kim, now=NOW)
    with pytest.raises(Invalid):
        change_team(desk.elsewhere, name="support", lead=desk.kim, by=desk.kim, now=NOW)


def test_who_does_not_work_here_leads_nothing(desk: Desk) -> None:
    switch_off(desk.ada, by=desk.kim, now=NOW)
    desk.ada.refresh_from_db()
    with pytest.raises(Invalid):
        make_team("Returns", lead=desk.ada, by=desk.kim, now=NOW)
    with pytest.raises(Invalid):
        set_level(1, name="Front line", holder=desk.ada, deputy=None, by=desk.kim, now=NOW)


def test_a_team_with_work_or_a_channel_is_not_closed(desk: Desk) -> None:
    with pytest.raises(StillInCharge):
        close_team(desk.team, by=desk.kim, now=NOW)
    conversation = desk.problem()
    desk.team.channels.update(team=desk.elsewhere)
    with pytest.raises(StillInCharge):
        close_team(desk.team, by=desk.kim, now=NOW)
    desk.answers(conversation, then="solved")
    with pytest.raises(StillInCharge, match="Ada, Max, Sam would be left without a team"):
        close_team(desk.team, by=desk.kim, now=NOW)
    for agent in (desk.ada, desk.sam, desk.max):
        Membership.objects.create(agent=agent, team=desk.elsewhere, role=Role.AGENT)
    close_team(desk.team, by=desk.kim, now=NOW)
    assert Team.objects.get(pk=desk.team.pk).closed_at == NOW
    with pytest.raises(AlreadyDone):
        close_team(desk.team, by=desk.kim, now=NOW)


def test_levels_follow_each_other(desk: Desk) -> None:
    with pytest.raises(Invalid):
        set_level(2, name="Management", holder=desk.max, deputy=None, by=desk.kim, now=NOW)
    for number, holder in ((1, desk.sam), (2, desk.max)):
        set_level(number, name=f"Level {number}", holder=holder, deputy=None, by=desk.kim, now=NOW)
    set_level(1, name="Front line", holder=desk.ada, deputy=desk.sam, by=desk.kim, now=NOW)
    assert [(level.number, level.holder) for level in Level.objects.all()] == [(1, desk.ada), (2, desk.max)]
    with pytest.raises(Invalid):
        set_level(1, name="Front line", holder=desk.sam, deputy=desk.sam, by=desk.kim, now=NOW)
    with pytest.raises(Invalid):
        set_level(0, name="Below", holder=desk.sam, deputy=None, by=desk.kim, now=NOW)


def test_only_the_highest_level_goes_and_never_the_first(desk: Desk) -> None:
    with pytest.raises(Invalid):
        remove_top_level(by=desk.kim, now=NOW)
    for number in (1, 2):
        set_level(number, name=f"Level {number}", holder=desk.sam, deputy=None, by=desk.kim, now=NOW)
    remove_top_level(by=desk.kim, now=NOW)
    with pytest.raises(Invalid):
        remove_top_level(by=desk.kim, now=NOW)
    assert Level.objects.get().number == 1


def test_only_an_admin_makes_teams_and_levels(desk: Desk) -> None:
    for by in (desk.ada, desk.sam, desk.max):
        with pytest.raises(NotAllowed):
            make_team("Returns", lead=desk.sam, by=by, now=NOW + timedelta(days=1))
        with pytest.raises(NotAllowed):
            set_level(1, name="Front line", holder=by, deputy=None, by=by, now=NOW)


SENDS: dict[str, Callable[[Team], Model]] = {
    "topic": lambda team: Topic.objects.create(name="Lamps", team=team),
    "canned answer": lambda team: CannedAnswer.objects.create(name="Lamps", text="x", to_team=team, changed_at=NOW),
    "rule": lambda team: Rule.objects.create(name="Lamps", actions={"team": team.pk}, is_on=False),
}


@pytest.mark.parametrize("what", SENDS)
def test_a_team_to_which_something_sends_work_is_not_closed(desk: Desk, what: str) -> None:
    team = make_team("Returns", lead=desk.max, by=desk.kim, now=NOW)
    sends = SENDS[what](team)
    with pytest.raises(StillInCharge, match=f"The {what} “Lamps” sends work to Returns"):
        close_team(team, by=desk.kim, now=NOW)
    sends.delete()
    close_team(team, by=desk.kim, now=NOW)


def test_an_answer_of_somebodys_own_does_not_hold_a_team_up(desk: Desk) -> None:
    team = make_team("Returns", lead=desk.max, by=desk.kim, now=NOW)
    CannedAnswer.objects.create(name="Mine", text="x", owner=desk.ada, to_team=team, changed_at=NOW)
    close_team(team, by=desk.kim, now=NOW)
