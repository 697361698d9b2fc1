"""What socket, TLS, IMAP and SMTP say, put into sentences an admin can act on."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from imaplib import IMAP4

from connectors.email.servers import Security, Server
from connectors.errors import (
    NO_ROOM,
    ChannelError,
    CredentialsRefused,
    Rejected,
    TryLater,
    gettext_noop,
    is_no_room,
)

MOST_WORDS = 500  # of a server's own words: some send whole paragraphs

_APP_PASSWORD_GOOGLE = gettext_noop(
    "Google wants an app password here. Turn on 2-step verification, make an app password for Mail at "
    "myaccount.google.com/apppasswords and enter it, or connect with Google instead."
)
_APP_PASSWORD_MAILRU = gettext_noop(
    "Mail.ru wants a password for external applications. Make one in the mailbox settings under "
    "Security, Passwords for external applications, and enter it."
)
_YANDEX = gettext_noop(
    "Yandex did not let us in. In the mailbox settings under Mail programs allow IMAP and app passwords, make "
    "an app password for Mail at id.yandex.ru/security/app-passwords and enter it."
)
_SMTP_AUTH_OFF = gettext_noop(
    "Microsoft 365 has switched off sending by password (SMTP AUTH) for this account. Connect with Microsoft, "
    "or have the administrator of Microsoft 365 allow Authenticated SMTP for this mailbox."
)
_IMAP_OFF = gettext_noop("IMAP is switched off for this mailbox. Turn it on in the mailbox settings, then try again.")
_BASIC_OFF = gettext_noop("Microsoft 365 does not accept passwords over IMAP any more. Connect with Microsoft instead.")
_WRONG_PASSWORD = gettext_noop(
    "The server does not accept this user name and password. Check both; many providers want an app password."
)
_TOKEN_REFUSED = gettext_noop("The provider does not accept our access any more. Connect the account again.")
_FULL = gettext_noop("The mailbox is full. Free some space or have the quota raised.")
_TOO_MANY = gettext_noop("The server has too many connections from this account. It will be tried again.")
_BUSY = gettext_noop("The server is busy or being serviced. It will be tried again.")

_Known = tuple[re.Pattern[str], type[ChannelError], str]


def _known(pattern: str, kind: type[ChannelError], sentence: str) -> _Known:
    return re.compile(pattern, re.IGNORECASE), kind, sentence


# Words as the providers send them; the first that fits wins.
_LOGIN_WORDS = (
    _known(r"application-specific password|5\.7\.9\b", CredentialsRefused, _APP_PASSWORD_GOOGLE),
    _known(r"parol prilozheniya|application password is required", CredentialsRefused, _APP_PASSWORD_MAILRU),
    _known(r"5\.7\.139|smtpclientauthentication", CredentialsRefused, _SMTP_AUTH_OFF),
    _known(r"basic\s?auth\w* is (disabled|blocked)|logondenied-basicauthblocked", CredentialsRefused, _BASIC_OFF),
    _known(r"or imap is disabled|access rights to this service", CredentialsRefused, _YANDEX),
    _known(r"not enabled for imap|imap (access )?is (disabled|switched off)", CredentialsRefused, _IMAP_OFF),
    _known(r"too many|\[limit\]|\[inuse\]", TryLater, _TOO_MANY),
    _known(r"\[unavailable\]|temporar|try again later|^4\d\d\b", TryLater, _BUSY),
)
_FOLDER_WORDS = (
    _known(r"overquota|quota|mailbox is full", TryLater, _FULL),
    _known(r"too many|\[limit\]|\[inuse\]", TryLater, _TOO_MANY),
)


def spoken(words: object) -> str:
    """A server's words as text, on one line."""
    if isinstance(words, list | tuple):
        words = b" ".join(words) if all(isinstance(word, bytes) for word in words) else " ".join(map(str, words))
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    return " ".join(text.split())[:MOST_WORDS]


def refused_login(words: object, *, by_token: bool) -> ChannelError:
    """What to make of a server that did not let us in."""
    said = spoken(words)
    for pattern, kind, sentence in _LOGIN_WORDS:
        if pattern.search(said):
            return kind(sentence, said)
    return CredentialsRefused(_TOKEN_REFUSED if by_token else _WRONG_PASSWORD, said)


@contextmanager
def of_imap(server: Server) -> Iterator[None]:
    """Turn whatever goes wrong with an IMAP server into a ChannelError."""
    try:
        yield
    except ssl.SSLError as error:
        raise of_tls(error, server) from error
    except (IMAP4.abort, OSError) as error:
        raise broken(error, server) from error
    except IMAP4.error as error:
        raise _of_imap_answer(error) from error


