"""OAuth 2.0 with PKCE, from the page to the last token."""

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from connectors.sandbox.x.server import XServer
from tests.connectors.sandbox.x.conftest import API, Client, Clock

BACK = "https://desk.example.com/back"
VERIFIER = "a-verifier-that-is-long-enough-for-the-rule-of-43"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
INVALID_TOKEN = {"error": "invalid_request", "error_description": "Value passed for the token was invalid."}


def asked(x: XServer, **changed: str) -> dict[str, str]:
    return {
        "response_type": "code",
        "client_id": x.app.client_id,
        "redirect_uri": BACK,
        "scope": "tweet.read users.read offline.access",
        "state": "state-1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **changed,
    }


def allowed(client: Client, form: dict[str, str], decision: str = "allow") -> dict[str, str]:
    form = {**form, "account": "demo", "decision": decision}
    answer = client("POST", "https://x.com/i/oauth2/authorize", data=form, auth=None)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(BACK)
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def exchanged(client: Client, code: str, **changed: Any) -> requests.Response:
    auth = changed.pop("auth", (client.x.app.client_id, client.x.app.client_secret))
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
    return client("POST", "/2/oauth2/token", data={**form, **changed}, auth=auth)


def refreshed(client: Client, token: str) -> requests.Response:
    form = {"grant_type": "refresh_token", "refresh_token": token}
    return client("POST", "/2/oauth2/token", data=form, auth=(client.x.app.client_id, client.x.app.client_secret))


def test_the_page_shows_our_accounts_and_the_state_comes_back_with_a_code(x: XServer, us: Client) -> None:
    page = us("GET", "https://x.com/i/oauth2/authorize", params=asked(x), auth=None)
    assert page.status_code == 200
    assert 'value="demo"' in page.text
    back = allowed(us, asked(x))
    assert back["state"] == "state-1"
    tokens = exchanged(us, back["code"]).json()
    assert tokens | {"access_token": "", "refresh_token": ""} == {
        "token_type": "bearer",
        "expires_in": 7200,
        "access_token": "",
        "scope": "tweet.read users.read offline.access",
        "refresh_token": "",
    }
    me = us("GET", "/2/users/me", auth=None, headers={"authorization": f"Bearer {tokens['access_token']}"})
    assert me.json()["data"]["username"] == "demo"


def test_who_says_no_comes_back_without_a_code(x: XServer, us: Client) -> None:
    assert allowed(us, asked(x), "deny") == {"state": "state-1", "error": "access_denied"}


@pytest.mark.parametrize(
    "changed",
    [
        {"code_challenge_method": "plain"},
        {"code_challenge": ""},
        {"state": ""},
        {"client_id": "another"},
        {"scope": "tweet.read everything"},
        {"response_type": "token"},
    ],
)
def test_a_wrong_link_to_the_page_is_refused(x: XServer, us: Client, changed: dict[str, str]) -> None:
    answer = us("GET", "https://x.com/i/oauth2/authorize", params=asked(x, **changed), auth=None)
    assert answer.status_code == 400
    assert "html" in answer.headers["content-type"]


def test_a_code_is_good_once_and_for_thirty_seconds(x: XServer, us: Client, clock: Clock) -> None:
    code = allowed(us, asked(x))["code"]
    assert exchanged(us, code).status_code == 200
    assert exchanged(us, code).status_code == 400
    late = allowed(us, asked(x))["code"]
    clock.ahead = 31
    assert exchanged(us, late).json()["error"] == "invalid_request"


def test_the_verifier_the_address_and_the_secret_must_fit(x: XServer, us: Client) -> None:
    code = allowed(us, asked(x))["code"]
    assert exchanged(us, code, code_verifier="another").status_code == 400
    assert exchanged(us, code, redirect_uri="https://else.example.com/").status_code == 400
    assert exchanged(us, code, auth=(x.app.client_id, "wrong")).status_code == 401
    assert exchanged(us, code, auth=None).status_code == 400
    assert exchanged(us, code, auth=None, client_id=x.app.client_id).status_code == 401
    assert exchanged(us, code).status_code == 200


def test_a_public_client_gives_its_id_instead_of_a_secret(x: XServer, us: Client) -> None:
    code = allowed(us, asked(x, client_id=x.app.public_client_id))["code"]
    tokens = exchanged(us, code, auth=None, client_id=x.app.public_client_id).json()
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert us("POST", "/2/oauth2/token", data=form, auth=None).status_code == 400
    assert us("POST", "/2/oauth2/token", data={**form, "client_id": x.app.public_client_id}, auth=None).ok


def test_a_refresh_token_is_good_once_and_the_old_pair_is_void(us: Client, x: XServer) -> None:
    first = exchanged(us, allowed(us, asked(x))["code"]).json()
    second = refreshed(us, first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    again = refreshed(us, first["refresh_token"])
    assert (again.status_code, again.json()) == (400, INVALID_TOKEN)
    old = us("GET", "/2/users/me", auth=None, headers={"authorization": f"Bearer {first['access_token']}"})
    assert old.status_code == 401
    assert refreshed(us, second["refresh_token"]).status_code == 200


def test_there_is_no_refresh_token_without_offline_access(x: XServer, us: Client) -> None:
    code = allowed(us, asked(x, scope="tweet.read users.read"))["code"]
    assert "refresh_token" not in exchanged(us, code).json()


def test_a_form_without_its_grant_type_gets_the_recorded_refusal(x: XServer, us: Client) -> None:
    secret = (x.app.client_id, x.app.client_secret)
    answer = us("POST", "/2/oauth2/token", data={"code": "1"}, auth=secret)
    refusal = {"error": "invalid_request", "error_description": "Missing required parameter [grant_type]."}
    assert (answer.status_code, answer.json()) == (400, refusal)
    as_json = us("POST", "/2/oauth2/token", json={"grant_type": "refresh_token"}, auth=secret)
    assert as_json.json() == refusal


def test_revoked_and_withdrawn_tokens_are_void(x: XServer, us: Client) -> None:
    tokens = x.log_in("demo")
    secret = (x.app.client_id, x.app.client_secret)
    form = {"token": tokens["refresh_token"], "token_type_hint": "refresh_token"}
    assert us("POST", "/2/oauth2/revoke", data=form, auth=secret).json() == {"revoked": True}
    assert refreshed(us, str(tokens["refresh_token"])).json() == INVALID_TOKEN
    others = x.log_in("demo")
    x.withdraw("demo")
    assert refreshed(us, str(others["refresh_token"])).json() == INVALID_TOKEN
    assert [effect.what for effect in x.log()] == ["revoked"]


def test_the_address_of_the_api_is_the_one_of_the_tokens(us: Client) -> None:
    assert us("POST", f"{API}/2/oauth2/nothing", data={}, auth=None).status_code == 404
