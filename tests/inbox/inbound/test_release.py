"""What a person decides about what was held back."""

import pytest

from connectors.email.connector import Email
from connectors.errors import Unreadable
from inbox import blobs, parser
from inbox.connect import save
from inbox.errors import AlreadyDone, ChannelCannot, NotAllowed
from inbox.inbound import release
from inbox.models import Activity, Item, Message, Outcome, Verdict
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


def test_an_automatic_answer_that_a_person_lets_in_becomes_a_conversation(desk: Desk) -> None:
    held = arrives(desk, letter("We are closed for good.", auto_submitted="auto-replied"))
    item = release.release(held, by=desk.sam, now=desk.later())
    assert (item.outcome, item.reason) == (Outcome.MESSAGE, None)
    assert Message.objects.get().automatic == "Auto-Submitted: auto-replied"


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


def sorts_spam(desk: Desk) -> None:
    save(desk.channel, Email(address="a@example.com", imap_host="localhost", smtp_host="localhost", sorts_spam=True))


def test_the_provider_is_to_be_told_that_it_is_no_spam_where_it_is_asked_to_sort(desk: Desk, held: Item) -> None:
    sorts_spam(desk)
    release.release(held, by=desk.sam, now=desk.later())
    verdict = Verdict.objects.get()
    assert (verdict.item, verdict.spam, verdict.due_at) == (held, False, desk.clock)


def test_that_our_reader_was_mended_says_nothing_of_spam(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    sorts_spam(desk)
    with monkeypatch.context() as patch:
        patch.setattr(parser, "read", fails)
        item = arrives(desk, letter(), role="junk", folder="Junk")
    assert item.outcome == Outcome.UNREADABLE
    assert release.release(item, by=desk.sam, now=desk.later()).outcome == Outcome.MESSAGE
    assert not Verdict.objects.exists()


def fails(*_: object) -> None:
    raise Unreadable("It is nothing that can be read.")


def test_what_still_cannot_be_read_stays_where_it_is(desk: Desk, held: Item, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parser, "read", fails)
    with pytest.raises(ChannelCannot):
        release.release(held, by=desk.sam, now=desk.later())
    held.refresh_from_db()
    assert held.outcome == Outcome.QUARANTINE
