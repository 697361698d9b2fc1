"""A refusal is a page with a sentence and the right status, whoever raises it."""

import json

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


def test_a_page_with_an_old_token_that_asks_by_itself_gets_no_page_but_is_told_to_ask_for_the_new_one(
    desk: Desk,
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(desk.ada)
    answer = client.post("/seen/", headers={"HX-Request": "true", "X-CSRFToken": "x" * 64})
    assert (answer.status_code, answer.content) == (401, b"")


def test_an_admin_in_no_team_sees_an_empty_list(desk: Desk) -> None:
    desk.problem()
    page = browser(desk.kim).get("/c/open/")
    assert page.status_code == 200
    assert "There is nothing here." in page.content.decode()


PART = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "header#talk-head"}


@pytest.mark.parametrize("path", ["/c/open/{}/", "/c/open/{}/stretch/", "/c/open/{}/side/", "/c/view-99/", "/people/"])
def test_what_a_page_asks_for_a_part_of_itself_replaces_nothing_and_says_why(desk: Desk, path: str) -> None:
    hidden = desk.problem(channel=desk.channel_elsewhere)
    answer = browser(desk.ada).get(path.format(hidden.number), headers=PART)
    assert answer.status_code in {403, 404}
    assert (answer["HX-Reswap"], answer.content) == ("none", b"")
    assert "HX-Retarget" not in answer
    assert "what you wrote can still be copied" in json.loads(answer["HX-Trigger"])["otvet:refused"]


def test_an_answer_to_what_one_may_not_see_any_more_leaves_the_page_with_the_text(desk: Desk) -> None:
    hidden = desk.problem(channel=desk.channel_elsewhere)
    written = {"text": "We will help.", "seen_up_to": str(hidden.last_message)}
    headers = {"HX-Request": "true", "HX-Request-Type": "full", "HX-Target": "body"}
    answer = browser(desk.ada).post(f"/c/open/{hidden.number}/reply/", written, headers=headers)
    assert (answer.status_code, answer["HX-Reswap"]) == (404, "none")


def test_a_part_that_says_itself_what_is_wrong_stands_in_its_place(desk: Desk) -> None:
    conversation = desk.problem()
    answer = browser(desk.ada).post(f"/promises/{conversation.number}/", {"until": "soon"}, headers=PART)
    assert answer.status_code == 400
    assert "Write a day and a time." in answer.content.decode()
    assert "HX-Retarget" not in answer


@pytest.mark.parametrize("headers", [{"HX-Request": "true"}, {"Sec-Fetch-Mode": "cors"}, {"Sec-Fetch-Mode": "no-cors"}])
def test_a_script_is_told_that_nobody_is_signed_in_and_gets_no_page(desk: Desk, headers: dict[str, str]) -> None:
    assert browser(None).get("/c/mine/", headers=headers).status_code == 401
    assert browser(None).post("/c/mine/10001/draft/", headers=headers).status_code == 401


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Mode": "navigate"}])
def test_whoever_opens_a_page_is_led_to_where_one_signs_in(desk: Desk, headers: dict[str, str]) -> None:
    answer = browser(None).get("/c/mine/", headers=headers)
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/c/mine/")


def test_a_page_that_was_left_open_learns_who_is_signed_in_and_the_token_of_its_forms(desk: Desk) -> None:
    said = browser(desk.ada).get("/signed-in/").json()
    assert said["me"] == desk.ada.pk
    client = Client(enforce_csrf_checks=True)
    client.force_login(desk.ada)
    token = client.get("/signed-in/").json()["token"]
    assert client.post("/seen/", headers={"X-CSRFToken": token}).status_code == 204
    assert client.post("/seen/").status_code == 403
