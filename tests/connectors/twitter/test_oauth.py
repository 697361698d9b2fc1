"""Letting us in on the page of X, and keys that are used once."""

import base64
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from connectors.contract import Consented, Refreshable
from connectors.errors import ChannelError, CredentialsRefused, TryLater
from connectors.sandbox.x.server import XServer
from connectors.twitter.connector import X
from connectors.twitter.oauth import SCOPES
from tests.connectors.http_server import Script, http_server
from tests.connectors.twitter.conftest import Clock

BACK = "https://desk.example.com/connect/back"
VERIFIER = "a-verifier-of-more-than-forty-three-characters-0123456789"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


def allowed(unconnected: X, account: str) -> str:
    """Walk through the page of X as the account, and return the code."""
    page = unconnected.consent_address(back=BACK, state="s1", challenge=CHALLENGE, again=False)
    assert page is not None
    asked = {name: values[0] for name, values in parse_qs(urlsplit(page).query).items()}
    answer = requests.post(
        page.partition("?")[0],
        data={**asked, "account": account, "decision": "allow"},
        timeout=20,
        allow_redirects=False,
    )
    back = parse_qs(urlsplit(answer.headers["location"]).query)
    assert back["state"] == ["s1"]
    return back["code"][0]


def test_the_page_of_x_is_asked_for_all_that_a_desk_needs() -> None:
    page = X(client_id="id 1").consent_address(back=BACK, state="s", challenge="c", again=False)
    parts = urlsplit(str(page))
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "https://x.com/i/oauth2/authorize"
    assert parse_qs(parts.query) == {
        "response_type": ["code"],
        "client_id": ["id 1"],
        "redirect_uri": [BACK],
        "scope": [" ".join(SCOPES)],
        "state": ["s"],
        "code_challenge": ["c"],
        "code_challenge_method": ["S256"],
    }
    assert "+" not in parts.query


def test_there_is_no_page_where_keys_are_given_or_consent_is_there() -> None:
    ask = {"back": BACK, "state": "s", "challenge": "c"}
    assert X().consent_address(**ask, again=False) is None
    assert X(client_id="1", oauth1_token="2-a").consent_address(**ask, again=True) is None
    connected = X(client_id="1", refresh_token="r")
    assert connected.consent_address(**ask, again=False) is None
    assert connected.consent_address(**ask, again=True) is not None
    assert isinstance(connected, Consented)
    assert isinstance(connected, Refreshable)


def test_consent_makes_a_channel(x: XServer, unconnected: X, clock: Clock) -> None:
    code = allowed(unconnected, "acme")
    connected = unconnected.consented(code, back=BACK, verifier=VERIFIER, now=clock.now)
    assert (connected.own_address, connected.account) == ("@acme", x.account("acme").id)
    assert connected.check() == "@acme"
    assert connected.expires_at() is not None
    assert set(connected.scopes.split()) == set(SCOPES)
    with pytest.raises(CredentialsRefused):
        unconnected.consented(code, back=BACK, verifier=VERIFIER, now=clock.now)  # a code is good for once


def test_a_public_app_needs_no_secret(x: XServer, unconnected: X, clock: Clock) -> None:
    public = replace(unconnected, client_id=x.app.public_client_id, client_secret="")
    code = allowed(public, "acme")
    connected = public.consented(code, back=BACK, verifier=VERIFIER, now=clock.now)
    assert connected.refresh(clock.now).check() == "@acme"


def test_connecting_again_as_somebody_else_is_refused(x: XServer, acme: X, clock: Clock) -> None:
    x.account("other", ours=True)
    code = allowed(replace(acme, refresh_token=""), "other")
    with pytest.raises(CredentialsRefused, match="You have let us into @other, but this channel is @acme"):
        acme.consented(code, back=BACK, verifier=VERIFIER, now=clock.now)


def test_a_refresh_gives_the_next_pair_and_ends_the_one_before(x: XServer, acme: X, clock: Clock) -> None:
    renewed = acme.refresh(clock.now)
    assert renewed.refresh_token != acme.refresh_token
    assert renewed.check() == "@acme"
    assert renewed.expires_at() == clock_in(clock, renewed, timedelta(hours=2) - timedelta(minutes=5))
    with pytest.raises(CredentialsRefused, match="Connect the account again"):
        acme.refresh(clock.now)
    with pytest.raises(CredentialsRefused):
        acme.check()


def clock_in(clock: Clock, renewed: X, ahead: timedelta) -> datetime:
    """The end that was noted, if it lies `ahead` of now."""
    end = renewed.expires_at()
    assert end is not None
    assert abs(end - clock.now - ahead) < timedelta(minutes=1)
    return end


def test_an_app_that_was_removed_asks_for_consent_again(x: XServer, acme: X, clock: Clock) -> None:
    x.withdraw("acme")
    with pytest.raises(CredentialsRefused):
        acme.refresh(clock.now)


@pytest.mark.parametrize(
    "how", [{"answer": "503 HTML"}, {"answer": "429"}, {"answer": "200 not JSON"}, {"cut": "before"}]
)
def test_a_failure_of_x_is_no_refusal(x: XServer, acme: X, clock: Clock, how: dict[str, str]) -> None:
    x.misbehave(on="POST /2/oauth2", **how)
    with pytest.raises(TryLater):
        acme.refresh(clock.now)


def test_an_account_that_was_never_connected_says_so() -> None:
    never = X(client_id="1")
    ended = never.expires_at()
    assert ended is not None
    assert ended - timedelta(days=1) < datetime.now(UTC)  # whoever reckons with a margin may do so
    for attempt in (lambda: never.refresh(datetime.now(UTC)), never.check, lambda: never.people(["1"])):
        with pytest.raises(CredentialsRefused, match="not connected yet"):
            attempt()


def test_keys_of_the_older_way_do_not_end(signed: X) -> None:
    assert signed.expires_at() is None
    assert signed.check() == "@acme"


def test_keys_of_another_account_are_told(x: XServer, signed: X) -> None:
    with pytest.raises(CredentialsRefused, match="X says that this is @acme, not @carla"):
        replace(signed, username="@carla").check()


@pytest.fixture
def token_server(allow_plain: Callable[..., None]) -> Iterator[Script]:
    with http_server(allow_plain) as script:
        yield script


def test_the_exchange_is_as_documented(token_server: Script) -> None:
    token_server.body = (
        b'{"token_type":"bearer","expires_in":7200,"access_token":"a2","refresh_token":"r2","scope":"s"}'
    )
    renewed = X(client_id="id", client_secret="hush", refresh_token="r1", base=token_server.base).refresh(
        datetime(2026, 11, 23, 12, tzinfo=UTC)
    )
    assert token_server.asked == [("/2/oauth2/token", {"grant_type": "refresh_token", "refresh_token": "r1"})]
    assert (renewed.access_token, renewed.refresh_token, renewed.scopes) == ("a2", "r2", "s")
    assert renewed.expires_at() == datetime(2026, 11, 23, 13, 55, tzinfo=UTC)


@pytest.mark.parametrize(
    "body",
    [
        b'{"error":"invalid_request","error_description":"Value passed for the token was invalid."}',
        b'{"error":"invalid_grant"}',
    ],
)
def test_a_spent_token_is_a_refusal(token_server: Script, body: bytes) -> None:
    token_server.status, token_server.body = 400, body
    with pytest.raises(ChannelError) as raised:
        X(client_id="id", refresh_token="secret-r1", base=token_server.base).refresh(datetime.now(UTC))
    assert type(raised.value) is CredentialsRefused
    assert "secret-r1" not in str(raised.value)
