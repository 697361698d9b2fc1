"""Much mail, mail after an outage, mail under new numbers, and mail that does harm: each is here exactly once."""

import importlib.util
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

import connectors.email
from inbox import blobs, parser
from inbox.inbound import poll, unpack
from inbox.models import Attachment, Channel, Conversation, Item, Message, Outcome
from tests.benches.mails import mails
from tests.journeys.mailroom import Company, collect, days_ago, ledger_difference, letter, outcomes

pytestmark = pytest.mark.dovecot

MANY = 1000


def fill(company: Company, channel: Channel, count: int) -> None:
    """Mails with long gone dates, put into the mailbox without asking the server for each."""
    place = company.dovecot.folder / "mail" / channel.address / "new"
    company.writes(channel, letter())  # makes the mailbox, and belongs to whom it must
    for number, (raw, at) in enumerate(mails(count, 42, channel.address)):
        path = place / f"{int(at.timestamp())}.{number}.bench"
        path.write_bytes(raw)


def references(channel: Channel) -> Counter[str]:
    """How often each mail became a message, by its Message-ID."""
    known = Message.objects.filter(item__channel=channel).values_list("provider_ids__reference", flat=True)
    return Counter(known)


def test_a_thousand_mails_at_once_are_a_thousand_messages_and_no_conversation_too_many(company: Company) -> None:
    channel = company.mailbox(history_days=10_000)
    sent = company.dovecot.bulk(channel.address, [raw for raw, _ in mails(MANY, 42, channel.address, file_bytes=2_000)])
    assert collect(channel) == sent == MANY
    assert set(outcomes(channel)) == {Outcome.MESSAGE}
    assert Counter(references(channel).values()) == {1: MANY}
    assert Conversation.objects.count() == MANY // 2
    assert not Conversation.objects.exclude(state="open").exists()
    assert ledger_difference() == 0
