"""Nothing is lost between a provider and the letterbox, and nothing is there twice."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import DjangoCaptureOnCommitCallbacks

from connectors.contract import SMALL, Batch
from inbox import blobs
from inbox.inbound import letterbox
from inbox.models import Channel, Envelope, Item, Outcome
from inbox.wake import publish
from tests.inbox.desk_of_five import Desk
from tests.inbox.inbound.arriving import drop, fetched, letter


def test_a_batch_is_kept_whole_and_the_cursor_moves_with_it(desk: Desk) -> None:
    raw = letter()
    item = drop(desk, raw)
    channel = Channel.objects.get(pk=desk.channel.pk)
    assert item.outcome == Outcome.WAITING
    assert blobs.read(item.envelope.sha256) == raw
    assert (channel.cursor, channel.last_in_at) == (".", desk.clock)


def test_a_batch_from_where_the_cursor_is_no_more_changes_nothing(desk: Desk) -> None:
    old = Channel.objects.get(pk=desk.channel.pk)
    drop(desk, letter())
    with pytest.raises(letterbox.CursorMoved):
        letterbox.drop(old, Batch(payloads=[fetched(letter("Two"), "2", desk.clock)], cursor="x"), desk.clock)
    assert Item.objects.count() == Envelope.objects.count() == 1
    assert Channel.objects.get(pk=old.pk).cursor == "."


def test_what_is_listed_again_is_not_there_twice(desk: Desk) -> None:
    first = drop(desk, letter())
    second = drop(desk, letter())
    assert first == second
    assert Item.objects.count() == Envelope.objects.count() == 1


@pytest.mark.parametrize("more", [0, SMALL])
def test_of_what_is_listed_again_with_other_bytes_nothing_stays(desk: Desk, more: int) -> None:
    drop(desk, letter())
    again = letter("In the words of another list." + "!" * more)
    drop(desk, again)
    assert not blobs.is_kept(sha256(again).hexdigest())


def test_the_same_key_twice_in_one_batch_is_one_item(desk: Desk) -> None:
    one = fetched(letter("One"), "1", desk.clock)
    two = replace(fetched(letter("Two"), "2", desk.clock), source_key="1")
    assert letterbox.drop(desk.channel, Batch(payloads=[one, two], cursor="a"), desk.clock) == 1
    assert Item.objects.count() == Envelope.objects.count() == 1


def test_items_are_numbered_in_the_order_of_their_batch(desk: Desk) -> None:
    batch = [replace(fetched(letter(key), key, desk.clock), source_key=key) for key in ("b", "c", "a")]
    letterbox.drop(desk.channel, Batch(payloads=batch, cursor="a"), desk.clock)
    assert list(Item.objects.order_by("pk").values_list("source_key", flat=True)) == ["b", "c", "a"]


def test_large_ones_and_their_names_are_on_the_disk_before_their_rows(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = [fetched(letter(each + "!" * SMALL), each, desk.clock) for each in ("One", "Two")]
    small = fetched(letter("Three"), "Three", desk.clock)
    synced: dict[Path, int] = {}
    monkeypatch.setattr(blobs, "_sync", lambda path: synced.update({path: Item.objects.count()}))
    letterbox.drop(desk.channel, Batch(payloads=[*batch, small], cursor="a"), desk.clock)
    names = {blobs.path_of(each.sha256).parent for each in batch}
    assert names < synced.keys()
    assert list(synced.values()) == [0] * (len(batch) + len(names))


def test_equal_keys_of_two_channels_are_two_items(desk: Desk) -> None:
    drop(desk, letter())
    drop(desk, letter(), channel=desk.channel_elsewhere)
    assert Item.objects.count() == 2


def test_an_empty_batch_moves_the_cursor_and_mends_the_breaker(desk: Desk) -> None:
    Channel.objects.update(failures=3, broken_until=desk.clock)
    letterbox.drop(desk.channel, Batch(payloads=[], cursor="new", backlog=7), desk.clock)
    channel = Channel.objects.get(pk=desk.channel.pk)
    assert (channel.cursor, channel.failures, channel.broken_until, channel.backlog) == ("new", 0, None, 7)
    assert channel.last_in_at is None


def test_our_own_answer_in_the_folder_sent_is_not_the_last_mail_in(desk: Desk) -> None:
    answer = fetched(letter(), "1", desk.clock)
    sent = replace(answer, facts={**answer.facts, "role": "sent"})
    letterbox.drop(desk.channel, Batch(payloads=[sent], cursor="a"), desk.clock)
    assert Channel.objects.get(pk=desk.channel.pk).last_in_at is None


def test_workers_are_told_only_of_what_is_new(
    desk: Desk, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks() as told:
        drop(desk, letter())
        drop(desk, letter())
    assert len([each for each in told if getattr(each, "func", None) is publish]) == 1


@pytest.mark.parametrize("more", [0, SMALL])
def test_the_bytes_are_there_as_soon_as_a_row_names_them(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, more: int
) -> None:
    there: list[bool] = []

    def look(name: str) -> None:
        if name == "before_drop_commit":
            there.extend(blobs.is_kept(digest) for digest in _named())

    monkeypatch.setattr(letterbox, "failpoint", look)
    drop(desk, letter("The lamp" + "!" * more))
    assert there == [True]


def test_facts_with_a_nul_are_kept_without_it(desk: Desk) -> None:
    item = drop(desk, letter(), folder="a\x00b")
    assert item.envelope.facts["folder"] == "ab"


def _named() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sha256 FROM inbox_envelope")
        return [sha256 for (sha256,) in cursor.fetchall()]
