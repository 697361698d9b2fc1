"""What providers say, in words an admin can act on."""

from errno import ENOSPC

import pytest

from connectors.email import diagnosis
from connectors.email.connector import Email
from connectors.email.presets import PRESETS, preset_for
from connectors.errors import NO_ROOM, ChannelError, CredentialsRefused, TryLater


@pytest.mark.parametrize(
    ("words", "kind", "sentence"),
    [
        (
            b"[ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833",
            CredentialsRefused,
            "Google wants an app password",
        ),
        ("534 5.7.9 Application-specific password required", CredentialsRefused, "Google wants an app password"),
        ("535 5.7.0 NEOBHODIM parol prilozheniya https://help.mail.ru", CredentialsRefused, "Mail.ru wants"),
        (b"[AUTHENTICATIONFAILED] LOGIN invalid credentials or IMAP is disabled", CredentialsRefused, "Yandex"),
        (
            "535 5.7.8 Error: authentication failed: This user does not have access rights to this service",
            CredentialsRefused,
            "Yandex",
        ),
        (
            "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.",
            CredentialsRefused,
            "SMTP AUTH",
        ),
        ("Your account is not enabled for IMAP use", CredentialsRefused, "IMAP is switched off"),
        ("[AUTHENTICATIONFAILED] Invalid credentials (Failure)", CredentialsRefused, "this user name and password"),
        ("LOGIN failed.", CredentialsRefused, "this user name and password"),
        ("[ALERT] Too many simultaneous connections. (Failure)", TryLater, "too many connections"),
        ("[UNAVAILABLE] Temporary authentication failure", TryLater, "busy"),
        ("454 4.7.0 Temporary authentication failure", TryLater, "busy"),
    ],
)
def test_a_refused_login_says_what_to_do(words: object, kind: type[ChannelError], sentence: str) -> None:
    error = diagnosis.refused_login(words, by_token=False)
    assert type(error) is kind
    assert sentence in error.sentence
    assert error.words == diagnosis.spoken(words)


def test_a_refused_token_asks_to_connect_again() -> None:
    assert "Connect the account again" in diagnosis.refused_login(b"AUTHENTICATE failed.", by_token=True).sentence


def test_a_disk_of_ours_that_is_full_is_no_broken_line() -> None:
    with (
        pytest.raises(TryLater) as raised,
        diagnosis.of_imap(Email(address="a@b.c", imap_host="i", smtp_host="s")._imap),
    ):
        raise OSError(ENOSPC, "No space left on device")
    assert raised.value.sentence == NO_ROOM


def test_words_are_one_line_of_limited_length() -> None:
    assert diagnosis.spoken([b"a\r\n  b", b"\xff"]) == "a b \ufffd"
    assert len(diagnosis.spoken("x" * 10_000)) == diagnosis.MOST_WORDS


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("a@gmail.com", "gmail"),
        ("a@YA.ru", "yandex"),
        ("a@bk.ru", "mailru"),
        ("a@outlook.com", "microsoft"),
        ("a@b.c", ""),
    ],
)
def test_a_preset_is_found_by_address(address: str, name: str) -> None:
    assert preset_for(address) == name


@pytest.mark.parametrize("name", list(PRESETS))
def test_every_preset_makes_a_connector(name: str) -> None:
    account = Email(address="a@b.c", **PRESETS[name].fields)  # type: ignore[arg-type]  # their kinds are checked here
    assert account._imap.port == 993
    assert account._smtp.security in ("tls", "starttls")
