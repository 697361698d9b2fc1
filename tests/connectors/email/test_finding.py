"""Looking for a mail whose sending is in doubt: found, certainly absent, or nobody knows."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.contract import Outgoing, Person, Reply
from connectors.email.connector import Email
from connectors.errors import OutcomeUnknown
from connectors.sandbox.mail.misbehaviour import Cut
from connectors.sandbox.mail.server import MailServer
from tests.dovecot import Dovecot

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PROVIDERS_OWN_ID = b"made-by-the-provider@example.com"


def frozen(connector: Email, key: str) -> Outgoing:
    reply = Reply(key=key, text="hello", to=(Person(address="carla@example.com"),), now=NOW)
    (part,) = connector.compose(reply)
    return Outgoing(provider_id=part.provider_id, recipients=part.recipients, body=part.body, since=NOW, now=NOW)


@pytest.mark.dovecot
def test_a_mail_in_sent_is_found(dovecot: Dovecot, mailbox: Email) -> None:
    mail = frozen(mailbox, "d.1")
    dovecot.deliver(mail.body, mailbox.address, "Sent")
    assert mailbox.find(mail) == "d.1@demo.test"


@pytest.mark.dovecot
def test_a_mail_whose_message_id_was_rewritten_is_found(dovecot: Dovecot, mailbox: Email) -> None:
    mail = frozen(mailbox, "d.1")
    rewritten = mail.body.replace(b"Message-ID: <d.1@demo.test>", b"Message-ID: <" + PROVIDERS_OWN_ID + b">")
    assert PROVIDERS_OWN_ID in rewritten
    dovecot.deliver(rewritten, mailbox.address, "Sent")
    assert mailbox.find(mail) == "d.1@demo.test"


@pytest.mark.dovecot
@pytest.mark.parametrize("sent_copy", ["otvet", "nobody"])
def test_absence_proves_nothing_where_the_provider_keeps_no_copy(
    dovecot: Dovecot, mailbox: Email, sent_copy: str
) -> None:
    dovecot.deliver(frozen(mailbox, "d.1").body, mailbox.address, "Sent")
    with pytest.raises(OutcomeUnknown, match="nobody can tell"):
        replace(mailbox, sent_copy=sent_copy).find(frozen(mailbox, "d.2"))


@pytest.mark.dovecot
def test_absence_proves_something_once_the_provider_was_seen_to_keep_copies(dovecot: Dovecot, mailbox: Email) -> None:
    keeps = replace(mailbox, sent_copy="provider")
    with pytest.raises(OutcomeUnknown):
        keeps.find(frozen(mailbox, "d.2"))
    dovecot.deliver(frozen(mailbox, "d.1").body, mailbox.address, "Sent")
    assert keeps.find(frozen(mailbox, "d.2")) is None


@pytest.mark.parametrize(("cut", "is_there"), [(Cut.AFTER_DOT, True), (Cut.AFTER_DOT_LOST, False)])
def test_after_a_cut_the_search_tells_what_the_provider_did(
    provider: MailServer, account: Email, cut: Cut, is_there: bool
) -> None:
    account.send(frozen(account, "d.1"), lambda: None)
    provider.misbehave(cut=cut)
    mail = frozen(account, "d.2")
    with pytest.raises(OutcomeUnknown):
        account.send(mail, lambda: None)
    provider.misbehave()
    assert (account.find(mail) == "d.2@demo.test") is is_there


def test_a_kill_right_after_acceptance_still_leaves_the_copy(
    tmp_path: Path, account: Email, provider: MailServer, allow_plain: Callable[..., None]
) -> None:
    # As if the server had been killed between its log and the folder Sent.
    account.send(frozen(account, "d.1"), lambda: None)
    provider.stop()
    for copy in provider.mails(folder="Sent"):
        copy.path.unlink()
    again = MailServer(provider.folder)
    again.start()
    assert account.find(frozen(account, "d.1")) == "d.1@demo.test"
    again.stop()
    third = MailServer(provider.folder)
    assert len(third.mails(folder="Sent")) == 1
