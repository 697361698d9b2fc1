"""A refusal is a page with a sentence and the right status, whoever raises it."""

import pytest
from django.test import Client

from tests.inbox.desk_of_five import Desk, browser


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("ada", "/people/"),
        ("ada", "/people/new/"),
        ("ada", "/channels/"),
        ("ada", "/channels/new/email/"),
        ("ada", "/held/quarantine/"),
        ("sam", "/people/teams/new/"),
        ("sam", "/channels/new/email/"),
        ("max", "/people/brands/new/"),
        ("kim", "/held/quarantine/"),
    ],
)
def test_what_one_may_not_see_is_refused_in_words(desk: Desk, name: str, path: str) -> None:
    page = browser(getattr(desk, name)).get(path)
    assert page.status_code == 403
    assert "You may not do this here." in page.content.decode()
    assert "To the start" in page.content.decode()


def test_a_refusal_that_htmx_asked_for_takes_the_whole_page(desk: Desk) -> None:
    page = browser(desk.ada).get("/people/", headers={"HX-Request": "true"})
    assert (page["HX-Retarget"], page["HX-Reswap"]) == ("body", "innerMorph")


def test_what_is_not_there_says_so_in_our_look(desk: Desk) -> None:
    page = browser(desk.ada).get("/nothing-here/")
    assert page.status_code == 404
    assert "There is nothing here that you may see." in page.content.decode()


def test_a_page_that_was_open_too_long_says_so(desk: Desk) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(desk.ada)
    page = client.post("/me/", {"name": "Ada"})
    assert page.status_code == 403
    assert "This page was open for too long." in page.content.decode()


def test_an_admin_in_no_team_sees_an_empty_list(desk: Desk) -> None:
    desk.problem()
    page = browser(desk.kim).get("/c/open/")
    assert page.status_code == 200
    assert "There is nothing here." in page.content.decode()
