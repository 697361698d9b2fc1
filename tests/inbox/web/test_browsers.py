"""The service worker, and switching this browser on and off: by choice, and never for whoever sits there next."""

import pytest
from django.test import Client
from django.urls import reverse

from connectors.webpush import text_of
from inbox.desk import people
from inbox.models import Agent, Browser
from inbox.web.browsers import COOKIE, name_of
from tests.inbox.desk_of_five import Desk, browser
from tests.push_service import Reader


def subscribes(client: Client, place: str = "1") -> Browser:
    told = Reader(f"https://push.example.net/{place}").subscription
    said = {"endpoint": told.endpoint, "key": text_of(told.key), "secret": text_of(told.secret)}
    answer = client.post("/me/browsers/", said, headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"})
    assert answer.status_code == 204
    row = Browser.objects.get(endpoint=told.endpoint)
    assert (bytes(row.key), bytes(row.secret)) == (told.key, told.secret)
    return row


def test_the_worker_is_a_script_at_the_root_for_everybody(desk: Desk, client: Client) -> None:
    answer = client.get("/worker.js")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/javascript; charset=utf-8")
    assert answer["Cache-Control"] == "no-store"
    assert "connect-src 'self'" in answer["Content-Security-Policy"]
    assert b"pushsubscriptionchange" in answer.content
    assert reverse("inbox:my_browsers").encode() in answer.content


def test_a_browser_learns_our_key_and_is_in_the_list_from_then_on(desk: Desk) -> None:
    ada = browser(desk.ada)
    first, second = (ada.get("/me/browsers/").json() for _twice in range(2))
    assert len(first["key"]) == 87
    assert (first["key"], first["on"]) == (second["key"], False)
    row = subscribes(ada)
    assert ada.get("/me/browsers/").json()["on"] is True
    assert (row.agent, row.name, row.language) == (desk.ada, "Firefox, Linux", "en")
    cookie = ada.cookies[COOKIE]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == (str(row.handle), True, "Lax")
    page = ada.get("/me/").content.decode()
    assert "<li data-here>" in page
    assert "Switch off here" in page
    elsewhere = browser(desk.ada).get("/me/").content.decode()
    assert "Firefox, Linux" in elsewhere
    assert "data-here" not in elsewhere


def test_each_of_hers_can_be_removed_and_none_of_a_colleague(desk: Desk) -> None:
    row, of_sam = subscribes(browser(desk.ada), "1"), subscribes(browser(desk.sam), "2")
    ada = browser(desk.ada)
    for each in (row, of_sam):
        ada.post(f"/me/browsers/{each.pk}/remove/")
    assert list(Browser.objects.all()) == [of_sam]


def test_signing_out_ends_this_browser_and_no_other(desk: Desk) -> None:
    here, there = browser(desk.ada), browser(desk.ada)
    subscribes(here, "1")
    stays = subscribes(there, "2")
    here.post("/accounts/logout/")
    assert list(Browser.objects.all()) == [stays]
    there.delete("/api/v1/session/")
    assert not Browser.objects.exists()


def test_whoever_signs_in_here_next_ends_what_was_told_to_another(desk: Desk) -> None:
    desk.sam.set_password("a lamp that is red")
    desk.sam.save()
    shared = browser(desk.ada)
    row = subscribes(shared)
    shared.cookies.pop("otvet_session")
    assert Browser.objects.get() == row
    shared.post("/accounts/login/", {"login": desk.sam.email, "password": "a lamp that is red"})
    assert not Browser.objects.exists()


def test_a_new_password_ends_all_others_and_switching_off_ends_all(desk: Desk) -> None:
    here = browser(desk.ada)
    row = subscribes(here, "1")
    subscribes(browser(desk.ada), "2")
    here.post("/me/", {"password": "a lamp that is red", "again": "a lamp that is red"})
    assert list(Browser.objects.all()) == [row]
    people.switch_off(Agent.objects.get(pk=desk.ada.pk), by=desk.kim, now=desk.later())
    assert not Browser.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"endpoint": "http://push.example.net/"}, {"key": "AAAA"}, {"secret": "*"}, {"endpoint": ""}]
)
def test_what_no_browser_says_is_refused(desk: Desk, wrong: dict[str, str]) -> None:
    told = Reader("https://push.example.net/1").subscription
    said = {"endpoint": told.endpoint, "key": text_of(told.key), "secret": text_of(told.secret), **wrong}
    assert browser(desk.ada).post("/me/browsers/", said).status_code == 400
    assert not Browser.objects.exists()


def test_nobody_subscribes_who_is_not_signed_in(desk: Desk, client: Client) -> None:
    assert client.get("/me/browsers/").status_code == client.post("/me/browsers/").status_code == 302


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/141.0 Safari/537.36 Edg/141.0", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/141.0 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 YaBrowser/25.8 Safari/537.36", "Yandex Browser, Windows"),
        ("", "?"),
    ],
)  # fmt: skip
def test_a_browser_has_the_name_that_people_know(user_agent: str, name: str) -> None:
    assert name_of(user_agent) == name
