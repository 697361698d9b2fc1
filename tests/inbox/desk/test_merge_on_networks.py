"""Taking apart and putting together what was said on a network: each answer still goes where it was asked."""

from datetime import timedelta

import pytest

from connectors.contract import Limits
from connectors.twitter.connector import X
from inbox import blobs
from inbox.desk.fitting import window_end
from inbox.desk.merge import merge, split, undo
from inbox.desk.ownership import reopen
from inbox.desk.solve import solve
from inbox.errors import Invalid
from inbox.models import Activity, Channel, Conversation, Hint, Suggestion
from tests.inbox.desk_of_five import Desk, browser, delivery_of
from tests.inbox.network import direct, network, public, said


@pytest.fixture
def channel(desk: Desk) -> Channel:
    return network(desk)


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


def test_what_is_answered_in_public_and_in_private_is_not_merged(desk: Desk, channel: Channel) -> None:
    private, in_public = said(desk, channel, direct()), said(desk, channel, public())
    for gone, into in ((private, in_public), (in_public, private)):
        with pytest.raises(Invalid, match="Keep the two apart"):
            merge(gone, into, by=desk.sam, now=desk.later())
    assert private.messages.count() == in_public.messages.count() == 1


def test_a_mail_and_a_message_on_a_network_of_one_customer_are_not_merged(desk: Desk, channel: Channel) -> None:
    mailed, written = desk.problem(), said(desk, channel, direct())
    Conversation.objects.filter(pk=written.pk).update(customer=mailed.customer)
    with pytest.raises(Invalid, match="Keep the two apart"):
        merge(mailed, written, by=desk.sam, now=desk.later())


def test_what_he_said_in_a_group_is_not_merged_with_what_he_said_to_us_alone(desk: Desk, channel: Channel) -> None:
    group, alone = said(desk, channel, direct(thread_key="group:5")), said(desk, channel, direct())
    with pytest.raises(Invalid, match="Keep the two apart"):
        merge(group, alone, by=desk.sam, now=desk.later())


def test_two_public_ones_of_a_customer_are_merged_and_answered_in_public(desk: Desk, channel: Channel) -> None:
    one, two = said(desk, channel, public(number=77)), said(desk, channel, public(number=88))
    merge(one, two, by=desk.sam, now=desk.later())
    assert b'"answers":"88"' in goes_out(desk, two)


def test_a_suggestion_of_two_that_are_answered_in_different_ways_offers_no_merge(desk: Desk, channel: Channel) -> None:
    written, mailed = said(desk, channel, direct()), desk.problem()
    Suggestion.objects.create(conversation=written, other=mailed, hint=Hint.MENTIONS)
    shown = browser(desk.ada).get(f"/c/open/{written.number}/").content.decode()
    assert "It may have to do with" in shown
    assert f"/c/open/{mailed.number}/" in shown
    assert "It belongs there" not in shown


def test_until_when_it_may_be_answered_follows_what_was_moved(
    desk: Desk, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(X, "limits_in", lambda key: Limits(human_window=timedelta(days=7)))
    conversation = said(desk, channel, direct())
    early = desk.clock
    late = desk.later(days=1)
    said(desk, channel, direct("And my chair", sent_at=late))
    part = split(conversation, [conversation.messages.latest("pk")], by=desk.sam, now=desk.later())
    conversation.refresh_from_db()
    assert (part.window_until, window_end(conversation)) == (late + timedelta(days=7), conversation.window_until)
    assert conversation.window_until
    assert conversation.window_until < early + timedelta(days=7)
    undo(Activity.objects.get(verb="conversation_split"), by=desk.sam, now=desk.later())
    conversation.refresh_from_db()
    assert conversation.window_until == late + timedelta(days=7)
