"""Telling providers what is spam: nobody waits for it, it is tried again a few times, and what failed is shown."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from connectors.contract import Connector
from connectors.email.connector import Email
from connectors.errors import ChannelError, CredentialsRefused, Rejected, TryLater
from inbox import vault
from inbox.desk.channels import change_channel
from inbox.models import Channel, ChannelState, Envelope, Item, Outcome, Verdict
from inbox.outbound import tasks, verdicts
from inbox.outbound.verdicts import AT_ONCE, LONGEST_PAUSE, TRIES
from tests.inbox.desk_of_five import Desk, browser
from tests.inbox.outbound.provider import Provider


@dataclass
class Sorter(Provider):
    """Sorts as it is told what is not `gone`, or fails."""

    sorts_spam: bool = True
    gone: frozenset[str] = frozenset()
    fails: Exception | None = None
    told: list[tuple[tuple[str, ...], bool]] = field(default_factory=list)

    def sort_spam(self, source_keys: Sequence[str], *, spam: bool) -> Collection[str]:
        self.told.append((tuple(source_keys), spam))
        if self.fails:
            raise self.fails
        return [key for key in source_keys if key not in self.gone]


@pytest.fixture
def sorter(monkeypatch: pytest.MonkeyPatch) -> Sorter:
    stand_in = Sorter()
    monkeypatch.setattr(verdicts, "connect", lambda channel: stand_in)
    monkeypatch.setattr(verdicts, "renewed", lambda channel, now: stand_in)
    return stand_in


@pytest.fixture
def hints(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    seen: list[tuple[object, ...]] = []
    for module in (verdicts, tasks):
        monkeypatch.setattr(module, "wake", lambda *hint: seen.append(hint))
    return seen


def seen(desk: Desk, key: str, *, role: str = "junk", letter: str = "a", channel: Channel | None = None) -> Item:
    """A mail that a poll found there; what has the same letter has the same bytes."""
    where = channel or desk.channel
    at = desk.later()
    kept = Envelope.objects.create(channel=where, sha256=letter * 64, size=1, facts={"role": role}, received_at=at)
    quarantine = {"outcome": Outcome.QUARANTINE, "opened_at": at}
    return Item.objects.create(channel=where, envelope=kept, source_key=key, received_at=at, **quarantine)


def is_no_spam(desk: Desk, *items: Item) -> None:
    verdicts.give(items, spam=False, now=desk.later())


def tell(desk: Desk, **later: float) -> None:
    verdicts.tell(desk.channel.pk, desk.later(**later))


def test_every_place_on_the_wrong_side_is_told_in_one_go(desk: Desk, sorter: Sorter) -> None:
    first = seen(desk, "one")
    seen(desk, "one again")
    seen(desk, "one in the inbox", role="inbox")
    seen(desk, "elsewhere", channel=desk.channel_elsewhere)
    second = seen(desk, "two", letter="b")
    is_no_spam(desk, first, second)
    tell(desk)
    assert sorter.told == [(("one", "one again", "two"), False)]
    assert not Verdict.objects.exists()


def test_many_are_told_in_portions(desk: Desk, sorter: Sorter) -> None:
    is_no_spam(desk, *(seen(desk, str(n), letter=chr(300 + n)) for n in range(AT_ONCE + 1)))
    tell(desk)
    assert [len(keys) for keys, _ in sorter.told] == [AT_ONCE, 1]


def polled(desk: Desk, *, backlog: int = 0) -> None:
    """A poll begins now, and brings all that is there but for the backlog."""
    Channel.objects.filter(pk=desk.channel.pk).update(last_poll_at=desk.later(), backlog=backlog)


def test_what_is_nowhere_on_the_wrong_side_needs_no_telling_once_a_poll_has_shown_that(
    desk: Desk, sorter: Sorter, hints: list[tuple[object, ...]]
) -> None:
    is_no_spam(desk, seen(desk, "one", role="inbox"))
    polled(desk)
    tell(desk)
    assert hints[1:] == [("inbox.inbound.tasks.poll_channel", desk.channel.pk, True)]
    tell(desk)
    assert Verdict.objects.exists()
    polled(desk, backlog=1)
    tell(desk)
    assert Verdict.objects.exists()
    polled(desk)
    tell(desk)
    assert sorter.told == []
    assert not Verdict.objects.exists()
    assert len(hints) == 2


@pytest.mark.parametrize("spam", [True, False])
def test_what_is_taken_back_before_a_poll_has_seen_where_it_was_moved_is_moved_back(
    desk: Desk, sorter: Sorter, spam: bool
) -> None:
    here, there = ("inbox", "junk") if spam else ("junk", "inbox")
    item = seen(desk, "first", role=here)
    seen(desk, "long ago", role=there)  # where it lay before, as it may have been moved more than once
    sorter.gone = frozenset({"long ago"})
    verdicts.give([item], spam=spam, now=desk.later())
    tell(desk)
    verdicts.give([item], spam=not spam, now=desk.later())
    tell(desk)
    seen(desk, "second", role=there)
    polled(desk)
    tell(desk)
    assert sorter.told[0] == (("first",), spam)
    assert sorter.told[-1] == (("long ago", "second"), not spam)
    assert not Verdict.objects.exists()


def test_what_is_taken_back_while_it_is_moved_waits_for_a_poll_that_begins_behind_that(
    desk: Desk, sorter: Sorter, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = seen(desk, "first", role="inbox")
    verdicts.give([item], spam=True, now=desk.later())
    sort = sorter.sort_spam

    def meanwhile(keys: Sequence[str], *, spam: bool) -> Collection[str]:
        is_no_spam(desk, item)
        polled(desk)
        return sort(keys, spam=spam)

    monkeypatch.setattr(sorter, "sort_spam", meanwhile)
    tell(desk)
    monkeypatch.setattr(sorter, "sort_spam", sort)
    tell(desk)
    seen(desk, "second")
    polled(desk)
    tell(desk)
    assert sorter.told[1:] == [(("second",), False)]
    assert not Verdict.objects.exists()


def test_a_new_word_is_looked_for_anew(desk: Desk, sorter: Sorter) -> None:
    item = seen(desk, "one", role="inbox")
    is_no_spam(desk, item)
    tell(desk)
    is_no_spam(desk, item)
    polled(desk)
    tell(desk)
    assert Verdict.objects.exists()


def test_a_channel_that_is_not_asked_to_keeps_nothing(desk: Desk, sorter: Sorter, hints: list[object]) -> None:
    sorter.sorts_spam = False
    is_no_spam(desk, seen(desk, "one"))
    assert not Verdict.objects.exists()
    assert hints == []


def test_people_decide_also_where_a_key_is_lost(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def is_lost(channel: Channel) -> Connector:
        raise vault.WrongKey

    monkeypatch.setattr(verdicts, "connect", is_lost)
    is_no_spam(desk, seen(desk, "one"))
    assert not Verdict.objects.exists()


def test_there_is_a_hint_when_it_is_decided_and_one_for_a_poll_when_it_was_moved(
    desk: Desk, sorter: Sorter, hints: list[object]
) -> None:
    is_no_spam(desk, seen(desk, "one"))
    tell(desk)
    assert hints == [
        ("inbox.outbound.tasks.tell_verdicts_of", desk.channel.pk),
        ("inbox.inbound.tasks.poll_channel", desk.channel.pk, True),
    ]


def test_the_sweep_finds_what_no_hint_told_of(desk: Desk, sorter: Sorter, hints: list[object]) -> None:
    is_no_spam(desk, seen(desk, "one"))
    hints.clear()
    tasks.tell_verdicts()
    assert hints == [("inbox.outbound.tasks.tell_verdicts_of", desk.channel.pk)]


@pytest.mark.parametrize("fails", [TryLater("Busy."), CredentialsRefused("No."), ZeroDivisionError()])
def test_a_failure_is_tried_again_later_each_time_and_then_given_up(
    desk: Desk, sorter: Sorter, fails: Exception
) -> None:
    is_no_spam(desk, seen(desk, "one"))
    sorter.fails = fails
    tell(desk)
    tell(desk, seconds=1)
    assert len(sorter.told) == 1
    for _ in range(2 * TRIES):
        tell(desk, seconds=LONGEST_PAUSE.total_seconds())
    assert len(sorter.told) == TRIES
    verdict = Verdict.objects.get()
    assert verdict.due_at is None
    assert verdict.error


def test_what_the_provider_cannot_do_is_given_up_at_once(desk: Desk, sorter: Sorter) -> None:
    is_no_spam(desk, seen(desk, "one"))
    sorter.fails = Rejected("It cannot move.")
    tell(desk)
    tell(desk, hours=1)
    assert len(sorter.told) == 1


@pytest.mark.parametrize("state", [ChannelState.PAUSED, ChannelState.REFUSED])
def test_a_channel_that_does_not_work_is_told_when_it_works_again(
    desk: Desk, sorter: Sorter, state: ChannelState
) -> None:
    is_no_spam(desk, seen(desk, "one"))
    Channel.objects.update(state=state)
    tell(desk)
    Channel.objects.update(state=ChannelState.WORKING, broken_until=desk.clock + timedelta(minutes=5))
    tell(desk)
    assert sorter.told == []
    tell(desk, minutes=5)
    assert len(sorter.told) == 1


def test_the_last_word_counts(desk: Desk, sorter: Sorter) -> None:
    item = seen(desk, "one")
    seen(desk, "one in the inbox", role="inbox")
    is_no_spam(desk, item)
    sorter.fails = Rejected("It cannot move.")
    tell(desk)
    sorter.fails = None
    verdicts.give([item], spam=True, now=desk.later())
    verdict = Verdict.objects.get()
    assert (verdict.spam, verdict.attempts, verdict.error) == (True, 0, None)
    tell(desk)
    assert sorter.told[1:] == [(("one in the inbox",), True)]
    assert not Verdict.objects.exists()


@pytest.mark.parametrize("fails", [None, TryLater("Busy.")])
def test_a_word_that_is_given_while_the_provider_is_told_of_another_is_not_lost(
    desk: Desk, sorter: Sorter, monkeypatch: pytest.MonkeyPatch, fails: ChannelError | None
) -> None:
    item = seen(desk, "one")
    is_no_spam(desk, item)

    def changes_his_mind(keys: Sequence[str], **_: object) -> Collection[str]:
        verdicts.give([item], spam=True, now=desk.later())
        if fails:
            raise fails
        return keys

    monkeypatch.setattr(sorter, "sort_spam", changes_his_mind)
    tell(desk)
    verdict = Verdict.objects.get()
    assert (verdict.spam, verdict.attempts, verdict.error) == (True, 0, None)


def page(desk: Desk) -> str:
    return browser(desk.kim).get("/channels/").content.decode()


def test_what_was_given_up_is_shown_with_the_channel_until_it_works_again(desk: Desk, sorter: Sorter) -> None:
    is_no_spam(desk, seen(desk, "one"))
    assert "It cannot move." not in page(desk)
    sorter.fails = Rejected("It cannot move.")
    tell(desk)
    assert page(desk).count("It cannot move.") == 1
    sorter.fails = None
    is_no_spam(desk, seen(desk, "two", letter="b"))
    tell(desk)
    assert "It cannot move." not in page(desk)


def test_what_was_given_up_is_forgotten_once_an_admin_has_looked_after_the_channel(desk: Desk, sorter: Sorter) -> None:
    is_no_spam(desk, seen(desk, "one"))
    sorter.fails = Rejected("It cannot move.")
    tell(desk)
    about: dict[str, Any] = {"name": "Help", "brand": desk.channel.brand, "team": desk.team}
    change_channel(desk.channel, {"sorts_spam": False}, by=desk.kim, now=desk.later(), **about)
    assert "It cannot move." not in page(desk)


def test_where_it_is_chosen_it_is_said_what_stays_where_it_is(desk: Desk) -> None:
    said = browser(desk.kim).get(f"/channels/{desk.channel.pk}/").content.decode()
    assert "Mail that is moved to another folder once it is here stays there." in said


def test_a_mailbox_does_not_sort_unless_it_is_asked_to() -> None:
    assert not Email(address="a@example.com", imap_host="localhost", smtp_host="localhost").sorts_spam
