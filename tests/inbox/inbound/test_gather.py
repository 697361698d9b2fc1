"""Files, names, posts and deletions are asked of the provider afterwards, each on its own, and never for nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from connectors import meter
from connectors.contract import Change, File, Incoming, Person, Post, Remote, Verb
from connectors.errors import ChannelError, Rejected, TryLater
from inbox import blobs
from inbox.inbound import gather
from inbox.models import Address, Attachment, Channel, Customer, Message, Spending
from inbox.models import Post as PostRow
from tests.inbox.desk_of_five import Desk, browser
from tests.inbox.network import network, public
from tests.inbox.outbound.provider import Provider

PICTURE = b"\x89PNG a lamp"
REMOTE = Remote(address="https://pbs.example/1.png", name="", media_type="image/png")


class Full(Provider):
    """A provider with everything there is to gather; it counts what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.trouble: dict[str, ChannelError] = {}
        self.gone: set[str] = set()

    def download(self, remote: Remote, folder: Path) -> File:
        assert not list(folder.iterdir()), "what another download left is in the way"
        self.asked.append(remote.address)
        path = folder / "file"
        if remote.address in self.trouble:
            path.write_bytes(PICTURE[:1])
            raise self.trouble[remote.address]
        path.write_bytes(PICTURE)
        digest = sha256(PICTURE).hexdigest()
        return File(name="lamp.png", media_type="image/png", size=len(PICTURE), sha256=digest, path=str(path))

    def people(self, addresses: Sequence[str]) -> Mapping[str, Person]:
        self.asked += addresses
        meter.used("user_read", len(addresses))
        return {address: Person(address=address, name="Carla (@carla)") for address in addresses if address != "2404"}

    def post(self, reference: str) -> Post | None:
        self.asked.append(reference)
        return None if reference in self.gone else Post(reference=reference, author="Example", text="Our new lamp")

    def rechecked(self, provider_ids: Sequence[str], now: datetime) -> Sequence[Change]:
        self.asked += provider_ids
        return [Change(provider_id=each, verb=Verb.DELETED, at=now) for each in provider_ids if each in self.gone]


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Full:
    stand_in = Full()
    monkeypatch.setattr(gather, "renewed", lambda channel, now: stand_in)
    return stand_in


@pytest.fixture
def channel(desk: Desk) -> Channel:
    return network(desk)


def said(desk: Desk, channel: Channel, incoming: Incoming) -> Message:
    return Message.objects.get(pk=desk.receives(incoming, channel=channel).message)


def nameless(address: str = "2002") -> Person:
    return Person(address=address)


def test_a_file_is_fetched_and_kept(desk: Desk, channel: Channel, provider: Full) -> None:
    said(desk, channel, public(remote=(REMOTE,)))
    assert list(gather.waiting_channels(desk.later())) == [channel]
    gather.gather(channel, desk.clock)
    file = Attachment.objects.get()
    assert (file.name, file.due_at, blobs.read(file.sha256)) == ("lamp.png", None, PICTURE)
    assert not gather.waiting_channels(desk.later()).exists()


def test_one_that_is_gone_says_so_and_holds_up_no_other(desk: Desk, channel: Channel, provider: Full) -> None:
    gone = Remote(address="https://pbs.example/gone.png")
    provider.trouble[gone.address] = Rejected("The file is not there any more.")
    said(desk, channel, public(remote=(gone, REMOTE)))
    gather.gather(channel, desk.later())
    first, second = Attachment.objects.order_by("position")
    assert (first.missing, first.due_at) == ("The file is not there any more.", None)
    assert second.sha256


def test_one_that_fails_is_tried_again_later_and_not_for_ever(desk: Desk, channel: Channel, provider: Full) -> None:
    provider.trouble[REMOTE.address] = TryLater("The provider cannot be reached.")
    said(desk, channel, public(remote=(REMOTE,)))
    gather.gather(channel, desk.later())
    assert Attachment.objects.get().due_at == desk.clock + gather.FIRST_PAUSE * 2
    gather.gather(channel, desk.clock)
    assert provider.asked.count(REMOTE.address) == 1
    for _ in range(gather.GIVE_UP_AFTER):
        gather.gather(channel, desk.later(hours=2))
    file = Attachment.objects.get()
    assert (file.due_at, file.missing) == (None, "The provider cannot be reached.")


def test_a_name_is_bought_once(desk: Desk, channel: Channel, provider: Full) -> None:
    for _ in range(3):
        said(desk, channel, public(sender=nameless()))
        gather.gather(channel, desk.later())
    assert provider.asked.count("2002") == 1
    assert Address.objects.get(value="2002").name == Customer.objects.get().name == "Carla (@carla)"
    assert Spending.objects.get(price="user_read").units == 1


