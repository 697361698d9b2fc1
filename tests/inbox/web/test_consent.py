"""The owner of a mailbox lets us in on the provider's page, and only what we asked for comes of it."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from connectors import meter
from connectors.email.connector import Email
from inbox.connect import connect
from inbox.models import Channel
from tests.connectors.http_server import Script, http_server
from tests.inbox.desk_of_five import Desk


@pytest.fixture
def tokens(monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    """A token endpoint as Google's, on this machine."""

    def allow(port: int) -> None:
        monkeypatch.setenv("OTVET_REACH", f"127.0.0.1:{port}")

    with http_server(allow) as script:
        script.body = json.dumps(
            {"access_token": "access-1", "refresh_token": "refresh-1", "expires_in": 3600, "token_type": "Bearer"}
        ).encode()
        yield script


@pytest.fixture
def kim(desk: Desk) -> Client:
    client = Client()
    client.force_login(desk.kim, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture(autouse=True)
def _account_lets_us_in(monkeypatch: pytest.MonkeyPatch) -> None:
    # What stands behind the tokens is Google's; only their coming and keeping is looked at here.
    monkeypatch.setattr(Email, "check", lambda self: self.address)


def form(desk: Desk, tokens: Script, **more: str) -> dict[str, Any]:
    return {
        "name": "Shop",
        "team": desk.team.pk,
        "brand": desk.channel.brand.pk,
        "at_address": "shop@example.com",
        "at_auth": "google",
        "at_client_id": "client-1",
        "at_client_secret": "hush",
        "at_token_address": tokens.base,
        "at_imap_host": "imap.gmail.com",
        "at_imap_port": "993",
        "at_imap_security": "tls",
        "at_smtp_host": "smtp.gmail.com",
        "at_smtp_port": "465",
        "at_smtp_security": "tls",
        "at_sent_copy": "provider",
        "at_history_days": "7",
        "at_largest_mail": "100",
        "at_tenant": "common",
        **more,
    }


def asked(kim: Client, desk: Desk, tokens: Script) -> dict[str, str]:
    """Fill in the form; what the provider's page was asked with."""
    answer = kim.post("/channels/new/email/", form(desk, tokens))
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    page = urlsplit(answer["Location"])
    assert (page.netloc, page.path) == ("accounts.google.com", "/o/oauth2/v2/auth")
    return {name: values[0] for name, values in parse_qs(page.query).items()}


def test_a_browser_that_asks_for_parts_is_sent_away_as_a_whole(kim: Client, desk: Desk, tokens: Script) -> None:
    answer = kim.post("/channels/new/email/", form(desk, tokens), headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer["HX-Redirect"].startswith("https://accounts.google.com/")


def test_the_owner_is_asked_and_the_channel_is_connected_with_what_he_gave(
    kim: Client, desk: Desk, tokens: Script
) -> None:
    page = asked(kim, desk, tokens)
    assert page["scope"] == "https://mail.google.com/"
    assert (page["access_type"], page["prompt"]) == ("offline", "consent")
    kim.get("/channels/consented/", {"code": "code-1", "state": page["state"]})
    connector = connect(Channel.objects.get(address="shop@example.com"))
    assert isinstance(connector, Email)
    assert (connector.refresh_token, connector.access_token) == ("refresh-1", "access-1")
    ((_path, shown),) = tokens.asked
    assert (shown["code"], shown["grant_type"]) == ("code-1", "authorization_code")
    challenge = urlsafe_b64encode(sha256(shown["code_verifier"].encode()).digest()).rstrip(b"=").decode()
    assert page["code_challenge"] == challenge


def test_what_the_mail_server_takes_is_kept_with_the_channel(
    kim: Client, desk: Desk, tokens: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check(self: Email) -> str:
        meter.carries(7_000_000)
        return self.address

    monkeypatch.setattr(Email, "check", check)
    kim.get("/channels/consented/", {"code": "code-1", "state": asked(kim, desk, tokens)["state"]})
    told = Channel.objects.get(address="shop@example.com").left
    assert told[meter.ATTACHMENT_BYTES]["limit"] == 7_000_000


def test_another_state_connects_nothing(kim: Client, desk: Desk, tokens: Script) -> None:
    asked(kim, desk, tokens)
    kim.get("/channels/consented/", {"code": "code-1", "state": "made up"})
    assert tokens.asked == []
    assert not Channel.objects.filter(address="shop@example.com").exists()


def test_an_answer_counts_once(kim: Client, desk: Desk, tokens: Script) -> None:
    page = asked(kim, desk, tokens)
    for _ in range(2):
        kim.get("/channels/consented/", {"code": "code-1", "state": page["state"]})
    assert len(tokens.asked) == 1


def test_an_answer_to_another_admin_connects_nothing(kim: Client, desk: Desk, tokens: Script) -> None:
    page = asked(kim, desk, tokens)
    other = Client()
    other.force_login(desk.kim, backend="allauth.account.auth_backends.AuthenticationBackend")
    other.get("/channels/consented/", {"code": "code-1", "state": page["state"]})
    assert tokens.asked == []


def test_an_answer_after_ten_minutes_connects_nothing(
    kim: Client, desk: Desk, tokens: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = asked(kim, desk, tokens)
    later = timezone.now() + timedelta(minutes=11)
    monkeypatch.setattr("inbox.web.consent.timezone.now", lambda: later)
    kim.get("/channels/consented/", {"code": "code-1", "state": page["state"]})
    assert tokens.asked == []


def test_a_provider_that_refuses_the_code_says_so_on_the_page(kim: Client, desk: Desk, tokens: Script) -> None:
    page = asked(kim, desk, tokens)
    tokens.status, tokens.body = 400, b'{"error": "invalid_grant"}'
    answer = kim.get("/channels/consented/", {"code": "old", "state": page["state"]}, follow=True)
    assert "has withdrawn our access" in answer.content.decode()
    assert not Channel.objects.filter(address="shop@example.com").exists()


def test_an_agent_may_not_connect_by_it(desk: Desk) -> None:
    ada = Client(raise_request_exception=False)
    ada.force_login(desk.ada, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert ada.get("/channels/consented/", {"code": "x", "state": "y"}).status_code == 403


def test_the_owner_of_a_working_channel_is_asked_again_only_on_purpose() -> None:
    account = Email(
        address="shop@example.com", imap_host="i", smtp_host="s", auth="google", client_id="c", refresh_token="r"
    )
    wanted = {"back": "https://desk.example.com/", "state": "s", "challenge": "c"}
    assert account.consent_address(**wanted, again=False) is None
    assert account.consent_address(**wanted, again=True) is not None
    assert replace(account, auth="password").consent_address(**wanted, again=True) is None


def test_a_refresh_token_that_was_typed_in_opens_the_account_and_the_next_one_is_kept(
    kim: Client, desk: Desk, tokens: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened_with: list[str] = []

    def check(self: Email) -> str:
        opened_with.append(self.access_token)
        return self.address

    monkeypatch.setattr(Email, "check", check)
    answer = kim.post("/channels/new/email/", form(desk, tokens, at_refresh_token="typed in"))
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    assert opened_with == ["access-1"]
    connector = connect(Channel.objects.get(address="shop@example.com"))
    assert isinstance(connector, Email)
    assert (connector.access_token, connector.refresh_token) == ("access-1", "refresh-1")


def test_a_check_before_anybody_has_consented_says_what_to_do(kim: Client, desk: Desk, tokens: Script) -> None:
    shown = kim.post("/channels/new/email/", {**form(desk, tokens, at_client_id=""), "check": "1"}).content.decode()
    assert "Nobody has opened this mailbox to us" in shown
    assert tokens.asked == []


def test_the_address_to_come_back_to_stands_in_the_form_of_a_mailbox(kim: Client, desk: Desk) -> None:
    for path in ("/channels/new/email/", f"/channels/{desk.channel.pk}/"):
        assert "/channels/consented/</code>" in kim.get(path).content.decode()
