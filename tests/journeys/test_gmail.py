"""One mail that Gmail shows in several folders is here once, whatever its bytes are there."""

import pytest

from connectors.sandbox.mail.server import ADDRESS, HOST, MailServer
from inbox.models import Channel, Item, Message, Outcome
from tests.journeys.mailroom import Company, collect, ledger_difference, letter, outcomes

pytestmark = pytest.mark.dovecot

MAIL = letter(Message_ID="<lamp@example.com>").as_bytes()
OTHER_BYTES = MAIL + b"-- \nsent through the list\n"


@pytest.fixture
def gmail(company: Company, street: MailServer, monkeypatch: pytest.MonkeyPatch) -> Channel:
    """A mailbox at a server that speaks Gmail's extension."""
    ports = street.ports
    monkeypatch.setenv("OTVET_REACH", f"127.0.0.0/8,localhost,127.0.0.1:{ports.imap},127.0.0.1:{ports.smtp}")
    street.speaks_gmail = True
    return company.mailbox(address=ADDRESS, imap_host=HOST, imap_port=ports.imap, imap_security="plain")


def one_message(channel: Channel) -> None:
    """Its second item was the first one again, and the sums agree."""
    assert outcomes(channel) == [Outcome.MESSAGE, Outcome.DUPLICATE]
    message = Message.objects.get()
    assert Item.objects.get(outcome=Outcome.DUPLICATE).reason == {"item": message.item_id}
    assert ledger_difference() == 0


@pytest.mark.parametrize("folder", ["Sent", "Junk"])
@pytest.mark.parametrize("together", [True, False], ids=["in one poll", "in two polls"])
def test_a_mail_in_two_folders_is_one(gmail: Channel, street: MailServer, folder: str, together: bool) -> None:
    street.deliver(MAIL, origin="one")
    if not together:
        collect(gmail)
    street.deliver(OTHER_BYTES, folder=folder, origin="one")
    collect(gmail)
    one_message(gmail)


def test_a_mail_that_was_renumbered_is_known(gmail: Channel, street: MailServer) -> None:
    street.deliver(MAIL, origin="one")
    collect(gmail)
    street.mails()[0].path.write_bytes(OTHER_BYTES)
    street.renumber()
    collect(gmail)
    one_message(gmail)


def test_what_waits_in_quarantine_and_was_moved_to_the_inbox_there_is_let_in(
    gmail: Channel, street: MailServer
) -> None:
    street.deliver(MAIL, folder="Junk", origin="one")
    collect(gmail)
    assert outcomes(gmail) == [Outcome.QUARANTINE]
    street.deliver(OTHER_BYTES, origin="one")
    collect(gmail)
    assert outcomes(gmail) == [Outcome.DUPLICATE, Outcome.MESSAGE]
    assert ledger_difference() == 0


def test_two_mails_with_one_message_id_are_two(gmail: Channel, street: MailServer) -> None:
    street.deliver(MAIL, origin="one")
    street.deliver(OTHER_BYTES, origin="two")
    collect(gmail)
    assert outcomes(gmail) == [Outcome.MESSAGE, Outcome.MESSAGE]
