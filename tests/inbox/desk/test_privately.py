"""What was said in public goes on in private only where the provider lets us, and as a conversation of its own."""

from datetime import timedelta

import pytest

from connectors.contract import Limits
from connectors.errors import TryLater
from connectors.twitter.connector import X
from inbox.desk import drafts
from inbox.desk.merge import merge
from inbox.desk.privately import continue_privately, said_in_private
from inbox.desk.reply import Draft
from inbox.desk.solve import solve
from inbox.desk.undo_send import undo_send
from inbox.errors import ChannelCannot, Invalid, MergedAway, NewInPrivate
from inbox.models import Channel, Conversation, Message, Mode, State
from tests.inbox.desk_of_five import Desk, browser, delivery_of
from tests.inbox.network import direct, network, public


@pytest.fixture
def channel(desk: Desk) -> Channel:
    return network(desk)


def lets(monkeypatch: pytest.MonkeyPatch, answer: bool) -> None:
    monkeypatch.setattr(X, "may_write_to", lambda self, person, reference: answer)


def said_in_public(desk: Desk, channel: Channel) -> Conversation:
    return Conversation.objects.get(pk=desk.receives(public(), channel=channel).conversation)


def goes_on(
    desk: Desk, conversation: Conversation, text: str = "Please tell us your number.", *, in_private: int | None = None
) -> Message:
    """Ada has read everything, unless it is said up to where she has read in private."""
    seen, read = conversation.last_message, said_in_private(conversation) if in_private is None else in_private
    return continue_privately(
        conversation, Draft(text), by=desk.ada, seen_up_to=seen, seen_in_private=read, now=desk.later()
    )


