"""What a person decides about what was held back."""

import pytest

from connectors.errors import Unreadable
from inbox import blobs, parser
from inbox.errors import AlreadyDone, ChannelCannot, NotAllowed
from inbox.inbound import release
from inbox.models import Activity, Item, Message, Outcome
from tests.inbox.desk_of_five import Desk
from tests.inbox.inbound.arriving import arrives, letter

pytestmark = pytest.mark.usefixtures("reader")


@pytest.fixture
def held(desk: Desk) -> Item:
    return arrives(desk, letter(), role="junk", folder="Junk")


def test_what_is_released_comes_in(desk: Desk, held: Item) -> None:
    item = release.release(held, by=desk.sam, now=desk.later())
    assert item.outcome == Outcome.MESSAGE
    assert Message.objects.get().item == item
    assert Activity.objects.filter(verb="released", actor=desk.sam).exists()


def test_what_is_released_twice_comes_in_once(desk: Desk, held: Item) -> None:
    release.release(held, by=desk.sam, now=desk.later())
    with pytest.raises(AlreadyDone):
        release.release(held, by=desk.max, now=desk.later())
    assert Message.objects.count() == 1


def test_what_is_discarded_is_out_of_sight_and_its_bytes_are_kept(desk: Desk, held: Item) -> None:
    release.discard(held, by=desk.sam, now=desk.later())
    held.refresh_from_db()
    assert (held.outcome, held.discarded_by) == (Outcome.QUARANTINE, desk.sam)
    assert blobs.read(held.envelope.sha256) == letter()
    with pytest.raises(AlreadyDone):
        release.discard(held, by=desk.sam, now=desk.later())


def test_what_was_discarded_can_still_be_released(desk: Desk, held: Item) -> None:
    release.discard(held, by=desk.sam, now=desk.later())
    assert release.release(held, by=desk.sam, now=desk.later()).outcome == Outcome.MESSAGE


def test_an_agent_may_neither_release_nor_discard(desk: Desk, held: Item) -> None:
    with pytest.raises(NotAllowed):
        release.release(held, by=desk.ada, now=desk.later())
    with pytest.raises(NotAllowed):
        release.discard(held, by=desk.ada, now=desk.later())
    assert not Message.objects.exists()


def test_what_still_cannot_be_read_stays_where_it_is(desk: Desk, held: Item, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise Unreadable("It is nothing that can be read.")

    monkeypatch.setattr(parser, "read", fails)
    with pytest.raises(ChannelCannot):
        release.release(held, by=desk.sam, now=desk.later())
    held.refresh_from_db()
    assert held.outcome == Outcome.QUARANTINE
