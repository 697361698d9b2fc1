"""Whether a mailbox takes address+anything@: the test mail, how it is known, and what is used before and after it."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path

import pytest

from connectors.contract import Content, Echo, Incoming, Payload, Person, Probe, Reply
from connectors.email.connector import Email
from connectors.email.plus import loads
from connectors.errors import Rejected
from connectors.sandbox.mail.server import ADDRESS, MailServer

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


@pytest.fixture
def asking(account: Email) -> Email:
    """The company's mailbox, of which an admin says that it takes such addresses, while the test is awaited."""
    return replace(account, plus_addressing=True).trying(NOW)


def sent(asking: Email, provider: MailServer) -> bytes:
    asking.send_test("Test", "Nobody needs to answer this.", NOW)
    (accepted,) = provider.log()
    return accepted.raw


def read(asking: Email, raw: bytes, folder: Path, role: str = "inbox") -> Content:
    """What a mail of these bytes is to this mailbox."""
    path = folder / "mail.eml"
    path.write_bytes(raw)
    (content,) = asking.read(Payload(body=path, facts={"role": role}), folder)
    return asking.judge(content)


def reply_to(mailbox: Email) -> str | None:
    reply = Reply(key="k", text="hello", to=(Person(address="carla@example.com"),), token="c1.a", now=NOW)
    (frozen,) = mailbox.compose(reply)
    return message_from_bytes(frozen.body)["Reply-To"]


def test_the_test_goes_to_itself_as_what_a_program_wrote(provider: MailServer, asking: Email) -> None:
    raw = sent(asking, provider)
    (accepted,) = provider.log()
    key = loads(asking.plus_test).key
    assert accepted.recipients == (f"support+{key}@demo.test",)
    assert message_from_bytes(raw)["Auto-Submitted"] == "auto-generated"


def test_such_addresses_are_used_only_once_it_has_come(account: Email, asking: Email) -> None:
    assert reply_to(replace(account, plus_addressing=True)) is None
    assert reply_to(asking) is None
    come = asking.passed(NOW)
    assert reply_to(come) == "support+c1.a@demo.test"
    assert reply_to(replace(come, plus_addressing=False)) is None
    assert reply_to(come.trying(NOW)) is None


def test_it_is_known_when_it_comes_also_after_another_was_asked_for(
    provider: MailServer, asking: Email, tmp_path: Path
) -> None:
    sent(asking, provider)
    (arrived,) = provider.mails()
    assert read(asking.trying(NOW), arrived.read(), tmp_path) == Probe(arrived=True)


def test_our_copy_of_it_is_no_sign_that_it_came(provider: MailServer, asking: Email, tmp_path: Path) -> None:
    assert read(asking, sent(asking, provider), tmp_path, "sent") == Probe(arrived=False)


def test_what_others_write_to_its_address_is_a_mail_like_any_other(
    provider: MailServer, account: Email, asking: Email, tmp_path: Path
) -> None:
    raw = sent(asking, provider)
    theirs = raw.replace(f"From: {ADDRESS}".encode(), b"From: MAILER-DAEMON@mx.example.com")
    assert theirs != raw
    assert isinstance(read(asking, theirs, tmp_path), Incoming)
    assert isinstance(read(replace(account, plus_addressing=True), raw, tmp_path), Incoming)
    assert isinstance(read(replace(asking, plus_test=""), raw, tmp_path, "sent"), Echo)


def test_a_server_that_refuses_the_address_says_so_at_once(provider: MailServer, asking: Email) -> None:
    key = loads(asking.plus_test).key
    provider.misbehave(recipients={f"support+{key}@demo.test": "550 5.1.1 no such user"})
    with pytest.raises(Rejected, match="refused every recipient"):
        asking.send_test("Test", "x", NOW)
