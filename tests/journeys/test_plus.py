"""A mailbox is tested for addresses with a plus: the test mail comes in like any other, and is nothing anybody said."""

import pytest
from django.utils import timezone

from connectors.email.connector import Email
from connectors.sandbox.mail.server import ADDRESS, HOST, MailServer
from connectors.sandbox.mail.store import Mailbox
from inbox.connect import connect
from inbox.desk import trials
from inbox.models import Channel, Conversation, Item, Outcome
from tests.journeys.mailroom import Company, collect, dispatch, ledger_difference, letter, outcomes, parsed
from tests.journeys.test_threads import bounce_of

pytestmark = pytest.mark.dovecot


@pytest.fixture
def mailbox(company: Company, street: MailServer, monkeypatch: pytest.MonkeyPatch) -> Channel:
    """A mailbox at a server that takes such addresses, not tested yet."""
    ports = street.ports
    monkeypatch.setenv("OTVET_REACH", f"127.0.0.0/8,localhost,127.0.0.1:{ports.imap},127.0.0.1:{ports.smtp}")
    return company.mailbox(
        address=ADDRESS,
        imap_host=HOST,
        imap_port=ports.imap,
        imap_security="plain",
        sent_copy="provider",
        plus_test="",
    )


def came(channel: Channel) -> bool:
    connector = connect(Channel.objects.get(pk=channel.pk))
    assert isinstance(connector, Email)
    assert connector.trial is not None
    return connector.trial.came_at is not None


def reply_to(company: Company, channel: Channel) -> str | None:
    """Where carla's next answer would go: she writes and is answered."""
    company.street.deliver(letter().as_bytes())
    collect(channel)
    company.answers(Conversation.objects.latest("pk"))
    dispatch()
    (*_, arrived) = company.arrived()
    return str(arrived["Reply-To"]) if "Reply-To" in arrived else None


def lost(street: MailServer) -> tuple[bytes, str]:
    """The server loses the only mail in the inbox: its bytes, and which transaction brought it."""
    (arrived,) = street.mails()
    raw = arrived.read()
    arrived.path.unlink()
    street._mailboxes[ADDRESS] = Mailbox(street.folder / "mail" / ADDRESS, street._announce)
    return raw, arrived.origin


def test_such_addresses_are_used_once_the_test_has_come(company: Company, mailbox: Channel) -> None:
    trials.begin(mailbox, by=company.kim, now=timezone.now())
    assert not came(mailbox)
    collect(mailbox)
    assert came(mailbox)
    assert outcomes(mailbox) == [Outcome.RECEIPT]
    assert not Conversation.objects.exists()
    assert ledger_difference() == 0
    assert "+c" in str(reply_to(company, mailbox))


def test_before_it_has_come_they_are_not(company: Company, mailbox: Channel) -> None:
    assert reply_to(company, mailbox) is None
    trials.begin(mailbox, by=company.kim, now=timezone.now())
    company.answers(Conversation.objects.get())
    dispatch()
    assert company.arrived()[-1]["Reply-To"] is None


@pytest.mark.parametrize("speaks_gmail", [True, False], ids=["Gmail", "another server"])
def test_the_copy_in_sent_proves_nothing_and_hides_nothing(
    company: Company, mailbox: Channel, street: MailServer, speaks_gmail: bool
) -> None:
    street.speaks_gmail = speaks_gmail
    trials.begin(mailbox, by=company.kim, now=timezone.now())
    raw, origin = lost(street)
    street.deliver(raw, folder="Sent", origin=origin)
    collect(mailbox)
    assert not came(mailbox)
    street.deliver(raw, origin=origin)
    collect(mailbox)
    assert came(mailbox)
    assert outcomes(mailbox) == [Outcome.RECEIPT, Outcome.RECEIPT]
    assert not Conversation.objects.exists()
    assert ledger_difference() == 0


def test_a_report_that_it_could_not_be_delivered_proves_nothing(
    company: Company, mailbox: Channel, street: MailServer
) -> None:
    trials.begin(mailbox, by=company.kim, now=timezone.now())
    lost(street)
    (sent,) = street.log()
    street.deliver(bounce_of(parsed(sent)))
    collect(mailbox)
    assert not came(mailbox)
    assert Item.objects.get().outcome == Outcome.BOUNCE
    assert not Conversation.objects.exists()
