"""What a channel cannot carry is said while it is written: windows, parts, measures."""

from datetime import timedelta

import pytest

from connectors.contract import Limits
from connectors.twitter.connector import X
from inbox.desk.fitting import open_window_end, window_end
from inbox.errors import ChannelCannot, PartsNotSeen
from inbox.models import Conversation
from tests.inbox.desk_of_five import Desk
from tests.inbox.network import direct, network, public

LONG = "The lamp is on its way to you. " * 12


def public_problem(desk: Desk) -> Conversation:
    received = desk.receives(public(), channel=network(desk))
    return Conversation.objects.get(pk=received.conversation)


def test_a_long_public_answer_goes_out_only_in_parts_that_were_seen(desk: Desk) -> None:
    conversation = public_problem(desk)
    with pytest.raises(PartsNotSeen) as refused:
        desk.answers(conversation, LONG)
    assert refused.value.facts["parts"] == 2
    assert conversation.messages.count() == 1
    answer = desk.answers(conversation, LONG, parts_seen=2)
    assert answer.deliveries.count() == 2


def test_a_short_one_goes_out_as_one(desk: Desk) -> None:
    assert desk.answers(public_problem(desk), "It is on its way.").deliveries.count() == 1


def test_nobody_gets_a_copy_where_there_are_none(desk: Desk) -> None:
    conversation = public_problem(desk)
    with pytest.raises(ChannelCannot, match="Nobody else can get a copy"):
        desk.answers(conversation, "It is on its way.", cc=["kim@example.org"])
    assert conversation.messages.count() == 1


def test_what_has_no_window_has_no_end(desk: Desk) -> None:
    assert window_end(public_problem(desk)) is None


def test_after_the_window_nobody_may_answer(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = Limits(reply_window=timedelta(hours=24), human_window=timedelta(days=7))
    monkeypatch.setattr(X, "limits_in", lambda key: limits)
    channel = network(desk)
    received = desk.receives(direct(sent_at=desk.clock), channel=channel)
    conversation = Conversation.objects.get(pk=received.conversation)
    heard = conversation.last_incoming_at
    assert heard is not None
    assert (open_window_end(conversation), window_end(conversation)) == (
        heard + timedelta(hours=24),
        heard + timedelta(days=7),
    )
    assert conversation.window_until == heard + timedelta(days=7)
    desk.later(days=6)
    desk.answers(conversation, "A person may still answer.")
    desk.later(days=2)
    with pytest.raises(ChannelCannot, match="for 7 days"):
        desk.answers(conversation, "Too late.")


def test_a_new_message_opens_the_window_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(X, "limits_in", lambda key: Limits(reply_window=timedelta(hours=24)))
    channel = network(desk)
    received = desk.receives(direct(sent_at=desk.clock), channel=channel)
    conversation = Conversation.objects.get(pk=received.conversation)
    desk.later(days=2)
    desk.receives(direct("Hello?", sent_at=desk.clock), channel=channel)
    desk.answers(conversation, "Here we are.")
