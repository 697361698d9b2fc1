"""Names, posts, files, likes and hiding, of Facebook on loopback."""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from connectors.contract import Incoming, Payload, Person, Remote
from connectors.errors import Rejected, TryLater
from connectors.facebook import looking
from connectors.facebook.connector import Facebook
from connectors.sandbox.graph.server import GraphServer
from tests.connectors.facebook.conftest import person

PHOTO = b"\x89PNG\r\n\x1a\n" + b"0" * 20


@pytest.fixture
def post(graph: GraphServer) -> str:
    return graph.street.page_post("We are open again")


@pytest.fixture
def photo(graph: GraphServer, page: Facebook, files: Path) -> Remote:
    """A file as a poll names it."""
    graph.street.write("Carla", "look", attachments=[("broken shoe.png", PHOTO)])
    (fetched,) = page.fetch("", files, datetime.fromtimestamp(graph._network.now() / 1000 + 1).astimezone()).payloads
    (said,) = Facebook.read(Payload(body=fetched.body, facts=fetched.facts), files)
    assert isinstance(said, Incoming)
    return said.remote[0]


def test_people_are_named_and_strangers_left_out(graph: GraphServer, page: Facebook) -> None:
    graph.street.write("Carla Customer", "hello")
    carla = person(graph, "Carla Customer")
    found = page.people([carla, "404404", "author-of-4_5"])
    assert found == {carla: Person(address=carla, name="Carla Customer", scope=page.page_id)}


def test_a_person_without_a_profile_holds_up_no_other(graph: GraphServer, page: Facebook) -> None:
    for name in ("Ada", "Carla"):
        graph.street.write(name, "hello")
    graph.street.block("Ada")
    assert list(page.people([person(graph, "Ada"), person(graph, "Carla")])) == [person(graph, "Carla")]


def test_whom_facebook_had_no_time_for_is_asked_for_again(graph: GraphServer, page: Facebook) -> None:
    people = []
    for name in ("Ada", "Sam", "Carla"):
        graph.street.write(name, "hello")
        people.append(person(graph, name))
    graph.misbehave(late=2, calls=1)
    assert list(page.people(people)) == people


def test_a_batch_for_which_there_is_no_time_at_all_is_tried_later(graph: GraphServer, page: Facebook) -> None:
    graph.street.write("Carla", "hello")
    graph.misbehave(late=1)
    with pytest.raises(TryLater):
        page.people([person(graph, "Carla")])


def test_more_than_a_batch_holds_is_asked_for_in_several(graph: GraphServer, page: Facebook) -> None:
    names = [f"Person {number}" for number in range(looking.A_BATCH + 1)]
    for name in names:
        graph.street.write(name, "hello")
    assert len(page.people([person(graph, name) for name in names])) == len(names)


def test_a_limit_reached_within_a_batch_ends_it(graph: GraphServer, page: Facebook) -> None:
    graph.street.write("Carla", "hello")
    carla = person(graph, "Carla")
    graph.misbehave(path=carla, code=4)
    with pytest.raises(TryLater, match="less often"):
        page.people([carla])


def test_the_post_is_shown(graph: GraphServer, page: Facebook, post: str) -> None:
    shown = page.post(post)
    assert shown is not None
    assert (shown.reference, shown.text, shown.author) == (post, "We are open again", page.page_name)
    assert shown.link.startswith("https://www.facebook.com/")
    assert page.post("1_1") is None


def test_a_post_is_asked_for_again_after_a_bad_moment(graph: GraphServer, page: Facebook, post: str) -> None:
    graph.misbehave(code=2)
    with pytest.raises(TryLater):
        page.post(post)


def test_who_commented_may_be_written_to_for_a_week(
    graph: GraphServer, page: Facebook, post: str, clock: Callable[..., datetime]
) -> None:
    comment = graph.street.comment("Carla", post, "until when?")
    carla = Person(address=person(graph, "Carla"))
    assert page.may_write_to(carla, comment)
    assert page.private_thread(carla) == f"dm:{carla.address}"
    assert not page.may_write_to(carla, "1_1")
    clock(timedelta(days=8))
    assert not page.may_write_to(carla, comment)
    assert page.may_write_to(carla, "")  # where nothing public is answered the window decides, which we know


def test_liking_and_hiding_can_be_repeated_and_taken_back(graph: GraphServer, page: Facebook, post: str) -> None:
    comment = graph.street.comment("Carla", post, "until when?")
    for on in (True, True, False, False):
        page.like(comment, on=on)
        page.hide(comment, on=on)
        assert graph.street.comments(post)[0]["hidden"] is on
        assert bool(graph._network.likes.at(comment)) is on


def test_our_own_comment_cannot_be_hidden(graph: GraphServer, page: Facebook, post: str) -> None:
    own = graph.street.comment(page.page_name, post, "And have cake")
    with pytest.raises(Rejected):
        page.hide(own, on=True)


def test_a_file_is_fetched_while_its_address_is_good(
    page: Facebook, photo: Remote, files: Path, clock: Callable[..., datetime]
) -> None:
    file = page.download(photo, files)
    assert Path(file.path).read_bytes() == PHOTO
    assert (file.name, file.media_type, file.size) == ("broken shoe.png", "image/png", len(PHOTO))
    assert file.sha256 == sha256(PHOTO).hexdigest()
    clock(timedelta(hours=2))
    with pytest.raises(Rejected, match="expired"):
        page.download(photo, files)


def test_a_broken_line_is_tried_again(graph: GraphServer, page: Facebook, photo: Remote, files: Path) -> None:
    for how in ({"html": True}, {"cut": "middle"}, {"cut": "before"}):
        graph.misbehave(path="cdn", **how)
        with pytest.raises(TryLater):
            page.download(photo, files)


@pytest.mark.parametrize(
    "address",
    ["https://example.org/a.png", "https://evilfbcdn.net/a", "http://x.fbcdn.net/a.png", "file:///a", "https://[x/"],
)
def test_nothing_is_fetched_from_elsewhere(page: Facebook, files: Path, address: str) -> None:
    with pytest.raises(Rejected, match="not kept by Facebook"):
        page.download(Remote(address=address), files)
