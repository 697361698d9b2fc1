"""Looking for what may have been sent, on Facebook on loopback."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.contract import Frozen
from connectors.errors import OutcomeUnknown
from connectors.facebook.connector import Facebook
from connectors.sandbox.graph.server import GraphServer
from tests.connectors.conftest import Line
from tests.connectors.facebook.conftest import enclosed, on_disk, outgoing, person, reply, to


def private(graph: GraphServer, page: Facebook, text: str, **given: object) -> Sequence[Frozen]:
    carla = person(graph, "Carla")
    return page.compose(reply(text, to=to(carla), thread_key=f"dm:{carla}", **given))


def test_a_message_that_arrived_is_found(graph: GraphServer, page: Facebook, wire: Line) -> None:
    graph.street.write("Carla", "it is broken")
    (part,) = private(graph, page, "Here is  a new one")
    going = outgoing(part.body, datetime.now(UTC))
    assert page.find(going) is None
    graph.misbehave(path=f"{page.page_id}/messages", cut="after", calls=1)
    with pytest.raises(OutcomeUnknown):
        page.send(going, wire)
    (arrived,) = (effect for effect in graph.log() if effect.what == "message")
    assert page.find(going) == arrived.body["id"]


def test_what_carla_or_we_said_before_is_not_it(
    graph: GraphServer, page: Facebook, wire: Line, clock: Callable[..., datetime]
) -> None:
    graph.street.write("Carla", "yes")
    graph.street.answer_elsewhere("Carla", "yes")
    (part,) = private(graph, page, "yes")
    assert page.find(outgoing(part.body, clock(timedelta(minutes=1)))) is None


def test_carlas_own_words_are_not_it(graph: GraphServer, page: Facebook, clock: Callable[..., datetime]) -> None:
    graph.street.write("Carla", "it is broken")
    (part,) = private(graph, page, "yes")
    now = clock()
    graph.street.write("Carla", "yes")
    assert page.find(outgoing(part.body, now)) is None


def test_one_file_is_not_taken_for_the_next(graph: GraphServer, page: Facebook, wire: Line, files: Path) -> None:
    graph.street.write("Carla", "it is broken")
    one, two = enclosed(files / "a.png", b"1", "image/png"), enclosed(files / "b.png", b"2", "image/png")
    first, second = private(graph, page, "", attachments=(one, two))
    now = datetime.now(UTC)
    sent = page.send(outgoing(first.body, now, files=on_disk(one, two)), wire)
    assert page.find(outgoing(first.body, now)) == sent.provider_id
    assert page.find(outgoing(second.body, now, previous=sent.provider_id)) is None


def test_a_comment_is_found_under_what_it_answers(graph: GraphServer, page: Facebook, wire: Line) -> None:
    post = graph.street.page_post("We are open again")
    top = graph.street.comment("Ada", post, "until when?")
    below = graph.street.comment("Carla", post, "I wonder too", parent=top)
    carla = person(graph, "Carla")
    for answered in (below, top, post):
        parents = (answered,) if answered != post else ()
        (part,) = page.compose(
            reply(f"Until 8 pm, {answered}", to=to(carla), thread_key=f"public:{post}:{carla}", parents=parents)
        )
        going = outgoing(part.body, datetime.now(UTC))
        assert page.find(going) is None
        sent = page.send(going, wire)
        assert page.find(going) == sent.provider_id


def test_a_private_answer_that_nobody_can_see_is_left_to_a_person(
    graph: GraphServer, page: Facebook, wire: Line
) -> None:
    post = graph.street.page_post("We are open again")
    comment = graph.street.comment("Carla", post, "until when?")
    carla = person(graph, "Carla")
    (part,) = page.compose(reply("Until 8 pm", to=to(carla), thread_key=f"dm:{carla}", private_answer_to=comment))
    going = outgoing(part.body, datetime.now(UTC))
    assert page.find(going) is None
    sent = page.send(going, wire)
    assert page.find(going) == sent.provider_id
    (other,) = page.compose(reply("Something else", to=to(carla), thread_key=f"dm:{carla}", private_answer_to=comment))
    with pytest.raises(OutcomeUnknown, match="answered in private"):
        page.find(outgoing(other.body, datetime.now(UTC)))
