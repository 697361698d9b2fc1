"""Sending: what is known after each way in which it can go wrong."""

import base64
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from connectors import meter
from connectors.contract import Outgoing, Sent
from connectors.email import smtp
from connectors.email.composing import room_for_files
from connectors.email.connector import Email
from connectors.email.servers import Login, Security, Server
from connectors.errors import ChannelError, CredentialsRefused, OutcomeUnknown, Rejected, TryLater
from connectors.sandbox.mail.misbehaviour import Cut
from connectors.sandbox.mail.server import MailServer
from inbox.errors import described, in_words
from tests.certificates import Authority
from tests.dovecot import free_ports
from tests.faulty_line import faulty_line

BODY = (
    b"From: support@demo.test\r\nTo: carla@example.com\r\nSubject: Re: lamp\r\n"
    b"Message-ID: <d.1@demo.test>\r\n\r\nhello\r\n"
)
CARLA, MAX = "carla@example.com", "max@example.org"


def outgoing(*recipients: str, body: bytes = BODY) -> Outgoing:
    since = datetime(2026, 11, 23, tzinfo=UTC)
    return Outgoing(provider_id="d.1@demo.test", recipients=recipients or (CARLA,), body=body, since=since, now=since)


class Wire:
    """Counts how often we were told that from now on it may have an effect."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> None:
        self.calls += 1


@pytest.fixture
def wire() -> Wire:
    return Wire()


def test_a_mail_arrives_byte_by_byte_and_the_wire_is_told_once(
    provider: MailServer, account: Email, wire: Wire
) -> None:
    sent = account.send(outgoing(CARLA, MAX), wire)
    (accepted,) = provider.log()
    assert accepted.raw == BODY
    assert (accepted.sender, accepted.recipients) == (account.address, (CARLA, MAX))
    assert sent == Sent(provider_id="d.1@demo.test", words="2.0.0 OK 1")
    assert wire.calls == 1


@pytest.mark.parametrize("text", [".", "..", "\r\n.\r\nMAIL FROM:<x@example.com>", "a\r\n.b", "end without a line end"])
def test_a_dot_in_the_text_stays_in_the_text(provider: MailServer, account: Email, wire: Wire, text: str) -> None:
    account.send(outgoing(body=b"Subject: x\r\n\r\n" + text.encode()), wire)
    (accepted,) = provider.log()
    assert accepted.raw.rstrip(b"\r\n") == b"Subject: x\r\n\r\n" + text.encode()


@pytest.mark.parametrize("smuggled", [b"\n.\n", b"\r.\r", b"\n.\r\n", b"\r\n.\r", b"\r\n.\n"])
def test_no_odd_line_end_ends_the_mail(provider: MailServer, account: Email, wire: Wire, smuggled: bytes) -> None:
    account.send(outgoing(body=b"Subject: x\r\n\r\na" + smuggled + b"MAIL FROM:<x@example.com>\r\n"), wire)
    (accepted,) = provider.log()
    assert accepted.raw.endswith(b"a\r\n.\r\nMAIL FROM:<x@example.com>\r\n")


class LostRow(Exception):
    """Our own trouble with writing down that we begin."""


def test_if_the_wire_objects_nothing_is_sent(provider: MailServer, account: Email) -> None:
    def object_() -> None:
        raise LostRow

    with pytest.raises(LostRow):
        account.send(outgoing(), object_)
    account.send(outgoing(), lambda: None)
    assert [accepted.sequence for accepted in provider.log()] == [1]


@pytest.mark.parametrize(
    ("cut", "error", "told", "kept"),
    [
        (Cut.BEFORE_DATA, TryLater, 0, 0),
        (Cut.IN_DATA, TryLater, 0, 0),
        (Cut.AFTER_DOT, OutcomeUnknown, 1, 1),
        (Cut.AFTER_DOT_LOST, OutcomeUnknown, 1, 0),
    ],
)
def test_a_cut_is_unknown_only_after_the_final_dot(
    provider: MailServer, account: Email, wire: Wire, cut: Cut, error: type[ChannelError], told: int, kept: int
) -> None:
    provider.misbehave(cut=cut)
    big = BODY + (b"x" * 70 + b"\r\n") * 200_000  # more than the buffers of the line take
    with pytest.raises(error):
        account.send(outgoing(body=big), wire)
    assert (wire.calls, len(list(provider.log()))) == (told, kept)


def test_a_line_cut_in_the_middle_of_the_text_sends_nothing(
    provider: MailServer, account: Email, wire: Wire, allow_plain: Callable[..., None]
) -> None:
    with faulty_line(("127.0.0.1", provider.ports.smtp)) as line:
        line.cut_client_after = 2_000_000
        allow_plain(line.port)
        with pytest.raises(TryLater):
            replace(account, smtp_port=line.port).send(outgoing(body=BODY + b"x" * 20_000_000), wire)
    assert (wire.calls, list(provider.log())) == (0, [])


def test_a_no_in_the_middle_of_the_text_is_heard_before_the_final_dot(
    provider: MailServer, account: Email, wire: Wire, allow_plain: Callable[..., None]
) -> None:
    with faulty_line(("127.0.0.1", provider.ports.smtp)) as line:
        line.overhear = lambda said: line.say(b"451 4.3.1 Disk full\r\n") if said.startswith(BODY[:9]) else None
        allow_plain(line.port)
        with pytest.raises(TryLater, match="Disk full"):
            replace(account, smtp_port=line.port).send(outgoing(body=BODY * 100_000), wire)
    assert (wire.calls, list(provider.log())) == (0, [])


def test_the_refused_recipients_are_named_and_the_others_get_it(
    provider: MailServer, account: Email, wire: Wire
) -> None:
    provider.misbehave(recipients={CARLA: "550 5.1.1 No such user", "sam@example.com": "451 4.7.1 Greylisted"})
    sent = account.send(outgoing(CARLA, MAX, "sam@example.com"), wire)
    assert {who: (refusal.code, refusal.permanent) for who, refusal in sent.refused.items()} == {
        CARLA: ("550", True),
        "sam@example.com": ("451", False),
    }
    assert sent.refused[CARLA].words == "5.1.1 No such user"
    assert [accepted.recipients for accepted in provider.log()] == [(MAX,)]


@pytest.mark.parametrize(
    ("first", "second", "error"),
    [("550 no", "554 no", Rejected), ("451 later", "452 later", TryLater), ("550 no", "451 later", TryLater)],
)
def test_if_nobody_is_taken_it_depends_on_whether_waiting_may_help(
    provider: MailServer, account: Email, wire: Wire, first: str, second: str, error: type[ChannelError]
) -> None:
    provider.misbehave(recipients={CARLA: first, MAX: second})
    with pytest.raises(error, match=first):
        account.send(outgoing(CARLA, MAX), wire)
    assert (wire.calls, list(provider.log())) == (0, [])


@pytest.mark.parametrize(
    ("answer", "error", "sentence"),
    [
        ("451 4.3.0 Try again", TryLater, "come again later"),
        ("421 4.3.2 Shutting down", TryLater, "come again later"),
        ("554 5.7.1 Spam", Rejected, "refused this mail"),
        ("552 5.3.4 Too big", Rejected, "0.0 MB is too large"),
        ("552 5.2.2 Over quota", Rejected, "refused this mail"),
    ],
)
def test_a_clear_no_after_the_final_dot_is_no_doubt(
    provider: MailServer, account: Email, wire: Wire, answer: str, error: type[ChannelError], sentence: str
) -> None:
    provider.misbehave(after_dot=answer)
    with pytest.raises(error, match=sentence):
        account.send(outgoing(), wire)
    assert wire.calls == 1


def test_a_refused_login_asks_for_an_admin(provider: MailServer, account: Email, wire: Wire) -> None:
    provider.misbehave(refuse_login=True)
    with pytest.raises(CredentialsRefused, match="user name and password"):
        account.send(outgoing(), wire)
    with pytest.raises(CredentialsRefused, match=re.escape("(IMAP + SMTP:")):
        account.check()
    assert wire.calls == 0


def test_the_check_names_the_side_that_fails(provider: MailServer, account: Email) -> None:
    assert account.check() == account.address
    with pytest.raises(TryLater, match=r"\(SMTP"):
        replace(account, smtp_port=1, smtp_security="tls").check()


def test_the_check_says_of_each_side_what_is_wrong_with_it(provider: MailServer, account: Email) -> None:
    twice_wrong = replace(account, imap_security="tls", smtp_port=1, smtp_security="tls")
    with pytest.raises(TryLater) as failed:
        twice_wrong.check()
    shown = in_words(described(failed.value))
    assert re.search(r"does not begin with TLS.*\(IMAP: .*\) .*port 1.*\(SMTP\b", shown), shown


def test_a_copy_goes_to_sent_where_the_provider_keeps_none(
    tmp_path: Path, allow_plain: Callable[..., None], account: Email, wire: Wire
) -> None:
    server = MailServer(tmp_path / "forgetful", keeps_sent=False)
    ports = server.start()
    allow_plain(ports.imap, ports.smtp)
    here = replace(account, imap_port=ports.imap, smtp_port=ports.smtp)
    replace(here, sent_copy="nobody").send(outgoing(), wire)
    assert server.mails(folder="Sent") == []
    replace(here, sent_copy="otvet").send(outgoing(), wire)
    (copy,) = server.mails(folder="Sent")
    assert (copy.read(), copy.flags) == (BODY, "S")
    replace(here, sent_copy="otvet").send(replace(outgoing(), others_have_it=True), wire)
    assert len(server.mails(folder="Sent")) == 1, "it is the same mail, for those who were left"
    server.stop()


class Taker:
    """An SMTP handler that keeps what it gets."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.raw.append(envelope.content)
        return "250 OK"


