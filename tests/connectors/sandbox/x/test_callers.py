"""Who may come in, and how the others are refused."""

import requests
from requests_oauthlib import OAuth1

from connectors.sandbox.x.server import XServer, address
from tests.connectors.sandbox.x.conftest import Client, Clock

UNAUTHORIZED = {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}


def test_a_signature_over_the_public_address_opens(us: Client) -> None:
    assert us.get("/2/users/me")["data"]["username"] == "demo"
    assert us.get("https://api.x.com/2/users/me")["data"]["username"] == "demo"


def test_a_signature_covers_the_query(us: Client) -> None:
    assert us.get("/2/users/me", **{"user.fields": "created_at,description"})["data"]["description"] == ""


def test_a_signature_over_our_own_address_is_refused(x: XServer, port: int) -> None:
    token, secret = x.keys("demo")
    signed = OAuth1(x.app.consumer_key, x.app.consumer_secret, token, secret)
    answer = requests.get(f"{address(port)}/2/users/me", auth=signed, timeout=5)
    assert (answer.status_code, answer.json()) == (401, UNAUTHORIZED)


def test_a_wrong_secret_is_refused(x: XServer, us: Client) -> None:
    token, secret = x.keys("demo")
    for keys in (
        (x.app.consumer_key, "wrong", token, secret),
        (x.app.consumer_key, x.app.consumer_secret, token, "wrong"),
        ("wrong", x.app.consumer_secret, token, secret),
    ):
        assert us("GET", "/2/users/me", auth=OAuth1(*keys)).status_code == 401


def test_a_signed_request_is_taken_only_once_and_only_while_it_is_fresh(x: XServer, us: Client, clock: Clock) -> None:
    token, secret = x.keys("demo")
    keys = (x.app.consumer_key, x.app.consumer_secret, token, secret)
    once = OAuth1(*keys, nonce="n1", timestamp=str(int(clock())))
    assert us("GET", "/2/users/me", auth=once).status_code == 200
    assert us("GET", "/2/users/me", auth=once).status_code == 401
    old = OAuth1(*keys, nonce="n2", timestamp=str(int(clock()) - 3600))
    assert us("GET", "/2/users/me", auth=old).status_code == 401


def test_nobody_is_let_in_without_a_name(x: XServer, port: int) -> None:
    answer = Client(x, port, bearer="nonsense")("GET", "/2/users/me")
    assert (answer.status_code, answer.json()) == (401, UNAUTHORIZED)


def test_the_app_itself_reads_in_public_but_never_in_private(x: XServer, app: Client) -> None:
    ours = x.account("demo").id
    assert app.get(f"/2/users/{ours}/mentions") == {"meta": {"result_count": 0}}
    for path in ("/2/dm_events", "/2/users/me"):
        answer = app("GET", path)
        assert answer.status_code == 403
        assert answer.json()["title"] == "Unsupported Authentication"
    assert app("POST", "/2/tweets", json={"text": "hello"}).status_code == 403
    assert x.log() == []


def test_an_access_token_lives_two_hours(ours: Client, clock: Clock) -> None:
    assert ours("GET", "/2/users/me").status_code == 200
    clock.ahead = 7201
    answer = ours("GET", "/2/users/me")
    assert (answer.status_code, answer.json()) == (401, UNAUTHORIZED)


def test_a_token_without_the_scope_is_refused(x: XServer, port: int) -> None:
    reader = Client(x, port, bearer=str(x.log_in("demo", "tweet.read users.read")["access_token"]))
    assert reader("GET", "/2/users/me").status_code == 200
    assert reader("GET", "/2/dm_events").status_code == 403
    assert reader("POST", "/2/tweets", json={"text": "hello"}).status_code == 403


def test_a_suspended_account_does_nothing(x: XServer, us: Client) -> None:
    x.suspend("demo")
    assert us("GET", "/2/users/me").status_code == 403