def test_somebody_unknown_there_is_called_by_his_address_and_not_asked_for_again(
    desk: Desk, channel: Channel, provider: Full
) -> None:
    for _ in range(2):
        said(desk, channel, public(sender=nameless("2404")))
        gather.gather(channel, desk.later())
    assert provider.asked.count("2404") == 1
    assert Address.objects.get().name == "2404"


def test_the_post_above_is_asked_for_once(desk: Desk, channel: Channel, provider: Full) -> None:
    said(desk, channel, public(root="77"))
    said(desk, channel, public(root="77"))
    for _ in range(2):
        gather.gather(channel, desk.later())
    assert provider.asked.count("77") == 1
    assert PostRow.objects.get().text == "Our new lamp"


def test_what_was_deleted_is_not_shown_any_more(desk: Desk, channel: Channel, provider: Full) -> None:
    message = said(desk, channel, public(number=5))
    provider.gone = {"5"}
    gather.gather(channel, desk.later())
    assert provider.asked.count("5") == 0
    gather.gather(channel, desk.later(hours=7))
    message.refresh_from_db()
    assert message.withdrawn_at == desk.clock
    gather.gather(channel, desk.later(hours=7))
    assert provider.asked.count("5") == 1


def test_what_is_young_is_asked_for_soon_and_each_time_later(desk: Desk, channel: Channel, provider: Full) -> None:
    """X lets a post be edited for an hour, and what is deleted mostly goes as soon."""
    message = said(desk, channel, public(number=5, sent_at=desk.clock + timedelta(minutes=1)))  # when it comes in
    ages = []
    for asked in range(1, 10):
        assert message.recheck_at is not None
        ages.append((message.recheck_at - message.happened_at) // timedelta(minutes=1))
        gather.gather(channel, message.recheck_at - timedelta(seconds=1))
        assert provider.asked.count("5") == asked - 1
        gather.gather(channel, message.recheck_at)
        assert provider.asked.count("5") == asked
        message.refresh_from_db()
    assert ages == [10, 20, 40, 80, 160, 320, 640, 1000, 1360]


def test_the_post_above_is_asked_for_as_soon(desk: Desk, channel: Channel, provider: Full) -> None:
    fresh, old = desk.clock - timedelta(minutes=30), desk.clock - timedelta(days=1)
    for root, at in (("900", fresh), ("901", old)):
        said(desk, channel, public(root=root, post=Post(reference=root, author="Example", text="Our lamp", at=at)))
    due = {row.reference: row.recheck_at - desk.clock for row in PostRow.objects.all() if row.recheck_at}
    assert timedelta(minutes=30) <= due["900"] < timedelta(minutes=45)
    assert timedelta(hours=6) <= due["901"] < timedelta(hours=6, minutes=15)
    gather.gather(channel, fresh + timedelta(hours=2))
    assert PostRow.objects.get(reference="900").recheck_at == fresh + timedelta(hours=4)


def test_a_post_that_was_deleted_is_not_shown_any_more(desk: Desk, channel: Channel, provider: Full) -> None:
    message = said(desk, channel, public(number=501, root="900"))
    gather.gather(channel, desk.later())
    page = f"/c/open/{message.conversation.number}/"
    assert "Our new lamp" in browser(desk.ada).get(page).content.decode()
    provider.gone = {"900"}
    gather.gather(channel, desk.later())
    assert provider.asked.count("900") == 1, "it is not asked for again at once"
    assert not gather.waiting_channels(desk.clock).exists()
    assert gather.waiting_channels(desk.later(minutes=15)).get() == channel
    gather.gather(channel, desk.clock)
    post = PostRow.objects.get()
    assert (post.withdrawn_at, post.recheck_at) == (desk.clock, None)
    shown = browser(desk.ada).get(page).content.decode()
    assert "Our new lamp" not in shown
    assert "The post that this stands under was deleted." in shown


def test_a_post_that_is_old_is_not_asked_for_any_more(desk: Desk, channel: Channel, provider: Full) -> None:
    said(desk, channel, public(number=501, root="900"))
    gather.gather(channel, desk.later())
    PostRow.objects.update(at=desk.clock - timedelta(days=31))
    gather.gather(channel, desk.later(hours=7))
    assert provider.asked.count("900") == 2
    assert PostRow.objects.get().recheck_at is None


def test_what_is_old_is_not_asked_for_any_more(desk: Desk, channel: Channel, provider: Full) -> None:
    message = said(desk, channel, public(number=5))
    gather.gather(channel, desk.later(days=31))
    message.refresh_from_db()
    assert message.recheck_at is None


def test_a_provider_that_is_away_costs_nothing_but_time(desk: Desk, channel: Channel, provider: Full) -> None:
    def away(addresses: Sequence[str]) -> Mapping[str, Person]:
        raise TryLater("The provider cannot be reached.")

    provider.people = away  # type: ignore[method-assign]  # as a test wishes
    said(desk, channel, public(sender=nameless()))
    gather.gather(channel, desk.later())
    assert list(gather.waiting_channels(desk.clock + timedelta(minutes=1))) == [channel]
