"""How people come in: by a link that works once, or by e-mail and password; and by nothing else."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from inbox.desk.links import invite, make_link
from inbox.desk.people import switch_off
from inbox.models import Purpose
from tests.inbox.desk_of_five import Desk

GOOD = "a long walk in the snow"
NOT_OFFERED = [
    "signup/",
    "email/",
    "confirm-email/",
    "confirm-email/abc/",
    "password/change/",
    "password/set/",
    "password/reset/",
    "password/reset/done/",
    "password/reset/key/1-abc/",
    "inactive/",
    "reauthenticate/",
    "login/code/confirm/",
]


@pytest.fixture
def link(desk: Desk) -> str:
    return f"/link/{make_link(Purpose.SIGN_IN, desk.ada, now=timezone.now())}/"


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_looking_at_a_link_does_not_use_it_up(client: Client, link: str) -> None:
    for _look in range(3):
        assert client.get(link).status_code == 200
        assert not signed_in(client)
    assert client.post(link).status_code == 302
    assert signed_in(client)


def test_a_link_works_once(client: Client, link: str) -> None:
    client.post(link)
    client.logout()
    for response in (client.get(link), client.post(link)):
        assert response.status_code == 404
        assert "This link has ended" in response.content.decode()
    assert not signed_in(client)


def test_an_invitation_sets_a_password_that_counts(client: Client, desk: Desk) -> None:
    path = f"/link/{invite(desk.ada, by=desk.kim, now=timezone.now())}/"
    assert client.post(path, {"password": "short", "again": "short"}).status_code == 200
    assert client.post(path, {"password": GOOD, "again": f"{GOOD}!"}).status_code == 200
    assert client.post(path, {"password": GOOD, "again": GOOD}).status_code == 302
    assert client.post(path, {"password": GOOD, "again": GOOD}).status_code == 404
    client.logout()
    client.post("/accounts/login/", {"login": "ada@example.com", "password": GOOD})
    assert signed_in(client)


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(client: Client, desk: Desk) -> None:
    desk.ada.set_password(GOOD)
    desk.ada.save()
    answers = []
    for address in ("ada@example.com", "nobody@example.com"):
        cache.clear()
        page = client.post("/accounts/login/", {"login": address, "password": "wrong"})
        assert page.status_code == 200
        answers.append(list(page.context["form"].non_field_errors()))
    assert answers[0] == answers[1] != []
    assert not signed_in(client)


def test_whoever_is_switched_off_does_not_come_in(client: Client, desk: Desk) -> None:
    desk.ada.set_password(GOOD)
    desk.ada.save()
    switch_off(desk.ada, by=desk.kim, now=timezone.now())
    client.post("/accounts/login/", {"login": "ada@example.com", "password": GOOD})
    assert not signed_in(client)


@pytest.mark.parametrize("path", NOT_OFFERED)
def test_what_we_do_not_offer_is_not_there(client: Client, desk: Desk, path: str) -> None:
    assert client.get(f"/accounts/{path}").status_code == 404
    assert client.post(f"/accounts/{path}", {"email": "ada@example.com"}).status_code == 404


def test_one_signs_out_by_a_post_only(client: Client, desk: Desk) -> None:
    client.force_login(desk.ada)
    assert client.get("/accounts/logout/").status_code == 405
    assert signed_in(client)
    assert client.post("/accounts/logout/").status_code == 302
    assert not signed_in(client)


@pytest.mark.parametrize("path", ["/", "/c/open/", "/people/", "/channels/", "/me/", "/search/?q=a", "/rail/"])
def test_a_stranger_is_shown_the_sign_in_page(client: Client, desk: Desk, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 302
    assert page["Location"].startswith("/accounts/login/")


def test_a_new_password_ends_all_other_sessions(desk: Desk) -> None:
    here, elsewhere = Client(), Client()
    here.force_login(desk.ada)
    elsewhere.force_login(desk.ada)
    here.post("/me/", {"password": GOOD, "again": GOOD})
    assert here.get("/c/mine/").status_code == 200
    assert elsewhere.get("/c/mine/").status_code == 302


def test_an_address_that_is_taken_leaves_the_link_of_the_first_admin_as_it_was(client: Client, desk: Desk) -> None:
    path = f"/link/{make_link(Purpose.FIRST_ADMIN, None, now=timezone.now())}/"
    typed = {"name": "Max", "email": "ada@example.com", "password": GOOD, "again": GOOD}
    page = client.post(path, typed)
    assert "Somebody here has this address already." in page.content.decode()
    assert not signed_in(client)
    assert client.post(path, {**typed, "email": "max@example.org"}).status_code == 302
    assert signed_in(client)
