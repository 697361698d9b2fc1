"""Webhooks of Facebook on loopback: registered by us, signed by it, read by us."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from connectors.contract import Change, Content, Echo, Incoming, Payload, Progress, Receipt, Verb
from connectors.errors import Rejected
from connectors.facebook.connector import Facebook
from connectors.facebook.subscribing import FIELDS
from connectors.sandbox.graph.server import GraphServer
from tests.connectors.conftest import Line
from tests.connectors.facebook.conftest import Hook, eventually, outgoing, person, reply, to


@pytest.fixture
def subscribed(page: Facebook, hook: Hook) -> Hook:
    page.subscribe(hook.address, hook.app.verify_token)
    return hook


def brought(graph: GraphServer, page: Facebook, hook: Hook, folder: Path) -> Sequence[Content]:
    """What all calls so far say, once every one has come."""
    eventually(graph.settled)
    found: list[Content] = []
    for call, piece in hook.pieces():
        assert piece.account == page.page_id
        path = folder / "body.json"
        path.write_bytes(call.body)
        facts = {"account": piece.account, "part": piece.part}
        found += Facebook.read(Payload(body=path, facts=facts), folder)
    return found


def test_the_address_is_tried_and_the_page_subscribed(graph: GraphServer, page: Facebook, hook: Hook) -> None:
    page.subscribe(hook.address, hook.app.verify_token)
    page.subscribe(hook.address, hook.app.verify_token)
    told = [effect.body["fields"] for effect in graph.log() if effect.what == "subscribe"]
    assert told == [list(FIELDS), list(FIELDS)]


def test_a_wrong_word_is_told_in_ours(page: Facebook, hook: Hook) -> None:
    with pytest.raises(Rejected, match="called our address"):
        page.subscribe(hook.address, "another word")
    with pytest.raises(Rejected, match="verify token"):
        page.subscribe(hook.address, "")


HABITS = [
    {},
    {"echo_reversed": True, "numeric_ids": True, "seconds": True},
    {"standby": True, "delivery_mids": False, "edit_as_text": True},
    {"sticker_as_image": True, "old_mids": True, "together": 3},
]


@pytest.mark.parametrize("habits", HABITS, ids=["documented", "recorded", "standby", "older"])
def test_a_talk_in_messenger_is_followed(
    graph: GraphServer, page: Facebook, subscribed: Hook, files: Path, habits: dict[str, Any]
) -> None:
    graph.set_habits(**habits)
    street = graph.street
    mid = street.write("Carla", "it is broken", attachments=[("a.png", b"photo")], sticker=369239263222822)
    ours = street.answer_elsewhere("Carla", "Which one?")
    street.edit(mid, "It is broken")
    street.react(ours, "😢")
    street.receive("Carla")
    street.read("Carla")
    street.unsend(mid)
    graph.flush()
    said, echo, edit, reaction, delivered, read, unsent = brought(graph, page, subscribed, files)
    assert isinstance(said, Incoming)
    carla = person(graph, "Carla")
    assert (said.provider_id, said.text, said.thread_key) == (mid, "it is broken", f"dm:{carla}")
    assert len(said.remote) == 2
    assert isinstance(echo, Echo)
    assert (echo.said.reference, echo.said.to[0].address) == (ours, carla)
    assert isinstance(edit, Change)
    assert (edit.provider_id, edit.verb, edit.text) == (mid, Verb.EDITED, "It is broken")
    assert isinstance(reaction, Change)
    assert (reaction.provider_id, reaction.text) == (ours, "😢")
    assert isinstance(delivered, Receipt)
    assert (delivered.progress, delivered.recipient) == (Progress.DELIVERED, carla)
    assert delivered.up_to if habits.get("delivery_mids") is False else delivered.provider_id == ours
    assert isinstance(read, Receipt)
    assert read.up_to is not None
    assert said.sent_at is not None
    assert abs((read.up_to - said.sent_at).total_seconds()) < 60
    assert isinstance(unsent, Change)
    assert (unsent.provider_id, unsent.verb) == (mid, Verb.DELETED)


def test_buttons_and_links_are_read(graph: GraphServer, page: Facebook, subscribed: Hook, files: Path) -> None:
    graph.street.press("Carla", "START", referral="winter-sale")
    graph.street.come_by_link("Carla", "spring-sale")
    pressed, came = brought(graph, page, subscribed, files)
    assert isinstance(pressed, Incoming)
    assert isinstance(came, Incoming)
    assert pressed.text.startswith("Get started\n→ winter-sale")
    assert (came.text, came.automatic) == ("→ spring-sale · SHORTLINK", "referral")


@pytest.mark.parametrize("habits", [{}, {"old_sender": True}, {"nameless": True}], ids=["named", "older", "nameless"])
def test_the_wall_is_followed(
    graph: GraphServer, page: Facebook, subscribed: Hook, files: Path, habits: dict[str, Any]
) -> None:
    graph.set_habits(**habits)
    street = graph.street
    post = street.visitor_post("Carla", "Thank you!")
    comment = street.comment("Ada", post, "Me too")
    street.edit_comment(comment, "Me, too")
    street.hide_comment(comment)
    street.hide_comment(comment, hidden=False)
    street.remove_comment(comment)
    street.remove_post(post)
    said, commented, *changes = brought(graph, page, subscribed, files)
    assert isinstance(said, Incoming)
    assert (said.provider_id, said.text, said.public) == (post, "Thank you!", True)
    assert isinstance(commented, Incoming)
    assert (commented.provider_id, commented.parents) == (comment, ())
    assert commented.thread_key == f"public:{post}:{commented.sender.address}"
    assert (commented.sender.address == person(graph, "Ada")) == ("nameless" not in habits)
    told = [(change.provider_id, change.verb) for change in changes if isinstance(change, Change)]
    verbs = [Verb.EDITED, Verb.HIDDEN, Verb.SHOWN, Verb.DELETED]
    assert told == [*((comment, verb) for verb in verbs), (post, Verb.DELETED)]


def test_an_echo_that_comes_first_carries_our_key(
    graph: GraphServer, page: Facebook, subscribed: Hook, files: Path, wire: Line
) -> None:
    graph.set_habits(echo_first=True)
    graph.street.write("Carla", "it is broken")
    carla = person(graph, "Carla")
    (part,) = page.compose(reply("Here is a new one", key="a-key", to=to(carla), thread_key=f"dm:{carla}"))
    sent = page.send(outgoing(part.body, reply("").now), wire)
    _, echo = brought(graph, page, subscribed, files)
    assert isinstance(echo, Echo)
    assert (echo.key, echo.part, echo.said.reference) == ("a-key", 0, sent.provider_id)


def test_a_mention_elsewhere_and_the_test_button_are_read(
    graph: GraphServer, page: Facebook, subscribed: Hook, files: Path
) -> None:
    mention = graph.street.mention("Carla", "Ask them")
    graph.street.press_test_button()
    mentioned, test = brought(graph, page, subscribed, files)
    assert isinstance(mentioned, Incoming)
    assert (mentioned.provider_id, mentioned.sender.address) == (mention, person(graph, "Carla"))
    assert isinstance(test, Incoming)
    assert (test.text, test.automatic) == ("test_message", "test")
