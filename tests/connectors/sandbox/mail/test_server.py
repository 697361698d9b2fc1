"""The stand-in mail server by itself: with the standard library's clients, over the wire."""

import imaplib
import json
import os
import signal
import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.sandbox.mail.server import ADDRESS, PASSWORD, MailServer, Ports

LETTER = b"From: carla@example.com\r\nSubject: lamp\r\n\r\nhello\r\n"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    server = MailServer(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def client(server: MailServer) -> Iterator[imaplib.IMAP4]:
    with imaplib.IMAP4("127.0.0.1", server.ports.imap, timeout=20) as client:
        client.login(ADDRESS, PASSWORD)
        yield client


def hand_in(ports: Ports, recipients: list[str], raw: bytes = LETTER, *, logged_in: bool = True) -> None:
    with smtplib.SMTP("127.0.0.1", ports.smtp, timeout=20) as line:
        if logged_in:
            line.login(ADDRESS, PASSWORD)
        line.sendmail(ADDRESS if logged_in else "carla@example.com", recipients, raw)


def test_mail_from_the_street_lands_in_the_mailbox_with_its_trace(server: MailServer) -> None:
    hand_in(server.ports, ["support+c42.sig@demo.test"], logged_in=False)
    (mail,) = server.mails()
    raw = mail.read()
    assert raw.endswith(LETTER)
    assert b"Delivered-To: support+c42.sig@demo.test\r\n" in raw
    assert b"dmarc=pass" in raw
    assert server.street() == []


def test_mail_to_other_places_needs_a_login_and_arrives_on_the_street(server: MailServer) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        hand_in(server.ports, ["max@example.org"], logged_in=False)
    hand_in(server.ports, ["max@example.org", "carla@example.com"])
    assert server.street() == ["carla@example.com", "max@example.org"]
    (arrived,) = server.arrived("Max@example.org")
    assert (arrived.sequence, arrived.login, arrived.raw) == (1, ADDRESS, LETTER)
    assert [mail.read() for mail in server.mails(folder="Sent")] == [LETTER]


def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    first = MailServer(tmp_path)
    ports = first.start()
    first.deliver(LETTER, at=1_000_000_000)
    hand_in(ports, ["carla@example.com"])
    uidvalidity = first._mailboxes[ADDRESS].folders["INBOX"].uidvalidity
    first.stop()
    second = MailServer(tmp_path)
    assert second.start() == ports
    assert [(mail.uid, mail.at) for mail in second.mails()] == [(1, 1_000_000_000)]
    assert second._mailboxes[ADDRESS].folders["INBOX"].uidvalidity == uidvalidity
    assert [accepted.sequence for accepted in second.log()] == [1]
    hand_in(ports, ["carla@example.com"])
    assert [accepted.sequence for accepted in second.log()] == [1, 2]
    second.stop()


def test_no_uid_is_given_twice(server: MailServer, client: imaplib.IMAP4, tmp_path: Path) -> None:
    for _ in range(3):
        server.deliver(LETTER)
    client.select("INBOX")
    client.uid("STORE", "3", "+FLAGS", r"(\Deleted)")
    client.expunge()
    client.logout()
    server.stop()
    assert MailServer(tmp_path).deliver(LETTER) == 4


def test_a_search_sees_new_mail_only_after_noop(server: MailServer, client: imaplib.IMAP4) -> None:
    client.select("INBOX", readonly=True)
    server.deliver(LETTER)
    assert client.uid("SEARCH", "ALL") == ("OK", [b""])
    client.noop()
    assert client.uid("SEARCH", "ALL") == ("OK", [b"1"])
    assert client.uid("SEARCH", "UID 99:*") == ("OK", [b"1"])  # the highest, however far n is


@pytest.mark.parametrize(
    ("terms", "found"),
    [
        ("SUBJECT lamp", b"1"),
        ("SUBJECT Лампа", b"2"),
        ('HEADER From "carla"', b"1 2"),
        ("OR SUBJECT lamp SUBJECT Лампа", b"1 2"),
        ("NOT SUBJECT lamp", b"2"),
        ("SINCE 10-Sep-2001", b"2"),
        ("BEFORE 10-Sep-2001", b"1"),
        ("SEEN", b"2"),
        ("UNSEEN (SUBJECT lamp)", b"1"),
        ("2", b"2"),
        ('HEADER X-Nothing ""', b""),
    ],
)
def test_searching(server: MailServer, client: imaplib.IMAP4, terms: str, found: bytes) -> None:
    server.deliver(LETTER, at=1_000_000_000)
    russian = "From: carla@example.com\r\nSubject: =?utf-8?b?0JvQsNC80L/QsA==?=\r\n\r\nhello\r\n"
    server.deliver(russian.encode(), at=1_100_000_000)
    client.select("INBOX")
    client.uid("STORE", "2", "FLAGS", r"(\Seen)")
    client._encoding = "utf-8"  # type: ignore[attr-defined]  # else it refuses to send Russian
    assert client.uid("SEARCH", terms) == ("OK", [found])


def test_fetching_in_pieces(server: MailServer, client: imaplib.IMAP4) -> None:
    server.deliver(LETTER, at=1_000_000_000)
    client.select("INBOX")
    _, answer = client.uid("FETCH", "1", "(FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[]<5.10>)")
    assert isinstance(answer[0], tuple)
    head, piece = answer[0]
    assert b'UID 1 FLAGS () INTERNALDATE "09-Sep-2001 01:46:40 +0000" RFC822.SIZE 49 BODY[]<5> {10}' in head
    assert piece == LETTER[5:15]
    _, answer = client.uid("FETCH", "1", "(BODY[HEADER.FIELDS (SUBJECT)])")
    assert answer[0][1] == b"Subject: lamp\r\n\r\n"
    assert client.uid("FETCH", "1", "(FLAGS)")[1] == [b"1 (UID 1 FLAGS (\\Seen))"]


def test_nonsense_is_answered_and_the_line_goes_on(server: MailServer) -> None:
    with socket.create_connection(("127.0.0.1", server.ports.imap), timeout=20) as line:
        file = line.makefile("rb")
        file.readline()
        for nonsense, answer in (
            (b"a1 LOGIN\r\n", b"a1 BAD"),
            (b"a2 FETCH 1 BODY[]\r\n", b"a2 NO log in first"),
            (b")(\r\n", b"* BAD"),
            (b'a3 LOGIN "x\r\n', b"* BAD"),
            (b"a4 LOGIN x y\r\n", b"a4 NO [AUTHENTICATIONFAILED]"),
            (b"a5 LOGIN {19}\r\nsupport@demo.test  {1}\r\n\r\n", b"a5 NO"),
        ):
            line.sendall(nonsense)
            said = file.readline()
            while said.startswith(b"+"):
                said = file.readline()
            assert said.startswith(answer)


def test_misbehaviour_is_switched_from_another_object(server: MailServer, tmp_path: Path) -> None:
    server.misbehave(refuse_login=True)
    with imaplib.IMAP4("127.0.0.1", server.ports.imap, timeout=20) as client, pytest.raises(imaplib.IMAP4.error):
        client.login(ADDRESS, PASSWORD)
    server.misbehave()
    with imaplib.IMAP4("127.0.0.1", server.ports.imap, timeout=20) as client:
        client.login(ADDRESS, PASSWORD)


def test_a_port_that_is_taken_is_an_error(server: MailServer, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="in use"):
        MailServer(tmp_path / "other").start(server.ports)


@pytest.mark.kill
def test_a_killed_server_has_everything_that_it_accepted(tmp_path: Path) -> None:
    for _ in range(3):
        process, ports = started(tmp_path)
        for _ in range(5):
            hand_in(ports, ["carla@example.com", "support@demo.test"])
        process.kill()
        assert process.wait(20) == -signal.SIGKILL
    server = MailServer(tmp_path)
    assert [accepted.sequence for accepted in server.log()] == list(range(1, 16))
    assert [mail.uid for mail in server.mails()] == list(range(1, 16))
    assert [mail.uid for mail in server.mails(folder="Sent")] == list(range(1, 16))


def test_it_runs_alone_and_ends_when_told(tmp_path: Path) -> None:
    process, ports = started(tmp_path)
    hand_in(ports, ["carla@example.com"])
    process.terminate()
    assert process.wait(20) == 0


def started(folder: Path) -> tuple[subprocess.Popen[bytes], Ports]:
    command = [sys.executable, "-m", "connectors.sandbox.mail", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(Path.cwd())})
    assert process.stdout is not None
    with process.stdout as told:
        return process, Ports(**json.loads(told.readline()))
