"""What people decide about spam, and what a real mail server shows of it to those who use the mailbox beside us."""

from typing import Any

import pytest
from django.utils import timezone

from inbox.desk.bulk import begin, put_back_all, work_off
from inbox.inbound.release import release
from inbox.models import Address, Bulk, BulkVerb, Channel, Conversation, Item, Message, Verdict
from inbox.outbound import tasks
from tests.journeys.mailroom import Company, collect, ledger_difference, letter, outcomes

pytestmark = pytest.mark.dovecot


def mailbox(company: Company, **settings: Any) -> Channel:
    return company.mailbox(**{"sorts_spam": True, **settings})


def held(company: Company, channel: Channel) -> Item:
    """A mail of carla's that the server took for spam."""
    company.writes(channel, letter(), "Junk")
    collect(channel)
    return Item.objects.get(channel=channel)


def lie(company: Company, channel: Channel) -> tuple[int, int]:
    """How many mails lie in the inbox, and how many in Junk."""
    return len(company.dovecot.uids(channel.address)), len(company.dovecot.uids(channel.address, "Junk"))


def finish(bulk: Bulk) -> None:
    while work_off(bulk.pk, timezone.now()):
        pass


def tell_until_nothing_is_left(channel: Channel) -> None:
    """What has nothing to move is told once more when a poll has shown that."""
    tasks.tell_verdicts_of(channel.pk)
    collect(channel)
    tasks.tell_verdicts_of(channel.pk)
    assert not Verdict.objects.exists()


def taken_for_spam(company: Company, channel: Channel) -> Bulk:
    """Carla wrote twice in one conversation, and sam takes it for spam."""
    first = letter()
    company.writes(channel, first)
    company.writes(channel, letter("Buy!", References=first["Message-ID"], In_Reply_To=first["Message-ID"]))
    collect(channel)
    bulk = begin(BulkVerb.SPAM, [Conversation.objects.get().pk], by=company.sam, now=timezone.now())
    finish(bulk)
    return bulk


def test_what_is_let_in_lies_in_the_inbox_there_and_is_here_once(company: Company) -> None:
    channel = mailbox(company)
    item = held(company, channel)
    release(item, by=company.sam, now=timezone.now())
    assert lie(company, channel) == (0, 1)  # nobody waits for the server
    tasks.tell_verdicts_of(channel.pk)
    assert lie(company, channel) == (1, 0)
    collect(channel)
    assert outcomes(channel) == ["message", "duplicate"]
    assert Message.objects.get().item == item
    assert Item.objects.get(outcome="duplicate").reason == {
        "item": item.pk
    }  # known by its bytes, not by its Message-ID
    assert not Verdict.objects.exists()
    assert ledger_difference() == 0


def test_by_default_nothing_is_moved_there(company: Company) -> None:
    channel = mailbox(company, sorts_spam=False)
    release(held(company, channel), by=company.sam, now=timezone.now())
    assert not Verdict.objects.exists()
    tasks.tell_verdicts_of(channel.pk)
    assert lie(company, channel) == (0, 1)
    bulk = begin(BulkVerb.SPAM, [Conversation.objects.get().pk], by=company.sam, now=timezone.now())
    finish(bulk)
    assert not Verdict.objects.exists()


def test_an_admin_who_asks_for_it_no_longer_gets_it_no_longer(company: Company) -> None:
    channel = mailbox(company)
    release(held(company, channel), by=company.sam, now=timezone.now())
    company.reconnect(channel, sorts_spam=False)
    tasks.tell_verdicts_of(channel.pk)
    assert lie(company, channel) == (0, 1)
    assert not Verdict.objects.exists()


def test_all_that_a_spammer_wrote_goes_to_junk_and_comes_back_when_that_is_put_back(company: Company) -> None:
    channel = mailbox(company)
    bulk = taken_for_spam(company, channel)
    tasks.tell_verdicts_of(channel.pk)
    assert lie(company, channel) == (0, 2)
    collect(channel)
    assert outcomes(channel) == ["message", "message", "duplicate", "duplicate"]
    put_back_all(bulk, by=company.sam, now=timezone.now())
    finish(bulk)
    tasks.tell_verdicts_of(channel.pk)
    assert lie(company, channel) == (2, 0)
    collect(channel)
    assert Message.objects.count() == 2
    assert ledger_difference() == 0


def test_what_is_put_back_before_the_server_was_told_stays_where_it_is(company: Company) -> None:
    channel = mailbox(company)
    put_back_all(taken_for_spam(company, channel), by=company.sam, now=timezone.now())
    finish(Bulk.objects.get())
    tell_until_nothing_is_left(channel)
    assert lie(company, channel) == (2, 0)


def test_what_is_put_back_before_a_poll_has_seen_it_in_junk_comes_back(company: Company) -> None:
    channel = mailbox(company)
    bulk = taken_for_spam(company, channel)
    tasks.tell_verdicts_of(channel.pk)
    assert lie(company, channel) == (0, 2)
    put_back_all(bulk, by=company.sam, now=timezone.now())
    finish(bulk)
    tell_until_nothing_is_left(channel)
    assert lie(company, channel) == (2, 0)


def test_what_is_let_in_and_taken_for_spam_before_a_poll_has_seen_it_in_the_inbox_goes_to_junk_again(
    company: Company,
) -> None:
    channel = mailbox(company)
    release(held(company, channel), by=company.sam, now=timezone.now())
    tasks.tell_verdicts_of(channel.pk)
    assert lie(company, channel) == (1, 0)
    bulk = begin(BulkVerb.SPAM, [Conversation.objects.get().pk], by=company.sam, now=timezone.now())
    finish(bulk)
    tell_until_nothing_is_left(channel)
    assert lie(company, channel) == (0, 1)
    put_back_all(bulk, by=company.sam, now=timezone.now())  # it lay in Junk under another number before
    finish(bulk)
    tell_until_nothing_is_left(channel)
    assert lie(company, channel) == (1, 0)


def test_what_waited_because_its_sender_is_blocked_stays_in_the_inbox_when_it_is_let_in(company: Company) -> None:
    channel = mailbox(company)
    company.writes(channel, letter())
    collect(channel)
    Address.objects.update(blocked_at=timezone.now())
    company.writes(channel, letter("I am sorry."))
    collect(channel)
    release(Item.objects.get(outcome="quarantine"), by=company.sam, now=timezone.now())
    tell_until_nothing_is_left(channel)
    assert lie(company, channel) == (2, 0)


def test_a_mail_that_was_moved_on_once_it_was_here_stays_there(company: Company) -> None:
    channel = mailbox(company, move_after="Done")
    company.writes(channel, letter())
    collect(channel)
    collect(channel)
    assert len(company.dovecot.uids(channel.address, "Done")) == 1
    bulk = begin(BulkVerb.SPAM, [Conversation.objects.get().pk], by=company.sam, now=timezone.now())
    finish(bulk)
    tell_until_nothing_is_left(channel)
    assert (lie(company, channel), len(company.dovecot.uids(channel.address, "Done"))) == ((0, 0), 1)


def test_a_mail_that_somebody_removed_there_is_still_let_in_here(company: Company) -> None:
    channel = mailbox(company)
    item = held(company, channel)
    company.dovecot.remove(1, channel.address, "Junk")
    assert release(item, by=company.sam, now=timezone.now()).outcome == "message"
    tell_until_nothing_is_left(channel)
    assert lie(company, channel) == (0, 0)
