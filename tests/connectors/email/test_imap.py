"""Lines and logins, against a real Dovecot."""

import re
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from socket import create_server
from threading import Thread

import pytest

from connectors.email import imap
from connectors.email.connector import Email
from connectors.email.servers import Login, Security, Server
from connectors.errors import ChannelError, CredentialsRefused, TryLater
from tests.certificates import Authority
from tests.dovecot import PASSWORD, Dovecot
from tests.faulty_line import FaultyLine, faulty_line

pytestmark = pytest.mark.dovecot


def log_in(server: Server, login: Login, seconds: float = 20) -> None:
    with imap.session(server, login, seconds=seconds) as client:
        client.noop()


@pytest.fixture
def tls(dovecot: Dovecot) -> Server:
    return Server(
        host="localhost", port=dovecot.imaps_port, security=Security.TLS, ca_certificate=dovecot.authority.pem
    )


@pytest.fixture
def starttls(dovecot: Dovecot) -> Server:
    return Server(
        host="localhost", port=dovecot.imap_port, security=Security.STARTTLS, ca_certificate=dovecot.authority.pem
    )


@pytest.fixture
def user(dovecot: Dovecot) -> Login:
    return Login(username=dovecot.new_user(), password=PASSWORD)


@pytest.fixture
def spied(dovecot: Dovecot) -> Iterator[FaultyLine]:
    with faulty_line(("127.0.0.1", dovecot.imap_port)) as line:
        yield line


@pytest.fixture
def spied_tls(dovecot: Dovecot) -> Iterator[FaultyLine]:
    with faulty_line(("127.0.0.1", dovecot.imaps_port)) as line:
        yield line


def test_a_password_over_tls_and_over_starttls(tls: Server, starttls: Server, user: Login) -> None:
    log_in(tls, user)
    log_in(starttls, user)


def test_a_wrong_password_says_so(tls: Server, user: Login) -> None:
    with pytest.raises(CredentialsRefused, match="does not accept this user name and password"):
        log_in(tls, replace(user, password="пароль"))


def test_a_good_token_opens_the_account(dovecot: Dovecot, tls: Server, user: Login) -> None:
    log_in(tls, Login(username=user.username, token=dovecot.token(user.username)))


@pytest.mark.parametrize("fault", ["tampered", "expired", "somebody else's"])
def test_a_bad_token_is_refused_at_once(dovecot: Dovecot, tls: Server, user: Login, fault: str) -> None:
    # The server sends its reason as a challenge and waits until it is answered with an empty line.
    token = {
        "tampered": dovecot.token(user.username, secret=b"another secret of at least 32 bytes!"),
        "expired": dovecot.token(user.username, lifetime=-10),
        "somebody else's": dovecot.token("max@demo.test"),
    }[fault]
    with pytest.raises(CredentialsRefused, match="Connect the account again"):
        log_in(tls, Login(username=user.username, token=token))


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_a_certificate_of_an_unknown_authority_gets_no_password(
    spied: FaultyLine, spied_tls: FaultyLine, tls: Server, user: Login, security: Security
) -> None:
    line = spied_tls if security is Security.TLS else spied
    unknown = replace(tls, port=line.port, security=security, ca_certificate="")
    with pytest.raises(TryLater, match="not signed by an authority we know"):
        log_in(unknown, user)
    assert line.connections == 1
    assert not re.search(rb"LOGIN|AUTHENTICATE", line.heard)


def test_the_reason_for_refusing_a_token_is_answered_with_an_empty_line(
    dovecot: Dovecot, spied: FaultyLine, tls: Server, user: Login, allow_plain: Callable[..., None]
) -> None:
    allow_plain(spied.port)
    plain = replace(tls, host="127.0.0.1", port=spied.port, security=Security.PLAIN)
    with pytest.raises(CredentialsRefused):
        log_in(plain, Login(username=user.username, token="bad"))
    assert re.search(rb"AUTHENTICATE XOAUTH2\r\n\S+\r\n\r\n", spied.heard)


def test_a_certificate_for_another_name_is_refused(tmp_path: Path, user: Login) -> None:
    with Shown(tmp_path, "other.example.com") as server, pytest.raises(TryLater, match="does not belong to"):
        log_in(server, user)


