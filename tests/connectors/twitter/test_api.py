"""The line to X: nothing without an end, nothing to another machine, nothing in a log."""

import logging
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from connectors.errors import ChannelError, CredentialsRefused, OutcomeUnknown, Rejected, TryLater
from connectors.sandbox.x.server import XServer
from connectors.twitter.api import Api, Keys
from connectors.twitter.connector import X
from tests.connectors.http_server import Script, http_server

TOKEN = "a-token-nobody-may-see"
KEYS = Keys(bearer=TOKEN)


@pytest.fixture
def server(allow_plain: Callable[..., None]) -> Iterator[Script]:
    with http_server(allow_plain) as script:
        yield script


def test_it_speaks_to_x_itself_by_default() -> None:
    assert Api(keys=KEYS).host == "https://api.x.com"
    signed = Keys(consumer_key="k", consumer_secret="s", token="1-t", token_secret="u")
    assert Api(keys=signed).host == "https://api.twitter.com"  # the host that is signed for
    assert Api(keys=signed, base="http://127.0.0.1:1").host == "http://127.0.0.1:1"


def test_a_redirect_is_not_followed(server: Script) -> None:
    server.status, server.headers = 302, {"Location": "http://127.0.0.1:1/"}
    with pytest.raises(Rejected):
        Api(keys=KEYS, base=server.base).get("/2/users/me")
    assert len(server.asked) == 1


def test_a_limit_is_not_slept_on(server: Script) -> None:
    server.status = 429
    with pytest.raises(TryLater):
        Api(keys=KEYS, base=server.base).get("/2/users/me")
    assert len(server.asked) == 1


def test_a_machine_that_may_not_be_reached_is_not_reached(monkeypatch: pytest.MonkeyPatch, server: Script) -> None:
    monkeypatch.setenv("OTVET_REACH", "")
    with pytest.raises(CredentialsRefused):
        Api(keys=KEYS, base=server.base).post("/2/tweets", {"text": "a"})
    assert server.asked == []


def test_a_line_that_breaks_leaves_an_effect_unknown(server: Script) -> None:
    server.drop = True
    api = Api(keys=KEYS, base=server.base)
    with pytest.raises(OutcomeUnknown):
        api.post("/2/tweets", {"text": "a"})
    with pytest.raises(TryLater):
        api.get("/2/tweets")


@pytest.mark.parametrize("how", [{"answer": "401"}, {"answer": "500 HTML"}, {"cut": "after"}, {"answer": "400 list"}])
@pytest.mark.parametrize("way", ["oauth2", "oauth1"])
def test_no_key_is_in_a_log_or_a_traceback(
    x: XServer,
    acme: X,
    signed: X,
    caplog: pytest.LogCaptureFixture,
    how: dict[str, str],
    way: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    desk = acme if way == "oauth2" else signed
    desk.check()
    x.misbehave(**how)
    with pytest.raises(ChannelError) as raised:
        desk.check()
    if way == "oauth2":
        with pytest.raises(ChannelError):
            desk.refresh(desk.expires_at())  # type: ignore[arg-type]  # it has an end
    seen = caplog.text + "".join(traceback.format_exception(raised.value)) + repr(desk) + repr(raised.value.__context__)
    secrets = [desk.access_token, desk.refresh_token, desk.bearer, desk.client_secret, desk.consumer_secret]
    secrets += [signed.oauth1_token, signed.oauth1_token_secret, "oauth_signature", "Authorization"]
    assert [secret for secret in secrets if secret and secret in seen] == []
    assert caplog.records  # something was logged, by the line itself


def test_who_is_not_let_in_is_told_so(acme: X) -> None:
    with pytest.raises(CredentialsRefused, match="Connect the account again"):
        replace(acme, access_token="wrong").check()
