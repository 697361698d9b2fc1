"""The pages on which kim makes people and teams."""

import pytest

from inbox.models import Membership, Role, Team
from tests.inbox.desk_of_five import Desk, browser

BLIND = "has no role in it"


@pytest.mark.parametrize(("role", "warned"), [(None, True), (Role.AGENT, False)])
def test_a_team_whose_lead_may_not_read_it_is_made_with_a_warning(desk: Desk, role: Role | None, warned: bool) -> None:
    kim = browser(desk.kim)
    kim.post("/people/teams/new/", {"name": "Returns", "lead": desk.ada.pk})
    returns = Team.objects.get(name="Returns")
    assert BLIND in kim.get("/people/").content.decode()
    if role:
        Membership.objects.create(agent=desk.ada, team=returns, role=role)
    kim.post(f"/people/teams/{returns.pk}/", {"name": "Sent back", "lead": desk.ada.pk})
    page = kim.get("/people/").content.decode()
    assert ("Ada leads Sent back" in page) is warned


def test_a_team_that_is_closed_has_no_lead_to_warn_of(desk: Desk) -> None:
    kim = browser(desk.kim)
    kim.post("/people/teams/new/", {"name": "Returns", "lead": desk.ada.pk})
    kim.get("/people/")
    kim.post(f"/people/teams/{Team.objects.get(name='Returns').pk}/", {"close": "1"})
    assert BLIND not in kim.get("/people/").content.decode()
    assert Team.objects.get(name="Returns").closed_at


def test_a_change_that_is_refused_in_one_half_is_not_saved_in_the_other(desk: Desk) -> None:
    typed = {"name": "Kim the second", "email": "kim@example.org"}
    page = browser(desk.kim).post(f"/people/{desk.kim.pk}/", typed).content.decode()
    assert "is the only admin" in page
    desk.kim.refresh_from_db()
    assert (desk.kim.name, desk.kim.email) == ("Kim", "kim@example.com")