@contextmanager
def running(taker: Taker, **settings: Any) -> Iterator[int]:
    (port,) = free_ports(1)
    controller = Controller(taker, hostname="127.0.0.1", port=port, **settings)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def without_login(port: int) -> Server:
    return Server(host="127.0.0.1", port=port, security=Security.PLAIN)


def send(
    server: Server, mail: Outgoing, wire: Wire, login: Login | None = None, whole: float = smtp.WHOLE_SECONDS
) -> Sent:
    with smtp.session(server, login or Login(username="support"), whole=whole) as line:
        return smtp.send(line, server, "support@demo.test", mail, wire)


def test_a_mail_above_the_announced_size_is_refused_with_both_sizes(
    wire: Wire, allow_plain: Callable[..., None]
) -> None:
    taker = Taker()
    with running(taker, data_size_limit=1_000_000) as port:
        allow_plain(port)
        with pytest.raises(Rejected, match=r"has 2\.5 MB, the mail server takes at most 1\.0 MB"):
            send(without_login(port), outgoing(body=b"x" * 2_500_000), wire)
    assert (wire.calls, taker.raw) == (0, [])


def heard(call: Callable[[], object]) -> int:
    """How many bytes of files a message may carry, as the server said while something was done; 0 for any number."""
    with meter.listening() as listener:
        call()
    return listener.left[meter.ATTACHMENT_BYTES].limit


