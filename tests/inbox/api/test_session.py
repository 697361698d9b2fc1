"""Who calls: with a token, or from a browser that is signed in."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from inbox.api.throttling import PerToken
from inbox.models import ApiToken
from tests.inbox.desk_of_five import Desk, browser, program

API = "/api/v1/"


def make(client: Client, **body: Any) -> Any:
    return client.post(f"{API}tokens/", {"name": "robot", **body}, content_type="application/json")


def bearer(secret: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}"})


@pytest.mark.parametrize("way", [browser, program])
def test_one_is_told_who_one_is(desk: Desk, way: Any) -> None:
    me = way(desk.sam).get(f"{API}session/").json()
    assert (me["id"], me["name"], me["email"]) == (desk.sam.pk, "Sam", "sam@example.com")
    assert me["roles"] == [{"role": "supervisor", "team": {"id": desk.team.pk, "name": "Support"}}]
    assert way(desk.kim).get(f"{API}session/").json()["roles"] == [{"role": "admin", "team": None}]


def test_signing_out_ends_the_session(desk: Desk) -> None:
    page = browser(desk.ada)
    assert page.delete(f"{API}session/").status_code == 204
    assert page.get(f"{API}session/").status_code == 401
    assert page.get("/c/mine/").status_code == 302


def test_a_token_has_no_session_to_end(desk: Desk) -> None:
    assert program(desk.ada).delete(f"{API}session/").status_code == 400


def test_a_session_changes_nothing_without_its_csrf_token(desk: Desk) -> None:
    page = Client(enforce_csrf_checks=True)
    page.force_login(desk.ada)
    answer = make(page)
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
    assert not ApiToken.objects.exists()


def test_a_token_is_shown_once_and_works(desk: Desk) -> None:
    page = browser(desk.ada)
    made = make(page)
    assert made.status_code == 201
    secret = made.json()["secret"]
    assert bearer(secret).get(f"{API}session/").json()["name"] == "Ada"
    (listed,) = page.get(f"{API}tokens/").json()
    assert (listed["name"], "secret" in listed, listed["last_used_at"] is None) == ("robot", False, False)
    assert secret not in str(ApiToken.objects.values().get())


def test_a_token_that_is_deleted_works_no_more(desk: Desk) -> None:
    page = browser(desk.ada)
    made = make(page).json()
    assert page.delete(f"{API}tokens/{made['id']}/").status_code == 204
    assert bearer(made["secret"]).get(f"{API}session/").status_code == 401


def test_a_token_ends(desk: Desk) -> None:
    soon = timezone.now() + timedelta(hours=1)
    made = make(browser(desk.ada), expires_at=soon.isoformat()).json()
    assert bearer(made["secret"]).get(f"{API}session/").status_code == 200
    ApiToken.objects.update(expires_at=timezone.now())
    assert bearer(made["secret"]).get(f"{API}session/").status_code == 401


def test_a_token_that_has_ended_already_is_not_made(desk: Desk) -> None:
    assert make(browser(desk.ada), expires_at="2020-01-01T00:00:00Z").status_code == 400


def test_a_token_makes_no_other(desk: Desk) -> None:
    assert make(program(desk.ada)).status_code == 403
    assert ApiToken.objects.count() == 1


def test_the_tokens_of_others_are_nobodys_business(desk: Desk) -> None:
    made = make(browser(desk.ada)).json()
    page = browser(desk.sam)
    assert page.get(f"{API}tokens/").json() == []
    assert page.delete(f"{API}tokens/{made['id']}/").status_code == 404


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer invented", "Basic YWRhOmFkYQ=="])
def test_an_invented_token_lets_nobody_in(desk: Desk, header: str) -> None:
    answer = Client(headers={"Authorization": header}).get(f"{API}session/")
    assert answer.status_code == 401
    assert set(answer.json()) == {"code", "detail"}


def test_who_asks_too_often_is_told_when_to_come_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PerToken, "THROTTLE_RATES", {"token": "2/min"})
    tool, other = program(desk.ada), program(desk.ada)
    codes = [tool.get(f"{API}session/").status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    assert int(tool.get(f"{API}session/")["Retry-After"]) > 0
    assert other.get(f"{API}session/").status_code == 200
