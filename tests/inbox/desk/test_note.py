"""Notes: for colleagues only, and a way to let one of them in."""

import pytest

from inbox import blobs
from inbox.desk.note import note
from inbox.errors import Invalid, NotAllowed
from inbox.models import Delivery, Direction
from inbox.permissions import visible_to
from tests.inbox.desk_of_five import Desk


def test_a_note_stands_in_the_conversation_and_has_no_delivery(desk: Desk) -> None:
    conversation = desk.problem()
    said = note(conversation, " Ask the warehouse. ", by=desk.ada, now=desk.later())
    assert (said.direction, said.author, said.text) == (Direction.NOTE, desk.ada, "Ask the warehouse.")
    assert not Delivery.objects.exists()


def test_a_note_changes_neither_the_preview_nor_whose_turn_it_is(desk: Desk) -> None:
    conversation = desk.problem()
    before = (conversation.preview, conversation.state, conversation.we_spoke_last, conversation.last_activity_at)
    note(conversation, "Ask the warehouse.", by=desk.ada, now=desk.later())
    conversation.refresh_from_db()
    after = (conversation.preview, conversation.state, conversation.we_spoke_last, conversation.last_activity_at)
    assert after == before


def test_an_answer_after_a_note_does_not_quote_it(desk: Desk) -> None:
    conversation = desk.problem()
    note(conversation, "A difficult one.", by=desk.ada, now=desk.later())
    said = desk.answers(conversation)
    assert b"difficult" not in blobs.read(said.deliveries.get().payload)


@pytest.mark.parametrize("named", ["@kim", "@Kim", "@kim@example.com", "(@kim)", "Look, @kim!"])
def test_who_is_named_in_a_note_may_read_from_then_on(desk: Desk, named: str) -> None:
    conversation = desk.problem()
    assert not visible_to(desk.kim).exists()
    note(conversation, f"{named} please look", by=desk.ada, now=desk.later())
    assert visible_to(desk.kim).get() == conversation


@pytest.mark.parametrize(
    "text",
    [
        "kim",
        "kim@example.com",
        "ada@kim.example.com",
        "https://example.com/@kim",
        "@kimberley",
        "@kim@example.org",
        "x@kim.com",
    ],
)
def test_who_is_not_named_may_not(desk: Desk, text: str) -> None:
    note(desk.problem(), text, by=desk.ada, now=desk.later())
    assert not visible_to(desk.kim).exists()


def test_who_is_named_twice_is_let_in_once(desk: Desk) -> None:
    conversation = desk.problem()
    for _ in range(2):
        note(conversation, "@kim and @kim", by=desk.ada, now=desk.later())
    assert conversation.mentions.count() == 1


def test_who_is_named_may_read_but_not_answer(desk: Desk) -> None:
    conversation = desk.problem()
    note(conversation, "@kim", by=desk.ada, now=desk.later())
    with pytest.raises(NotAllowed):
        desk.answers(conversation, by=desk.kim)


def test_an_empty_note_is_refused(desk: Desk) -> None:
    with pytest.raises(Invalid):
        note(desk.problem(), " \x00\n", by=desk.ada, now=desk.later())
