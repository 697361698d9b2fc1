"""New tokens from a refresh token."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.email.connector import Email
from connectors.errors import CredentialsRefused, TryLater
from tests.connectors.http_server import Script, http_server

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def token_server(allow_plain: Callable[..., None]) -> Iterator[Script]:
    with http_server(allow_plain) as script:
        yield script


@pytest.fixture
def account(token_server: Script) -> Email:
    return Email(
        address="support@demo.test",
        auth="microsoft",
        client_id="id",
        client_secret="hush",
        refresh_token="first",
        tenant="demo.test",
        token_address=token_server.base,
        imap_host="imap.example.com",
        smtp_host="smtp.example.com",
    )


def answer(script: Script, status: int, **said: object) -> None:
    script.status, script.body = status, json.dumps(said).encode()


def test_a_new_token_comes_with_the_rotated_refresh_token(token_server: Script, account: Email) -> None:
    answer(token_server, 200, access_token="a2", refresh_token="second", expires_in=3600)
    renewed = account.refresh(NOW)
    assert (renewed.access_token, renewed.refresh_token) == ("a2", "second")
    assert renewed.expires_at() == NOW + timedelta(minutes=55)
    assert token_server.asked == [
        (
            "/demo.test/oauth2/v2.0/token",
            {
                "grant_type": "refresh_token",
                "client_id": "id",
                "client_secret": "hush",
                "refresh_token": "first",
                "scope": "https://outlook.office.com/IMAP.AccessAsUser.All "
                "https://outlook.office.com/SMTP.Send offline_access",
            },
        )
    ]


def test_a_provider_that_does_not_rotate_leaves_the_old_one(token_server: Script, account: Email) -> None:
    answer(token_server, 200, access_token="a2", expires_in=3600)
    assert account.refresh(NOW).refresh_token == "first"


@pytest.mark.parametrize("error", ["invalid_grant", "invalid_client", "interaction_required"])
def test_a_withdrawn_access_asks_for_an_admin(token_server: Script, account: Email, error: str) -> None:
    answer(token_server, 400, error=error, error_description="AADSTS700082: expired")
    with pytest.raises(CredentialsRefused, match="AADSTS700082"):
        account.refresh(NOW)


@pytest.mark.parametrize("status", [200, 400, 429, 500, 503])
def test_trouble_at_the_provider_passes(token_server: Script, account: Email, status: int) -> None:
    token_server.status, token_server.body = status, b"<html>oops</html>"
    with pytest.raises(TryLater):
        account.refresh(NOW)


def test_a_line_that_breaks_may_be_tried_again(token_server: Script, account: Email) -> None:
    token_server.drop = True
    with pytest.raises(TryLater) as failed:
        account.refresh(NOW)
    assert "hush" not in repr(failed.value) + str(failed.value.__cause__)


def test_a_password_never_ends_and_a_missing_token_has_ended(account: Email) -> None:
    password = Email(address="support@demo.test", password="secret", imap_host="i", smtp_host="s")
    assert password.expires_at() is None
    ended = account.expires_at()
    assert ended is not None
    assert ended < NOW


def test_without_a_token_no_login_is_tried_by_a_password_that_nobody_gave(account: Email) -> None:
    for attempt in (lambda: account.fetch("", Path(), NOW), account.check):
        with pytest.raises(CredentialsRefused, match="Nobody has opened"):
            attempt()


def test_without_a_refresh_token_the_provider_is_not_asked(token_server: Script, account: Email) -> None:
    with pytest.raises(CredentialsRefused, match="Nobody has opened"):
        replace(account, refresh_token="").refresh(NOW)
    assert token_server.asked == []


def test_no_secret_is_shown(account: Email) -> None:
    assert "hush" not in repr(account)
    assert "first" not in repr(account)
