"""Much mail, mail after an outage, mail under new numbers, and mail that does harm: each is here exactly once."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path

import pytest
from django.utils import timezone

import connectors
from inbox import blobs, parser
from inbox.database import direct_connection
from inbox.inbound import poll, retrying, unpack
from inbox.inbound.release import release
from inbox.inbound.tasks import poll_channel
from inbox.models import Attachment, Channel, Conversation, Item, Message, Outcome
from tests.benches.mails import mails
from tests.journeys.mailroom import Company, collect, days_ago, ledger_difference, letter, outcomes, texts

pytestmark = pytest.mark.dovecot

MANY = 1000
LETHAL = b"X-Lethal: yes"


def test_a_thousand_mails_at_once_are_a_thousand_messages_and_no_conversation_too_many(company: Company) -> None:
    channel = company.mailbox(history_days=10_000)
    company.dovecot.fill(mails(MANY, 42, channel.address), channel.address)
    assert collect(channel) == MANY
    assert set(outcomes(channel)) == {Outcome.MESSAGE}
    assert set(references(channel).values()) == {1}
    assert len(references(channel)) == MANY
    assert Conversation.objects.count() == MANY // 2
    assert ledger_difference() == 0
    assert collect(channel) == 0


def test_after_an_outage_of_two_days_every_mail_comes_oldest_first(company: Company) -> None:
    channel = company.mailbox()
    company.writes(channel, letter("before the outage"))
    collect(channel)
    missed = list(hourly(48))
    company.dovecot.fill(missed, channel.address)
    assert collect(channel) == 48
    assert texts_of(channel)[1:] == [f"hour {hour}" for hour in range(48)]
    assert list(Message.objects.order_by("pk").values_list("happened_at", flat=True))[1:] == [at for _, at in missed]
    assert ledger_difference() == 0


def test_mail_of_before_the_outage_that_people_have_read_meanwhile_comes_too(company: Company) -> None:
    channel = company.mailbox()
    collect(channel)
    company.dovecot.fill(hourly(3), channel.address)
    company.dovecot.mark_read(channel.address)
    assert collect(channel) == 3


def test_new_numbers_for_the_whole_mailbox_bring_nothing_twice_and_lose_nothing(company: Company) -> None:
    channel = company.mailbox()
    company.dovecot.fill(hourly(20), channel.address)
    collect(channel)
    before = list(Message.objects.order_by("pk").values("pk", "conversation", "text"))
    company.dovecot.reset_uidvalidity(channel.address)
    company.writes(channel, letter("written while the server was mended"))
    collect(channel)
    assert list(Message.objects.order_by("pk").values("pk", "conversation", "text"))[:-1] == before
    assert texts_of(channel)[-1] == "written while the server was mended"
    assert Counter(outcomes(channel)) == {Outcome.MESSAGE: 21, Outcome.DUPLICATE: 20}
    assert ledger_difference() == 0


def test_a_mail_that_somebody_moved_to_another_folder_and_back_is_no_second_one(company: Company) -> None:
    channel = company.mailbox()
    mail = letter()
    company.writes(channel, mail)
    collect(channel)
    company.dovecot.remove(1, channel.address)
    company.writes(channel, mail)
    collect(channel)
    assert outcomes(channel) == [Outcome.MESSAGE, Outcome.DUPLICATE]


def test_a_mail_of_40_mb_arrives_whole(company: Company) -> None:
    channel = company.mailbox()
    mail, file = letter("See the film."), bytes(range(256)) * 4096 * 29
    mail.add_attachment(file, maintype="video", subtype="mp4", filename="lamp.mp4")
    assert len(mail.as_bytes()) > 40_000_000
    company.writes(channel, mail)
    collect(channel)
    kept = Attachment.objects.get()
    assert (kept.name, kept.size, kept.sha256) == ("lamp.mp4", len(file), sha256(file).hexdigest())
    assert blobs.read(kept.sha256) == file
    assert texts(Conversation.objects.get()) == ["See the film."]


def test_a_mail_that_kills_the_reader_is_shown_with_its_bytes_and_holds_up_no_other(
    company: Company, lethal: None
) -> None:
    channel = company.mailbox()
    for text, marks in (("first", {}), ("bad", {"X_Lethal": "yes"}), ("last", {})):
        company.writes(channel, letter(text, **marks))
    collect(channel)
    assert texts_of(channel) == ["first", "last"]
    for _ in range(retrying.TRIES):  # a death may be bad luck, so it is tried again, each time a while later
        Item.objects.filter(outcome=Outcome.WAITING).update(due_at=timezone.now())
        unpack.open_waiting(channel)
    bad = Item.objects.get(outcome=Outcome.UNREADABLE)
    assert bad.attempts == retrying.TRIES
    assert LETHAL in blobs.read(bad.envelope.sha256)
    assert "killed" in str(bad.reason) or "stopped" in str(bad.reason)
    assert ledger_difference() == 0


def test_an_unreadable_mail_is_let_in_once_the_reader_is_mended(company: Company) -> None:
    channel = company.mailbox()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retrying, "TRIES", 1)
        patch.setattr(parser, "PACKAGES", lethal_reader(blobs.landing()))
        parser._shared.close()
        company.writes(channel, letter("It is readable after all.", X_Lethal="yes"))
        collect(channel)
    parser._shared.close()
    item = release(Item.objects.get(outcome=Outcome.UNREADABLE), by=company.sam, now=timezone.now())
    assert item.outcome == Outcome.MESSAGE
    assert texts_of(channel) == ["It is readable after all."]


def references(channel: Channel) -> Counter[str]:
    """How often each mail became a message, by its Message-ID."""
    known = Message.objects.filter(item__channel=channel).values_list("provider_ids__reference", flat=True)
    return Counter(str(reference) for reference in known)


def texts_of(channel: Channel) -> list[str]:
    """What all mails of a mailbox said, in the order in which they became messages."""
    said = Message.objects.filter(item__channel=channel).order_by("pk").values_list("text", flat=True)
    return [text.strip() for text in said]


def hourly(count: int) -> Iterator[tuple[bytes, datetime]]:
    """One mail an hour, of different people, the last one an hour ago."""
    began = days_ago(count / 24).replace(microsecond=0)
    for hour in range(count):
        mail: EmailMessage = letter(f"hour {hour}", sender=f"carla{hour}@example.com")
        yield mail.as_bytes(), began + timedelta(hours=hour)


@pytest.fixture
def lethal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The real reading program, with one mail that it does not survive."""
    parser._shared.close()
    monkeypatch.setattr(parser, "PACKAGES", lethal_reader(tmp_path))
    yield
    parser._shared.close()