def test_it_becomes_a_private_conversation_linked_to_the_public_one(
    desk: Desk, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    lets(monkeypatch, True)
    conversation = said_in_public(desk, channel)
    said = goes_on(desk, conversation)
    private = said.conversation
    assert (private.public, private.thread_key, private.former, private.owner) == (
        False,
        "dm:2002",
        conversation,
        desk.ada,
    )
    assert private.customer == conversation.customer
    assert conversation.messages.count() == 1


def test_his_private_answer_joins_it(desk: Desk, channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    lets(monkeypatch, True)
    said = goes_on(desk, said_in_public(desk, channel))
    assert desk.receives(direct("It is 7."), channel=channel).conversation == said.conversation_id


def test_it_goes_into_the_private_conversation_that_is_open(
    desk: Desk, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    lets(monkeypatch, True)
    open_one = desk.receives(direct(), channel=channel).conversation
    said = goes_on(desk, said_in_public(desk, channel), "As I wrote:")
    assert said.conversation_id == open_one


def test_it_is_refused_where_the_provider_does_not_let_us(
    desk: Desk, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    lets(monkeypatch, False)
    with pytest.raises(ChannelCannot):
        goes_on(desk, said_in_public(desk, channel), "Hello")
    assert Conversation.objects.count() == 1


def test_a_provider_that_does_not_answer_is_a_sentence_and_loses_nothing(
    desk: Desk, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> bool:
        raise TryLater("The provider cannot be reached.")

    monkeypatch.setattr(X, "may_write_to", away)
    with pytest.raises(ChannelCannot, match="cannot be reached"):
        goes_on(desk, said_in_public(desk, channel), "Hello")


def test_only_what_is_public_can_be_continued_in_private(desk: Desk, channel: Channel) -> None:
    private = Conversation.objects.get(pk=desk.receives(direct(), channel=channel).conversation)
    with pytest.raises(Invalid):
        goes_on(desk, private, "Hello")


def test_what_is_taken_back_is_a_draft_where_it_was_written_and_nothing_stays_open_for_it(
    desk: Desk, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    lets(monkeypatch, True)
    conversation = said_in_public(desk, channel)
    said = goes_on(desk, conversation)
    undo = f"/c/open/{said.conversation.number}/messages/{said.pk}/undo/"
    assert browser(desk.ada).post(undo).headers["Location"] == f"/c/open/{conversation.number}/"
    assert drafts.of(conversation, desk.ada)[Mode.REPLY].text == said.text
    private = Conversation.objects.get(pk=said.conversation_id)
    assert (drafts.of(private, desk.ada), private.state) == ({}, State.SOLVED)
    again = delivery_of(goes_on(desk, conversation)).conversation
    assert (again.former, again.state) == (conversation, State.PENDING)


def test_a_private_conversation_that_was_there_stays_open_when_an_answer_into_it_is_taken_back(
    desk: Desk, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    lets(monkeypatch, True)
    private = Conversation.objects.get(pk=desk.receives(direct(), channel=channel).conversation)
    conversation = said_in_public(desk, channel)
    undo_send(goes_on(desk, conversation), by=desk.ada, now=desk.clock, begun="For him alone")
    assert drafts.of(conversation, desk.ada)[Mode.REPLY].text == "Please tell us your number."
    private.refresh_from_db()
    assert private.state == State.OPEN


def test_an_answer_to_something_public_needs_no_open_window_in_private(
    desk: Desk, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    lets(monkeypatch, True)
    monkeypatch.setattr(X, "limits_in", lambda key: Limits(human_window=timedelta(days=7)))
    silent = Conversation.objects.get(pk=desk.receives(direct(), channel=channel).conversation)
    desk.later(days=8)
    said = goes_on(desk, said_in_public(desk, channel))
    assert said.conversation == silent
    with pytest.raises(ChannelCannot, match="for 7 days"):
        desk.answers(silent)


def test_the_same_answer_pressed_again_goes_out_once(
    desk: Desk, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    lets(monkeypatch, True)
    conversation = said_in_public(desk, channel)
    drawn = said_in_private(conversation)
    said = goes_on(desk, conversation, in_private=drawn)
    with pytest.raises(NewInPrivate, match=said.conversation.label):
        goes_on(desk, conversation, in_private=drawn)
    solve(said.conversation, by=desk.ada, now=desk.later())
    with pytest.raises(NewInPrivate):
        goes_on(desk, conversation, in_private=drawn)
    assert list(Message.objects.filter(direction="outgoing")) == [said]


def test_nothing_goes_past_what_he_has_written_in_private(
    desk: Desk, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    lets(monkeypatch, True)
    conversation = said_in_public(desk, channel)
    desk.receives(direct(), channel=channel)
    drawn = said_in_private(conversation)
    assert drawn
    desk.receives(direct("It is 7."), channel=channel)
    with pytest.raises(NewInPrivate):
        goes_on(desk, conversation, in_private=drawn)
    assert goes_on(desk, conversation).pk


def test_an_answer_that_was_taken_back_stops_nobody_in_private(
    desk: Desk, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    lets(monkeypatch, True)
    conversation = said_in_public(desk, channel)
    drawn = said_in_private(conversation)
    undo_send(goes_on(desk, conversation, in_private=drawn), by=desk.ada, now=desk.clock)
    assert goes_on(desk, conversation, in_private=drawn).pk


def test_nothing_goes_past_what_a_merge_has_brought_in_public(
    desk: Desk, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    lets(monkeypatch, True)
    other, conversation = said_in_public(desk, channel), said_in_public(desk, channel)
    drawn = {"text": "Tell us.", "seen_up_to": str(conversation.last_message), "seen_brought": "0"}
    merge(other, conversation, by=desk.sam, now=desk.later())
    conversation.refresh_from_db()
    ada, to = browser(desk.ada), f"/c/open/{conversation.number}/reply/privately/"
    stopped = ada.post(to, drawn)
    assert stopped.status_code == 409
    assert "1 new message stands above." in stopped.content.decode()
    assert ada.post(to, {**drawn, "seen_brought": str(conversation.last_brought)}).status_code == 302


def test_what_is_part_of_another_one_is_not_gone_on_with_in_private(
    desk: Desk, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    lets(monkeypatch, True)
    conversation, other = said_in_public(desk, channel), said_in_public(desk, channel)
    merge(conversation, other, by=desk.sam, now=desk.later())
    conversation.refresh_from_db()
    with pytest.raises(MergedAway, match=other.label):
        goes_on(desk, conversation)