def test_what_the_server_takes_is_told_at_the_check_and_each_time_something_is_sent(
    provider: MailServer, account: Email, wire: Wire
) -> None:
    provider.largest = 10_240_000
    assert heard(account.check) == room_for_files(10_240_000)
    provider.largest = 2_000_000
    assert heard(lambda: account.send(outgoing(), wire)) == room_for_files(2_000_000)
    provider.largest = 0
    assert heard(account.check) == 0, "it announces nothing, and what it announced before is out of date"


@pytest.mark.parametrize("says", ["SIZE 0", "SIZE", "SIZE ²", "SIZE many", "SIZE -1", f"SIZE {'9' * 5_000}"])
def test_a_server_that_names_no_size_takes_any(
    provider: MailServer, account: Email, allow_plain: Callable[..., None], says: str
) -> None:
    provider.largest = 1_000
    with faulty_line(("127.0.0.1", provider.ports.smtp)) as line:
        line.change = lambda said: said.replace(b"SIZE 1000", says.encode("latin-1"))
        allow_plain(line.port, provider.ports.imap, provider.ports.smtp)
        over_it = replace(account, smtp_port=line.port)
        assert heard(over_it.check) == 0
    assert heard(account.check) == 1, "what the line did not change"


def test_an_address_in_other_letters_needs_a_server_that_knows_them(
    wire: Wire, allow_plain: Callable[..., None]
) -> None:
    taker = Taker()
    mail = outgoing("карла@example.com")
    with running(taker, enable_SMTPUTF8=False) as port:
        allow_plain(port)
        with pytest.raises(Rejected, match="other than Latin letters"):
            send(without_login(port), mail, wire)
    with running(taker, enable_SMTPUTF8=True) as port:
        allow_plain(port)
        send(without_login(port), mail, wire)
    assert taker.raw == [BODY]


