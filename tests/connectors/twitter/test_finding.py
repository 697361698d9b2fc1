"""Looking for what may have been sent, before anything is sent again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.errors import ChannelError, OutcomeUnknown
from connectors.sandbox.x.server import XServer
from connectors.twitter.connector import X
from tests.connectors.conftest import Line
from tests.connectors.twitter.conftest import Clock, enclosed, outgoing, reply, to

TEXTS = [
    "Sorry!",
    "5 > 3 & 3 < 5",
    "See https://example.com/a?b=c&d=e and example.org.",
    "Добрый день 👋🏽\n\nвот так:  example.com/путь",
    "@carla hello",
]


def lost(connector: X, x: XServer, body: bytes, clock: Clock, cut: str, previous: str = "") -> None:
    """Send it over a line that breaks."""
    x.misbehave(on="POST /2/", cut=cut)
    with pytest.raises(OutcomeUnknown):
        connector.send(outgoing(body, clock.now, previous=previous), Line())
    x.misbehave()


@pytest.mark.parametrize("text", TEXTS)
def test_a_post_that_went_out_is_found_by_its_words(x: XServer, acme: X, clock: Clock, text: str) -> None:
    asked = x.post("carla", "@acme it is broken")
    begun = clock.now
    (part,) = acme.compose(reply(text, thread_key="public:1:2", parents=(asked.id,)))
    lost(acme, x, part.body, clock, "after")
    (answer,) = x.timeline("acme")
    assert acme.find(outgoing(part.body, begun)) == answer.id


@pytest.mark.parametrize("text", TEXTS)
def test_a_message_that_went_out_is_found_by_its_words(x: XServer, acme: X, clock: Clock, text: str) -> None:
    x.direct_message("carla", "acme", "hello")
    begun = clock.now
    (part,) = acme.compose(reply(text, to=to(x.account("carla").id), thread_key="dm:1"))
    lost(acme, x, part.body, clock, "middle")
    assert acme.find(outgoing(part.body, begun)) == x.messages("acme", "carla")[-1].id


def test_what_did_not_go_out_is_not_there(x: XServer, acme: X, clock: Clock) -> None:
    asked = x.post("carla", "@acme it is broken")
    x.direct_message("carla", "acme", "Sorry!")  # the same words, but hers
    begun = clock.now
    (post,) = acme.compose(reply("Sorry!", thread_key="public:1:2", parents=(asked.id,)))
    (message,) = acme.compose(reply("Sorry!", to=to(x.account("carla").id), thread_key="dm:1"))
    lost(acme, x, post.body, clock, "before")
    lost(acme, x, message.body, clock, "before")
    assert acme.find(outgoing(post.body, begun)) is None
    assert acme.find(outgoing(message.body, begun)) is None


def test_the_same_words_to_somebody_else_are_another_answer(x: XServer, acme: X, clock: Clock) -> None:
    hers, his = x.post("carla", "@acme it is broken"), x.post("max", "@acme mine too")
    begun = clock.now
    (to_her,) = acme.compose(reply("Sorry!", thread_key="public:1:2", parents=(hers.id,)))
    (to_him,) = acme.compose(reply("Sorry!", thread_key="public:1:3", parents=(his.id,)))
    sent = acme.send(outgoing(to_him.body, begun), Line())
    assert acme.find(outgoing(to_her.body, begun)) is None
    assert acme.find(outgoing(to_him.body, begun)) == sent.provider_id


def test_the_same_words_said_before_are_not_this_answer(x: XServer, acme: X, clock: Clock) -> None:
    x.direct_message("carla", "acme", "hello")
    (part,) = acme.compose(reply("Done.", to=to(x.account("carla").id), thread_key="dm:1"))
    acme.send(outgoing(part.body, clock.now), Line())
    clock.ahead += 60
    assert acme.find(outgoing(part.body, clock.now)) is None


def test_the_same_answer_said_a_moment_before_is_not_this_one(x: XServer, acme: X) -> None:
    asked = x.post("carla", "@acme it is broken")
    before = x.post("acme", "Sorry!", in_reply_to=asked.id)
    (part,) = acme.compose(reply("Sorry!", thread_key="public:1:2", parents=(asked.id,)))
    at = datetime.fromtimestamp(before.at / 1000, UTC)
    clocks_differ = timedelta(seconds=2)
    assert acme.find(outgoing(part.body, at + clocks_differ)) == before.id
    assert acme.find(outgoing(part.body, at + clocks_differ + timedelta(milliseconds=1))) is None


def test_a_later_part_is_looked_for_under_the_part_before(x: XServer, acme: X, clock: Clock) -> None:
    asked = x.post("carla", "@acme it is broken")
    begun = clock.now
    first, second = acme.compose(reply("word " * 80, thread_key="public:1:2", parents=(asked.id,)))
    sent = acme.send(outgoing(first.body, begun), Line())
    lost(acme, x, second.body, clock, "after", previous=sent.provider_id)
    found = acme.find(outgoing(second.body, begun, previous=sent.provider_id))
    assert found == x.thread(asked.id)[-1].id
    assert acme.find(outgoing(second.body, begun, previous=asked.id)) is None


def test_a_photo_without_words_is_found(x: XServer, acme: X, clock: Clock, files: Path) -> None:
    x.direct_message("carla", "acme", "hello")
    begun = clock.now
    photo = enclosed(files / "a.png", b"\x89PNG", "image/png")
    carla = to(x.account("carla").id)
    (part,) = acme.compose(reply("", to=carla, thread_key="dm:1", attachments=(photo,)))
    sent = acme.send(outgoing(part.body, begun, files={photo.sha256: files / "a.png"}), Line())
    assert acme.find(outgoing(part.body, begun)) == sent.provider_id


def test_of_two_photos_without_words_the_first_is_not_the_second(
    x: XServer, acme: X, clock: Clock, files: Path
) -> None:
    x.direct_message("carla", "acme", "hello")
    begun = clock.now
    photos = [enclosed(files / name, b"\x89PNG" + name.encode(), "image/png") for name in ("a.png", "b.png")]
    paths = {photo.sha256: Path(photo.path) for photo in photos}
    first, second = acme.compose(reply("", to=to(x.account("carla").id), thread_key="dm:1", attachments=tuple(photos)))
    before = acme.send(outgoing(first.body, begun, files=paths), Line()).provider_id
    assert acme.find(outgoing(second.body, begun, previous=before)) is None
    sent = acme.send(outgoing(second.body, begun, previous=before, files=paths), Line())
    assert acme.find(outgoing(second.body, begun, previous=before)) == sent.provider_id


def test_it_is_found_behind_many_others(x: XServer, acme: X, clock: Clock) -> None:
    x.direct_message("carla", "acme", "hello")
    asked = x.post("carla", "@acme it is broken")
    begun = clock.now
    (post,) = acme.compose(reply("Sorry!", thread_key="public:1:2", parents=(asked.id,)))
    (message,) = acme.compose(reply("Sorry!", to=to(x.account("carla").id), thread_key="dm:1"))
    ids = [acme.send(outgoing(part.body, begun), Line()).provider_id for part in (post, message)]
    for number in range(130):
        x.post("acme", f"{number}", in_reply_to=asked.id)
        x.direct_message("acme", "carla", f"{number}")
    assert [acme.find(outgoing(part.body, begun)) for part in (post, message)] == ids


def test_where_nobody_can_look_nothing_is_said(x: XServer, acme: X, clock: Clock) -> None:
    (part,) = acme.compose(reply("Sorry!", thread_key="public:1:2", parents=("5",)))
    x.misbehave(answer="500 HTML")
    with pytest.raises(ChannelError):
        acme.find(outgoing(part.body, clock.now))
