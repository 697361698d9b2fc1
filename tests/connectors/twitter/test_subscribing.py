"""Telling X where to call us, and how the account stands."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from connectors.contract import Call
from connectors.errors import CredentialsRefused, Rejected
from connectors.sandbox.x.server import XServer
from connectors.sandbox.x.things import Subscription, Webhook
from connectors.twitter.app import XApp
from connectors.twitter.connector import X
from connectors.twitter.subscribing import NEEDED
from tests.connectors.http_server import Script, http_server
from tests.connectors.sandbox.receiver import Receiver, receiver
from tests.connectors.twitter.conftest import Clock


@pytest.fixture
def there(acme: X) -> Iterator[Receiver]:
    """Where our webhooks are, answering the challenge as the app does."""
    app = XApp(consumer_secret=acme.consumer_secret)
    with receiver() as kept:
        kept.on_get = lambda query: (200, _challenged(app, query))
        yield kept


def _challenged(app: XApp, query: str) -> bytes:
    return str(app.handshake(Call(body=b"", query={"crc_token": query.removeprefix("crc_token=")}))).encode()


def subscribed(x: XServer) -> list[str]:
    return sorted(one.event_type for one in x.platform.world.all(Subscription) if not one.deleted)


@pytest.mark.parametrize("shape", ["list", "object", "nested"])
def test_all_that_is_needed_is_subscribed_once(x: XServer, acme: X, there: Receiver, shape: str) -> None:
    x.rule(subscription_answer=shape)
    acme.subscribe(there.url, "")
    first = subscribed(x)
    assert set(NEEDED) <= set(first)
    acme.subscribe(there.url, "")
    assert subscribed(x) == first
    assert len(x.platform.world.all(Webhook)) == 1


def test_messages_that_nobody_wants_are_not_paid_for(x: XServer, acme: X, there: Receiver) -> None:
    replace(acme, take_messages=False).subscribe(there.url, "")
    assert "post.mention.create" in subscribed(x)
    assert [event for event in subscribed(x) if event.startswith("dm.")] == []


def test_a_webhook_that_x_gave_up_is_tried_again(x: XServer, acme: X, there: Receiver) -> None:
    acme.subscribe(there.url, "")
    answer, there.on_get = there.on_get, lambda _query: (500, b"")
    assert [webhook.valid for webhook in x.check_webhooks()] == [False]
    there.on_get = answer
    acme.subscribe(there.url, "")
    assert [webhook.valid for webhook in x.platform.world.all(Webhook)] == [True]


def test_an_address_that_does_not_answer_rightly_is_explained(acme: X, there: Receiver) -> None:
    there.on_get = lambda _query: (200, b'{"response_token":"sha256=wrong"}')
    with pytest.raises(Rejected, match="must be open to the internet"):
        acme.subscribe(there.url, "")


def test_an_address_that_x_does_not_call_is_explained(acme: X) -> None:
    with pytest.raises(Rejected, match="name no port"):
        acme.subscribe("https://desk.example.com:8443/hooks", "")


def test_an_app_with_all_its_webhooks_is_explained(acme: X, there: Receiver) -> None:
    acme.subscribe(there.url, "")
    with pytest.raises(Rejected, match="Delete one"):
        acme.subscribe(f"{there.url}/other", "")


def test_keys_that_are_missing_are_named(acme: X, signed: X) -> None:
    with pytest.raises(Rejected, match="Bearer Token"):
        replace(acme, bearer="").subscribe("https://desk.example.com/hooks", "")
    with pytest.raises(Rejected, match=r"OAuth 2\.0"):
        signed.subscribe("https://desk.example.com/hooks", "")


def test_the_report_says_who_we_are_and_what_we_may_do(x: XServer, acme: X, there: Receiver, clock: Clock) -> None:
    report = acme.report(clock.now)
    assert report.name == "Acme (@acme)"
    assert "Read direct messages" in report.may
    assert report.missing == ()
    assert report.webhook == "X does not call us. We ask it every minute instead."
    acme.subscribe(there.url, "")
    assert acme.report(clock.now).webhook == "X tells us of news at once."
    there.on_get = lambda _query: (500, b"")
    x.check_webhooks()
    assert "given up" in acme.report(clock.now).webhook


def test_the_report_says_what_is_missing(x: XServer, acme: X, clock: Clock) -> None:
    scopes = "tweet.read users.read"
    tokens = x.log_in("acme", scopes)
    poor = replace(acme, access_token=str(tokens["access_token"]), scopes=scopes, bearer="")
    report = poor.report(clock.now)
    assert report.may == ("Read posts",)
    assert "We may not read direct messages." in report.missing
    assert "We may not answer posts." in report.missing


def test_a_signed_key_tells_its_level(allow_plain: object) -> None:
    with http_server(allow_plain) as script:  # type: ignore[arg-type]  # the fixture of the folder above
        script.body = json.dumps({"data": {"id": "1", "username": "acme", "name": "Acme"}}).encode()
        script.headers = {"x-access-level": "read-write"}
        report = _signed(script).report(Clock().now)
    assert report.missing == ("We may not read direct messages.", "We may not write direct messages.")


def _signed(script: Script) -> X:
    return X(consumer_key="k", consumer_secret="s", oauth1_token="1-t", oauth1_token_secret="u", base=script.base)


def test_a_withdrawn_access_is_said_so(x: XServer, acme: X, clock: Clock) -> None:
    x.withdraw("acme")
    with pytest.raises(CredentialsRefused):
        acme.report(clock.now)
