"""One look and one way of working on all pages: one main button, the place where one is, a next step from nowhere."""

import pytest

from inbox.models import Agent, Membership
from tests.inbox.desk_of_five import Desk, browser

PAGES = (
    *("/channels/", "/channels/new/email/", "/people/", "/people/new/", "/views/", "/views/new/", "/answers/", "/me/"),
    *("/answers/new/", "/guidelines/", "/notices/", "/outside/", "/shifts/", "/reports/ledger/", "/c/mine/"),
)


def page(agent: Agent, address: str) -> str:
    answer = browser(agent).get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


@pytest.mark.parametrize("address", PAGES)
def test_a_page_has_one_main_button_at_most(desk: Desk, address: str) -> None:
    Membership.objects.create(agent=desk.kim, team=desk.team, role="agent")
    shown = page(Agent.objects.get(pk=desk.kim.pk), address)
    assert shown.count("btn-main") <= 1


def test_a_channel_of_each_kind_is_connected_from_one_menu(desk: Desk) -> None:
    shown = page(desk.kim, "/channels/")
    for kind in ("email", "twitter", "facebook"):
        assert shown.count(f'href="/channels/new/{kind}/"') == 1


def test_the_foot_of_a_phone_knows_ones_own_page(desk: Desk) -> None:
    dock = page(desk.ada, "/me/").split('class="dock"')[1].split("</nav>")[0]
    assert dock.count('aria-current="page"') == 1
    assert 'href="/me/" aria-current="page"' in dock
    assert 'href="/me/" aria-current' not in page(desk.ada, "/c/mine/").split('class="dock"')[1]


def test_the_sheet_names_the_key_that_leads_out(desk: Desk) -> None:
    assert "<kbd>Esc</kbd>" in page(desk.ada, "/c/mine/")


@pytest.mark.parametrize(
    "address", ["/c/mine/", "/c/queue/", "/c/open/", "/c/solved/", "/c/mine~solved/", "/notices/", "/handover/"]
)
def test_where_nothing_is_it_says_where_to_go(desk: Desk, address: str) -> None:
    blank = page(desk.ada, address).split('class="blank"')[1]
    assert 'class="btn"' in blank.split("</div>")[0]


def test_nothing_leads_to_where_one_is(desk: Desk) -> None:
    for address in ("/c/queue/", "/c/open/", "/c/pending/"):
        assert f'href="{address}"' not in page(desk.ada, address).split('class="blank"')[1].split("</div>")[0]


@pytest.mark.parametrize("address", ["/me/", "/views/", "/answers/", "/notices/", "/shifts/", "/handover/"])
def test_every_page_shows_how_much_waits(desk: Desk, address: str) -> None:
    desk.problem()
    rail = page(desk.ada, address).split('id="rail-lists"')[1]
    queue = rail.split('data-place="queue"')[1].split("</a>")[0]
    assert '<span class="nav-n">1</span>' in queue