class TokenTaker(Taker):
    """Knows XOAUTH2, and explains a refusal in a challenge as Google and Microsoft do."""

    async def auth_XOAUTH2(self, server: Any, args: list[str]) -> AuthResult:
        said = base64.b64decode(args[1])
        if said == b"user=support\x01auth=Bearer good\x01\x01":
            return AuthResult(success=True, auth_data="support")
        answer = await server.challenge_auth(b'{"status":"400"}')
        assert answer == b""
        return AuthResult(success=False, handled=False)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def context(authority: Authority) -> ssl.SSLContext:
    pair = authority.issue("server")
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    found.load_cert_chain(pair.certificate, pair.key)
    return found


def test_a_token_over_starttls(authority: Authority, context: ssl.SSLContext, wire: Wire) -> None:
    taker = TokenTaker()
    with running(taker, tls_context=context, require_starttls=True) as port:
        server = Server(host="localhost", port=port, security=Security.STARTTLS, ca_certificate=authority.pem)
        send(server, outgoing(), wire, Login(username="support", token="good"))
        with pytest.raises(CredentialsRefused, match="Connect the account again"):
            send(server, outgoing(), wire, Login(username="support", token="bad"))
    assert taker.raw == [BODY]


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_a_certificate_of_an_unknown_authority_gets_no_password(
    context: ssl.SSLContext, wire: Wire, security: Security
) -> None:
    settings = {"ssl_context" if security is Security.TLS else "tls_context": context}
    with running(Taker(), **settings) as port, faulty_line(("127.0.0.1", port)) as line:
        server = Server(host="localhost", port=line.port, security=security)
        with pytest.raises(TryLater, match="not signed by an authority we know"):
            send(server, outgoing(), wire, Login(username="support", password="secret"))
        assert b"AUTH" not in line.heard


def test_a_line_that_hides_starttls_gets_no_password(authority: Authority, context: ssl.SSLContext, wire: Wire) -> None:
    with running(Taker(), tls_context=context) as port, faulty_line(("127.0.0.1", port)) as line:
        line.change = lambda said: said.replace(b"STARTTLS", b"STARTXXX")
        server = Server(host="localhost", port=line.port, security=Security.STARTTLS, ca_certificate=authority.pem)
        with pytest.raises(TryLater, match="does not offer STARTTLS"):
            send(server, outgoing(), wire, Login(username="support", password="secret"))
        assert b"AUTH" not in line.heard


def test_a_port_without_login_says_which_ports_have_one(wire: Wire, allow_plain: Callable[..., None]) -> None:
    with running(Taker()) as port:
        allow_plain(port)
        with pytest.raises(CredentialsRefused, match="587 or 465"):
            send(without_login(port), outgoing(), wire, Login(username="support", password="secret"))


def test_a_server_that_drips_is_given_up(wire: Wire, provider: MailServer, account: Email) -> None:
    provider.misbehave(pause_seconds=60)
    server = without_login(provider.ports.smtp)
    with pytest.raises(TryLater):
        send(server, outgoing(), wire, Login(username=account.address, password="sandbox"), whole=0.5)
    assert wire.calls == 0
