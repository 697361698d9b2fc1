"""What the migration makes of conversations in private that had lost their provider's thread with its key."""

from importlib import import_module

import pytest
from django.db import connection

from inbox.desk.merge import split
from inbox.desk.ownership import reopen
from inbox.desk.solve import solve
from inbox.models import Channel, Conversation
from tests.inbox.desk_of_five import Desk, answer_to, reference_of
from tests.inbox.network import direct, network, public, said


def migrate() -> None:
    """With the rows as they were before."""
    Conversation.objects.filter(thread_key=None).update(thread="")
    with connection.cursor() as cursor:
        cursor.execute(import_module("inbox.migrations.0031_thread_of_relatives").FILL)


def part_of(desk: Desk, conversation: Conversation) -> Conversation:
    return split(conversation, [conversation.messages.latest("pk")], by=desk.sam, now=desk.later())


@pytest.fixture
def channel(desk: Desk) -> Channel:
    return network(desk)


@pytest.mark.parametrize("thread", ["dm:2002", "group:5"])
def test_what_stands_beside_its_follower_has_its_thread_and_so_have_its_parts(
    desk: Desk, channel: Channel, thread: str
) -> None:
    for text in ("My lamp", "My chair", "My desk"):
        conversation = said(desk, channel, direct(text, thread_key=thread))
    solve(conversation, by=desk.ada, now=desk.later())
    desk.later(days=8)
    follower = said(desk, channel, direct("Again", thread_key=thread, sent_at=desk.clock))
    reopen(conversation.pk, now=desk.later())
    conversation.refresh_from_db()
    two = split(conversation, list(conversation.messages.order_by("pk")[1:]), by=desk.sam, now=desk.later())
    part_of(desk, two)
    migrate()
    assert follower.former == conversation
    assert list(Conversation.objects.filter(channel=channel).values_list("thread", flat=True)) == [thread] * 4


def test_a_mail_has_no_thread_and_none_is_taken_from_what_is_public(desk: Desk, channel: Channel) -> None:
    mailed, in_public, private = desk.problem(), said(desk, channel, public()), said(desk, channel, direct())
    desk.receives(answer_to(reference_of(mailed.messages.get())))
    part = part_of(desk, mailed)
    Conversation.objects.filter(pk=private.pk).update(former=in_public, thread_key=None)
    migrate()
    assert set(Conversation.objects.exclude(pk=in_public.pk).values_list("thread", flat=True)) == {""}
    assert part.former == mailed
