"""Asking providers: one at a time, later after each failure, and never again a password that is refused for good."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.contract import Batch, Connector, GapCheck
from connectors.errors import CredentialsRefused, TryLater
from inbox.inbound import poll
from inbox.inbound.poll import LEASE, LONGEST_PAUSE, SHORTEST_PAUSE, claim, look_for_missed
from inbox.models import Activity, Channel, ChannelState, Item
from tests.inbox.desk_of_five import NOW, Desk
from tests.inbox.inbound.arriving import drop, fetched, letter
from tests.inbox.outbound.provider import Provider


@dataclass
class Mailbox(Provider):
    """Brings these batches, one at each fetch, and then nothing; or fails."""

    brings: list[Batch] = field(default_factory=list)
    lost: list[Batch] = field(default_factory=list)
    at_once: int = 50
    fails: Exception | None = None
    asked_from: list[str] = field(default_factory=list)

    def fetch(self, cursor: str, folder: Path, now: object) -> Batch:
        self.asked_from.append(cursor)
        if self.fails:
            raise self.fails
        return self.brings.pop(0) if self.brings else Batch(payloads=[], cursor=cursor)

    def missed(self, check: GapCheck, folder: Path, now: object) -> Batch:
        if self.fails:
            raise self.fails
        found = [p for batch in self.lost for p in batch.payloads]
        there = check.known([p.source_key for p in found])
        lost = [p for p in found if p.source_key not in there]
        return Batch(payloads=lost[: self.at_once], cursor="", more=len(lost) > self.at_once)


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    stand_in = Mailbox()
    monkeypatch.setattr(poll, "renewed", lambda channel, now: stand_in)
    return stand_in


def read(desk: Desk) -> Channel:
    return Channel.objects.get(pk=desk.channel.pk)


def polled(desk: Desk) -> Channel:
    poll.poll(read(desk), desk.later())
    return read(desk)


def test_one_worker_at_a_time_polls_a_channel(desk: Desk) -> None:
    assert claim(desk.channel.pk, NOW) is not None
    assert claim(desk.channel.pk, NOW) is None
    assert read(desk).poll_at == NOW + LEASE


def test_a_worker_that_died_is_followed_by_another(desk: Desk) -> None:
    claim(desk.channel.pk, NOW)
    assert claim(desk.channel.pk, NOW + LEASE) is not None


def test_a_hint_of_news_polls_early_but_wakes_no_broken_channel(desk: Desk) -> None:
    Channel.objects.update(poll_at=NOW + timedelta(hours=1))
    assert claim(desk.channel.pk, NOW) is None
    assert claim(desk.channel.pk, NOW, early=True) is not None
    Channel.objects.update(broken_until=NOW + timedelta(minutes=1))
    assert claim(desk.channel.pk, NOW, early=True) is None


@pytest.mark.parametrize("state", [ChannelState.PAUSED, ChannelState.REFUSED])
def test_a_channel_that_does_not_work_is_not_polled(desk: Desk, state: ChannelState) -> None:
    Channel.objects.update(state=state)
    assert claim(desk.channel.pk, NOW, early=True) is None


def test_a_poll_goes_on_from_where_the_last_batch_ended_until_there_is_no_more(desk: Desk, mailbox: Mailbox) -> None:
    one, two = (fetched(letter(key), key, NOW) for key in ("1", "2"))
    mailbox.brings = [Batch(payloads=[one], cursor="a", more=True), Batch(payloads=[two], cursor="b")]
    channel = polled(desk)
    assert mailbox.asked_from == ["", "a"]
    assert (channel.cursor, channel.poll_at) == ("b", desk.clock + Connector.pace)
    assert Item.objects.count() == 2


def test_a_failure_is_remembered_and_asked_again_later_each_time(desk: Desk, mailbox: Mailbox) -> None:
    mailbox.fails = TryLater("It does not answer.", words="timed out")
    pauses = []
    for _ in range(12):
        channel = polled(desk)
        assert channel.poll_at is not None
        assert channel.poll_at == channel.broken_until
        pauses.append(channel.poll_at - desk.clock)
    assert SHORTEST_PAUSE * 0.8 <= pauses[0] <= SHORTEST_PAUSE * 1.2
    assert LONGEST_PAUSE * 0.8 <= pauses[-1] <= LONGEST_PAUSE * 1.2
    assert channel.last_error is not None
    assert (channel.failures, channel.last_error["words"], channel.state) == (12, "timed out", ChannelState.WORKING)


def test_success_forgets_the_failures(desk: Desk, mailbox: Mailbox) -> None:
    mailbox.fails = TryLater("It does not answer.")
    polled(desk)
    mailbox.fails = None
    channel = polled(desk)
    assert (channel.failures, channel.broken_until) == (0, None)


def test_what_came_before_a_failure_is_kept(desk: Desk, mailbox: Mailbox) -> None:
    mailbox.brings = [Batch(payloads=[fetched(letter(), "1", NOW)], cursor="a", more=True)]
    real = mailbox.fetch

    def once(cursor: str, folder: Path, now: object) -> Batch:
        batch = real(cursor, folder, now)
        mailbox.fails = TryLater("The line broke.")
        return batch

    mailbox.fetch = once  # type: ignore[method-assign]  # the line breaks between two batches
    channel = polled(desk)
    assert (channel.cursor, Item.objects.count(), channel.failures) == ("a", 1, 1)


def test_a_refused_password_is_believed_the_third_time(desk: Desk, mailbox: Mailbox) -> None:
    mailbox.fails = CredentialsRefused("The password is wrong.")
    states = [polled(desk).state for _ in range(4)]
    assert states == ["working", "working", "refused", "refused"]
    assert Activity.objects.filter(verb="channel_refused").count() == 1


def test_what_the_cursor_passed_over_is_found_by_the_gap_check(desk: Desk, mailbox: Mailbox) -> None:
    drop(desk, letter("One"), "1")
    mailbox.lost = [Batch(payloads=[fetched(letter(k), k, NOW) for k in ("1", "2")], cursor="")]
    assert look_for_missed(read(desk), desk.later()) == 1
    assert look_for_missed(read(desk), desk.later()) == 0
    assert set(Item.objects.values_list("source_key", flat=True)) == {"1", "2"}
    assert Activity.objects.get(verb="gap_filled").data["items"] == 1


def test_the_gap_check_begins_where_the_last_one_ended(desk: Desk, mailbox: Mailbox) -> None:
    drop(desk, letter(), "1")
    places = []

    def missed(check: GapCheck, folder: Path, now: object) -> Batch:
        places.append(check.place)
        return Batch(payloads=[], cursor=f"check {len(places)}")

    mailbox.missed = missed  # type: ignore[method-assign]
    look_for_missed(read(desk), desk.later())
    look_for_missed(read(desk), desk.later())
    assert places == ["", "check 1"]
    assert (read(desk).looked, read(desk).cursor) == ("check 2", ".")


def test_what_a_gap_check_found_is_kept_though_a_poll_went_on_meanwhile(desk: Desk, mailbox: Mailbox) -> None:
    drop(desk, letter("One"), "1")

    def missed(check: GapCheck, folder: Path, now: object) -> Batch:
        Channel.objects.filter(pk=desk.channel.pk).update(cursor="3")
        return Batch(payloads=[fetched(letter("Two"), "2", NOW)], cursor="")

    mailbox.missed = missed  # type: ignore[method-assign]
    assert look_for_missed(read(desk), desk.later()) == 1
    assert (read(desk).cursor, Item.objects.count()) == ("3", 2)


def test_a_gap_check_that_fails_is_no_alarm(desk: Desk, mailbox: Mailbox) -> None:
    drop(desk, letter(), "1")
    mailbox.fails = TryLater("It does not answer.")
    assert look_for_missed(read(desk), desk.later()) == 0
    assert read(desk).failures == 0


def test_a_bug_in_a_connector_is_shown_with_its_channel_and_tried_again(desk: Desk, mailbox: Mailbox) -> None:
    mailbox.fails = KeyError("data")
    channel = polled(desk)
    assert (channel.failures, channel.state) == (1, ChannelState.WORKING)
    assert (channel.last_error or {})["words"] == "KeyError"
    assert channel.poll_at
    assert channel.poll_at > desk.clock
    mailbox.fails = None
    assert polled(desk).failures == 0


def test_a_bug_in_a_connector_keeps_no_other_channel_from_its_gap_check(desk: Desk, mailbox: Mailbox) -> None:
    Channel.objects.filter(pk=desk.channel.pk).update(cursor="7")
    mailbox.fails = KeyError("data")
    assert look_for_missed(read(desk), desk.later()) == 0


def test_the_gap_check_goes_on_until_nothing_is_missed_any_more(desk: Desk, mailbox: Mailbox) -> None:
    drop(desk, letter(), "1")
    mailbox.lost = [Batch(payloads=[fetched(letter(k), k, NOW)], cursor="") for k in ("2", "3", "4")]
    mailbox.at_once = 1
    assert look_for_missed(read(desk), desk.later()) == 3
    assert Activity.objects.get(verb="gap_filled").data["items"] == 3


def test_a_gap_check_that_brings_nothing_new_ends(desk: Desk, mailbox: Mailbox) -> None:
    drop(desk, letter(), "1")
    mailbox.missed = lambda check, folder, now: Batch(  # type: ignore[method-assign]  # one that is never done
        payloads=[fetched(letter(), "1", NOW)], cursor="", more=True
    )
    assert look_for_missed(read(desk), desk.later()) == 0