def lethal_reader(folder: Path) -> Path:
    """A folder of packages that is found before ours: it is ours, but kills itself at a mark in a mail."""
    ours = Path(connectors.__path__[0])
    package = folder / "connectors" / "email"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").write_text(f"__path__.append({str(ours)!r})\n")
    (package / "__init__.py").write_text(f"__path__.append({str(ours / 'email')!r})\n")
    (package / "reading.py").write_text(
        "import os, pathlib, importlib.util\n"
        f"path = {str(ours / 'email' / 'reading.py')!r}\n"
        "spec = importlib.util.spec_from_file_location('connectors.email.real', path)\n"
        "real = importlib.util.module_from_spec(spec)\n"
        "spec.loader.exec_module(real)\n"
        "def read(payload, folder):\n"
        f"    if {LETHAL!r} in payload.read():\n"
        "        os.kill(os.getpid(), 9)\n"
        "    return real.read(payload, folder)\n"
    )
    return folder


def test_news_that_come_while_somebody_polls_are_not_left_for_the_next_time(company: Company) -> None:
    channel = company.mailbox()
    with direct_connection() as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended('poll channel', %s))", [channel.pk])
        claimed = poll.claim(channel.pk, timezone.now(), early=True)
        assert claimed
        company.writes(channel, letter())
        poll_channel(channel.pk, early=True)
        assert not Item.objects.exists()
        poll.poll(claimed, timezone.now())
        channel.refresh_from_db()
        assert channel.poll_at is not None
        assert channel.poll_at <= timezone.now()