def test_an_expired_certificate_is_refused(tmp_path: Path, user: Login) -> None:
    with Shown(tmp_path, "localhost", days=-1) as server, pytest.raises(TryLater, match="has expired"):
        log_in(server, user)


class Shown:
    """A server that shows a certificate and says nothing."""

    def __init__(self, folder: Path, host: str, days: int = 1) -> None:
        authority = Authority(folder)
        pair = authority.issue("server", [host], days)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(pair.certificate, pair.key)
        self._listener = create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        self._server = Server(host="localhost", port=port, security=Security.TLS, ca_certificate=authority.pem)
        self._thread = Thread(target=self._serve)

    def __enter__(self) -> Server:
        self._thread.start()
        return self._server

    def __exit__(self, *_: object) -> None:
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        try:
            self._context.wrap_socket(connection, server_side=True).close()
        except OSError:
            connection.close()


@pytest.mark.parametrize("stripped", [b" STARTTLS", b"STARTTLS"])
def test_a_line_that_hides_starttls_gets_no_password(
    spied: FaultyLine, starttls: Server, user: Login, stripped: bytes
) -> None:
    spied.change = lambda said: said.replace(stripped, b"X" * len(stripped))
    with pytest.raises(TryLater, match="does not offer STARTTLS"):
        log_in(replace(starttls, port=spied.port), user)
    assert user.username.encode() not in spied.heard


def test_a_greeting_that_pretends_to_know_us_gets_nothing(spied: FaultyLine, starttls: Server, user: Login) -> None:
    spied.change = lambda said: said.replace(b"* OK", b"* PREAUTH", 1)
    with pytest.raises(TryLater, match="does not offer STARTTLS"):
        log_in(replace(starttls, port=spied.port), user)


def test_what_is_slipped_in_before_tls_is_not_believed(spied: FaultyLine, starttls: Server, user: Login) -> None:
    def slip_in(said: bytes) -> bytes:
        return said + b"* CAPABILITY IMAP4rev1 EVIL\r\n" if b"Begin TLS" in said else said

    spied.change = slip_in
    with imap.session(replace(starttls, port=spied.port), user) as client:
        assert not client.has_capability("EVIL")


def test_tls_spoken_to_a_plain_port_says_what_to_choose(starttls: Server, user: Login) -> None:
    with pytest.raises(TryLater, match="does not begin with TLS"):
        log_in(replace(starttls, security=Security.TLS), user)


def test_plain_words_to_a_tls_port_say_what_to_choose(tls: Server, user: Login) -> None:
    with pytest.raises(TryLater, match="choose TLS"):
        log_in(replace(tls, security=Security.STARTTLS), user, seconds=2)


def test_a_server_that_is_not_there_is_named(tls: Server, user: Login) -> None:
    with create_server(("127.0.0.1", 0)) as listener:
        free = listener.getsockname()[1]
    with pytest.raises(TryLater, match=f"Nothing answers at localhost, port {free}"):
        log_in(replace(tls, port=free), user)


def test_without_encryption_only_a_listed_port_of_this_machine(
    dovecot: Dovecot, starttls: Server, user: Login, allow_plain: Callable[..., None]
) -> None:
    plain = replace(starttls, host="127.0.0.1", security=Security.PLAIN)
    with pytest.raises(CredentialsRefused, match="without encryption"):
        log_in(plain, user)
    allow_plain(dovecot.imap_port)
    log_in(plain, user)


def test_an_account_that_is_right_is_named(mailbox: Email) -> None:
    with pytest.raises(ChannelError) as failed:
        mailbox.check()
    assert failed.value.words.startswith("SMTP")  # this mailbox has no SMTP server, and IMAP is not blamed


def test_a_session_that_takes_too_long_as_a_whole_ends(starttls: Server, user: Login) -> None:
    with pytest.raises(TryLater, match="broke"):
        ask_for_ever(starttls, user)


def ask_for_ever(server: Server, login: Login) -> None:
    with imap.session(server, login, whole=0.5) as client:
        while True:
            client.noop()
