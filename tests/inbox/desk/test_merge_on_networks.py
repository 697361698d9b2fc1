"""Taking apart and putting together what was said on a network: each answer still goes where it was asked."""

import pytest

from inbox import blobs
from inbox.desk.merge import split
from inbox.desk.ownership import reopen
from inbox.desk.solve import solve
from inbox.models import Channel, Conversation
from tests.inbox.desk_of_five import Desk, delivery_of
from tests.inbox.network import direct, network, public


@pytest.fixture
def channel(desk: Desk) -> Channel:
    return network(desk)


def said(desk: Desk, channel: Channel, incoming: object) -> Conversation:
    received = desk.receives(incoming, channel=channel)  # type: ignore[arg-type]  # an Incoming
    return Conversation.objects.get(pk=received.conversation)


def goes_out(desk: Desk, conversation: Conversation) -> bytes:
    """What an answer to it is frozen into."""
    return blobs.read(delivery_of(desk.answers(conversation)).payload)


def test_a_part_of_a_public_conversation_is_answered_in_public(desk: Desk, channel: Channel) -> None:
    conversation = said(desk, channel, public(number=77))
    said(desk, channel, public("And my chair", root="77", number=78))
    part = split(conversation, [conversation.messages.latest("pk")], by=desk.sam, now=desk.later())
    assert part.public
    assert b'{"post":{' in goes_out(desk, part)
    assert b'"answers":"78"' in goes_out(desk, part)


def test_a_part_of_what_a_group_said_is_answered_in_the_group(desk: Desk, channel: Channel) -> None:
    conversation = said(desk, channel, direct(thread_key="group:5"))
    said(desk, channel, direct("And my chair", thread_key="group:5"))
    part = split(conversation, [conversation.messages.latest("pk")], by=desk.sam, now=desk.later())
    assert b'"group":"5"' in goes_out(desk, part)


def test_what_is_opened_again_beside_its_follower_is_answered_where_it_was_asked(desk: Desk, channel: Channel) -> None:
    conversation = said(desk, channel, public(number=77))
    solve(conversation, by=desk.ada, now=desk.later())
    desk.later(days=8)
    follower = said(desk, channel, public("Again", root="77", sent_at=desk.clock))
    assert follower != conversation
    reopen(conversation.pk, now=desk.later())
    conversation.refresh_from_db()
    assert conversation.public
    assert b'{"post":{' in goes_out(desk, conversation)