def _of_imap_answer(error: IMAP4.error) -> ChannelError:
    said = spoken(error.args[0] if error.args else error)
    for pattern, kind, sentence in _FOLDER_WORDS:
        if pattern.search(said):
            return kind(sentence, said)
    return TryLater(gettext_noop("The IMAP server refused a command. It will be tried again."), said)


def broken(error: Exception, server: Server) -> ChannelError:
    """A line that broke, fell silent, or never spoke the protocol; or a disk of ours that took no more of what came."""
    if is_no_room(error):
        return TryLater(NO_ROOM)
    if "unexpected response" in str(error):
        return TryLater(
            gettext_noop("%(host)s, port %(port)s does not speak IMAP. Check the port: those of IMAP and SMTP differ."),
            spoken(error),
            host=server.host,
            port=server.port,
        )
    if isinstance(error, TimeoutError) and server.security is Security.TLS:
        return TryLater(
            gettext_noop("%(host)s, port %(port)s takes the call and does not say a word. Check the port."),
            spoken(error),
            host=server.host,
            port=server.port,
        )
    if isinstance(error, TimeoutError):
        return TryLater(
            gettext_noop(
                "%(host)s, port %(port)s does not say a word. If this port wants TLS from the start "
                "(993 and 465 do), choose TLS."
            ),
            spoken(error),
            host=server.host,
            port=server.port,
        )
    return TryLater(
        gettext_noop("The connection to %(host)s, port %(port)s broke. It will be tried again."),
        spoken(error),
        host=server.host,
        port=server.port,
    )


def of_tls(error: ssl.SSLError, server: Server) -> ChannelError:
    """Why no encrypted line came about. Nothing was said on it, least of all a password."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return TryLater(_certificate_sentence(error), spoken(error.verify_message), host=server.host, port=server.port)
    reason = (error.reason or "").upper()
    if reason in {
        "WRONG_VERSION_NUMBER",
        "RECORD_LAYER_FAILURE",
        "UNKNOWN_PROTOCOL",
        "PACKET_LENGTH_TOO_LONG",
    }:
        return TryLater(
            gettext_noop(
                "%(host)s, port %(port)s does not begin with TLS. Choose STARTTLS for this port, "
                "or the port for TLS (IMAP 993, SMTP 465)."
            ),
            spoken(error),
            host=server.host,
            port=server.port,
        )
    return TryLater(
        gettext_noop("No encrypted connection to %(host)s, port %(port)s came about."),
        spoken(error),
        host=server.host,
        port=server.port,
    )


def _certificate_sentence(error: ssl.SSLCertVerificationError) -> str:
    """By OpenSSL's verify codes (openssl-verification-options: "Diagnostics")."""
    if error.verify_code == 10:
        return gettext_noop("The certificate of %(host)s has expired. Whoever runs the server must renew it.")
    if error.verify_code in (62, 64):
        return gettext_noop(
            "The certificate does not belong to %(host)s. Enter the name that the provider gives for its server."
        )
    if error.verify_code in (18, 19, 20, 21):
        return gettext_noop(
            "The certificate of %(host)s is not signed by an authority we know. If it is your own server, "
            "paste the certificate of your authority into the settings."
        )
    return gettext_noop("The certificate of %(host)s cannot be trusted.")


def no_starttls(server: Server) -> ChannelError:
    """The server, or somebody between us and it, does not offer to encrypt the line."""
    return TryLater(
        gettext_noop(
            "%(host)s, port %(port)s does not offer STARTTLS, so nothing was said to it. "
            "Choose TLS with its port, or ask the provider."
        ),
        host=server.host,
        port=server.port,
    )


def of_smtp_answer(code: int, words: object, size: int = 0) -> ChannelError:
    """A clear answer of an SMTP server that is not a yes (RFC 5321, 4.2.1: 4yz may be tried again, 5yz not)."""
    said = f"{code} {spoken(words)}"
    if code == 530:
        return CredentialsRefused(_WRONG_PASSWORD, said)
    if code == 535 or "5.7.139" in said:
        return refused_login(said, by_token=False)
    if code == 552 and "5.2.2" not in said:
        return Rejected(
            gettext_noop("The mail of %(size)s MB is too large for the mail server."),
            said,
            size=megabytes(size),
        )
    if 400 <= code < 500:
        return TryLater(gettext_noop("The mail server asks us to come again later."), said)
    return Rejected(gettext_noop("The mail server refused this mail."), said)


def of_smtp_failure(error: Exception, server: Server) -> ChannelError:
    """A failure before anything had an effect."""
    if isinstance(error, ssl.SSLError):
        return of_tls(error, server)
    if isinstance(error, smtplib.SMTPResponseException):
        return of_smtp_answer(error.smtp_code, error.smtp_error)
    return broken(error, server)


def megabytes(size: int) -> str:
    """Bytes as megabytes with one decimal, as people compare sizes."""
    return f"{size / 1_000_000:.1f}"
