"""How somebody has his panes is kept with him, and never wider or narrower than a pane can be."""

import pytest

from tests.inbox.desk_of_five import Desk, browser


def kept(desk: Desk, query: str) -> object:
    assert browser(desk.ada).put(f"/me/panes/?{query}").status_code == 204
    desk.ada.refresh_from_db()
    return desk.ada.panes


@pytest.mark.parametrize(
    ("query", "panes"),
    [
        ("list=25&side=20", {"list": 25, "side": 20, "shut": []}),
        ("list=25&side=&shut=side", {"list": 25, "shut": ["side"]}),
        ("list=1&side=999999999999", {"list": 16, "side": 32, "shut": []}),
        ("list=-3&side=x&shut=all&shut=list&shut=list", {"shut": ["list"]}),
    ],
)
def test_what_can_be_is_kept(desk: Desk, query: str, panes: object) -> None:
    assert kept(desk, query) == panes


def test_they_stand_in_the_page_so_that_nothing_moves_when_it_opens(desk: Desk) -> None:
    kept(desk, "list=25&side=20&shut=side")
    page = browser(desk.ada).get("/c/open/").content.decode()
    assert 'data-list="25" data-side="20" data-shut="side"' in page
    assert 'aria-valuenow="25"' in page
    assert 'data-list="" data-side="" data-shut=""' in browser(desk.sam).get("/c/open/").content.decode()
