"""Answers on their way to X, over HTTP, and what becomes of them when it says no or nothing."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from connectors import meter
from connectors.contract import Frozen
from connectors.errors import CredentialsRefused, CreditsSpent, OutcomeUnknown, Rejected, TryLater
from connectors.sandbox.x.server import XServer
from connectors.sandbox.x.things import Post
from connectors.twitter.connector import X
from tests.connectors.conftest import Line
from tests.connectors.twitter.conftest import Clock, enclosed, outgoing, reply, to

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


@pytest.fixture
def asked(x: XServer) -> Post:
    """What carla wants to know."""
    return x.post("carla", "@acme it is broken")


def public(x: XServer, connector: X, asked: Post, text: str, **given: object) -> Sequence[Frozen]:
    carla = x.account("carla").id
    answer = reply(text, to=to(carla), thread_key=f"public:{asked.id}:{carla}", parents=(asked.id,), **given)
    return connector.compose(answer)


def private(x: XServer, connector: X, text: str, **given: object) -> Sequence[Frozen]:
    carla = x.account("carla").id
    return connector.compose(reply(text, to=to(carla), thread_key=f"dm:{carla}", **given))


@pytest.fixture(params=["oauth2", "oauth1"])
def desk(request: pytest.FixtureRequest, acme: X, signed: X) -> X:
    return acme if request.param == "oauth2" else signed


def test_an_answer_stands_under_the_customers_post(x: XServer, desk: X, asked: Post, wire: Line, clock: Clock) -> None:
    (part,) = public(x, desk, asked, "Here is a new one")
    sent = desk.send(outgoing(part.body, clock.now), wire)
    assert wire.calls == 1
    (_, answer) = x.thread(asked.id)
    assert (answer.id, answer.text, answer.parent) == (sent.provider_id, "Here is a new one", asked.id)


def test_a_long_answer_is_a_thread_of_its_own_parts(x: XServer, acme: X, asked: Post, wire: Line, clock: Clock) -> None:
    parts = public(x, acme, asked, "Here is what to do. " * 40)
    previous = ""
    for part in parts:
        previous = acme.send(outgoing(part.body, clock.now, previous=previous), wire).provider_id
    answers = x.thread(asked.id)[1:]
    assert len(answers) == len(parts) == 3
    assert [answer.parent for answer in answers] == [asked.id, answers[0].id, answers[1].id]
    assert " ".join(answer.text for answer in answers).split() == ("Here is what to do. " * 40).split()


def test_a_direct_message_goes_to_the_person(x: XServer, desk: X, wire: Line, clock: Clock) -> None:
    x.direct_message("carla", "acme", "hello")
    (part,) = private(x, desk, "hello carla")
    sent = desk.send(outgoing(part.body, clock.now), wire)
    last = x.messages("acme", "carla")[-1]
    assert (last.id, last.text) == (sent.provider_id, "hello carla")


def test_every_limit_that_the_meter_tells_of_has_words_for_people(
    x: XServer, acme: X, asked: Post, wire: Line, clock: Clock, files: Path
) -> None:
    with meter.listening() as heard:
        for part in (*public(x, acme, asked, "Here it is"), *private(x, acme, "Here it is")):
            acme.find(outgoing(part.body, clock.now))
            acme.send(outgoing(part.body, clock.now), wire)
        acme.fetch("", files, clock.now)
        acme.check()
        acme.people([x.account("carla").id])
        acme.post(asked.id)
    assert set(heard.left) == set(X.labels)


def test_an_answer_in_a_group_goes_to_the_group(x: XServer, acme: X, wire: Line, clock: Clock) -> None:
    group = x.group("carla", ["acme", "max"])
    (part,) = acme.compose(reply("hello all", to=to(x.account("carla").id), thread_key=f"group:{group.id}"))
    sent = acme.send(outgoing(part.body, clock.now), wire)
    assert [message.id for message in x.messages(group.id) if message.text == "hello all"] == [sent.provider_id]


def test_a_public_thing_is_answered_in_private_where_that_is_meant(
    x: XServer, acme: X, asked: Post, wire: Line, clock: Clock
) -> None:
    x.receive_messages_of("carla", everybody=True)
    (part,) = public(x, acme, asked, "Which number?", private_answer_to=asked.id)
    acme.send(outgoing(part.body, clock.now), wire)
    assert [message.text for message in x.messages("acme", "carla")] == ["Which number?"]
    assert len(x.thread(asked.id)) == 1


def test_photos_go_up_before_the_wire_and_stand_in_the_post(
    x: XServer, desk: X, asked: Post, clock: Clock, files: Path
) -> None:
    photo = enclosed(files / "broken.png", PNG, "image/png")
    (part,) = public(x, desk, asked, "Like this?", attachments=(photo,))
    uploaded: list[str] = []

    def wire() -> None:
        uploaded.extend(effect.what for effect in x.log() if effect.what in ("uploaded", "posted"))

    desk.send(outgoing(part.body, clock.now, files={photo.sha256: files / "broken.png"}), wire)
    assert uploaded == ["posted", "uploaded"]  # hers, then our file
    (answer,) = x.thread(asked.id)[1:]
    assert [x.content(media) for media in answer.media] == [PNG]


def test_a_video_is_waited_for(x: XServer, acme: X, wire: Line, clock: Clock, files: Path) -> None:
    x.direct_message("carla", "acme", "hello")
    film = enclosed(files / "how.mp4", b"0" * 5_000_000, "video/mp4")
    (part,) = private(x, acme, "", attachments=(film,))
    x.rule(media_polls=1)
    acme.send(outgoing(part.body, clock.now, files={film.sha256: files / "how.mp4"}), wire)
    assert len(x.content(x.messages("acme", "carla")[-1].media)) == 5_000_000


def test_a_video_that_x_cannot_show_is_refused_before_the_wire(
    x: XServer, acme: X, asked: Post, wire: Line, clock: Clock, files: Path
) -> None:
    film = enclosed(files / "how.mp4", b"0", "video/mp4")
    (part,) = public(x, acme, asked, "So:", attachments=(film,))
    x.rule(media_polls=1, media_fails=True)
    with pytest.raises(Rejected, match="another format"):
        acme.send(outgoing(part.body, clock.now, files={film.sha256: files / "how.mp4"}), wire)
    assert wire.calls == 0


def test_an_upload_that_breaks_is_tried_later(
    x: XServer, acme: X, asked: Post, wire: Line, clock: Clock, files: Path
) -> None:
    photo = enclosed(files / "broken.png", PNG, "image/png")
    (part,) = public(x, acme, asked, "Like this?", attachments=(photo,))
    x.misbehave(on="POST /2/media", cut="after")
    with pytest.raises(TryLater):
        acme.send(outgoing(part.body, clock.now, files={photo.sha256: files / "broken.png"}), wire)
    assert wire.calls == 0


def test_a_file_that_is_gone_is_said_so(
    x: XServer, acme: X, asked: Post, wire: Line, clock: Clock, files: Path
) -> None:
    photo = enclosed(files / "broken.png", PNG, "image/png")
    (part,) = public(x, acme, asked, "Like this?", attachments=(photo,))
    with pytest.raises(Rejected, match="not here any more"):
        acme.send(outgoing(part.body, clock.now), wire)


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ({"answer": "429", "reset_seconds": 300}, TryLater),
        ({"answer": "429 code 88"}, TryLater),
        ({"answer": "401"}, CredentialsRefused),
        ({"answer": "402"}, CreditsSpent),
        ({"answer": "402 as 403"}, CreditsSpent),
        ({"answer": "403"}, Rejected),
        ({"answer": "403 no DM"}, Rejected),
        ({"answer": "400 list"}, Rejected),
        ({"answer": "500 HTML"}, OutcomeUnknown),
        ({"answer": "503 HTML"}, OutcomeUnknown),
        ({"answer": "200 not JSON"}, OutcomeUnknown),
        ({"answer": "200 empty"}, OutcomeUnknown),
        ({"cut": "before"}, OutcomeUnknown),
        ({"cut": "middle"}, OutcomeUnknown),
        ({"cut": "after"}, OutcomeUnknown),
    ],
)
@pytest.mark.parametrize("where", ["public", "private"])
def test_what_is_no_clear_yes_is_told_apart(
    x: XServer,
    acme: X,
    asked: Post,
    wire: Line,
    clock: Clock,
    where: str,
    how: dict[str, object],
    error: type[Exception],
) -> None:
    x.direct_message("carla", "acme", "hello")
    (part,) = public(x, acme, asked, "Sorry!") if where == "public" else private(x, acme, "Sorry!")
    x.misbehave(**how)
    with pytest.raises(error) as raised:
        acme.send(outgoing(part.body, clock.now), wire)
    assert type(raised.value) is error
    assert wire.calls == 1


def test_whom_we_were_not_called_by_we_may_not_answer(x: XServer, acme: X, wire: Line, clock: Clock) -> None:
    overheard = x.post("carla", "what a day")
    (part,) = public(x, acme, overheard, "Can we help?")
    with pytest.raises(Rejected, match="Ask the customer to mention us"):
        acme.send(outgoing(part.body, clock.now), wire)


def test_a_closed_mailbox_is_said_so(x: XServer, acme: X, wire: Line, clock: Clock) -> None:
    x.receive_messages_of("carla", everybody=False)
    (part,) = private(x, acme, "Can we help?")
    with pytest.raises(Rejected, match="takes no direct messages"):
        acme.send(outgoing(part.body, clock.now), wire)


def test_a_limit_says_until_when(x: XServer, acme: X, asked: Post, wire: Line, clock: Clock) -> None:
    x.misbehave(answer="429", reset_seconds=300)
    (part,) = public(x, acme, asked, "Sorry!")
    with pytest.raises(TryLater) as raised:
        acme.send(outgoing(part.body, clock.now), wire)
    assert raised.value.until is not None
    assert 290 < (raised.value.until - clock.now).total_seconds() <= 300


def test_what_was_taken_on_the_wire_passes_through(x: XServer, acme: X, asked: Post, clock: Clock) -> None:
    class TakenAway(Exception):
        """Another worker has it now."""

    def wire() -> None:
        raise TakenAway

    (part,) = public(x, acme, asked, "Sorry!")
    with pytest.raises(TakenAway):
        acme.send(outgoing(part.body, clock.now), wire)
    assert len(x.thread(asked.id)) == 1


@pytest.mark.parametrize(
    ("text", "previous", "price"),
    [
        ("Sorry!", "", "summoned_reply"),
        ("See example.com", "", "post_write_with_url"),
        ("and more", "5", "post_write"),
    ],
)
def test_each_kind_of_post_is_counted_at_its_price(
    x: XServer, acme: X, asked: Post, wire: Line, clock: Clock, text: str, previous: str, price: str
) -> None:
    (part,) = public(x, acme, asked, text)
    own = x.post("acme", "before", in_reply_to=asked.id).id if previous else ""
    with meter.listening() as heard:
        acme.send(outgoing(part.body, clock.now, previous=own), wire)
    assert heard.units == {price: 1}
    assert price in X.prices
    assert heard.left["post_write"].limit == 100


def test_a_message_is_counted_and_a_refusal_is_not(x: XServer, acme: X, wire: Line, clock: Clock) -> None:
    x.direct_message("carla", "acme", "hello")
    (part,) = private(x, acme, "hello carla")
    with meter.listening() as heard:
        acme.send(outgoing(part.body, clock.now), wire)
    assert heard.units == {"dm_write": 1}
    x.misbehave(answer="403")
    with meter.listening() as heard, pytest.raises(Rejected):
        acme.send(outgoing(part.body, clock.now), wire)
    assert heard.units == {}


def test_what_was_frozen_for_another_channel_is_not_sent(acme: X, wire: Line, clock: Clock) -> None:
    for body in (b"Subject: hello", b"{}", b"[]"):
        with pytest.raises(Rejected, match="not written for X"):
            acme.send(outgoing(body, clock.now), wire)
    assert wire.calls == 0
