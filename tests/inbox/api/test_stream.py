"""Who hears of what on the live stream, and for how long."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from inbox.api import stream
from inbox.beside import Company, Person
from inbox.desk.note import note
from inbox.desk.pass_on import pass_on
from inbox.desk.people import switch_off
from inbox.desk.take import take
from inbox.hearing import LOOK_AGAIN, Beside, Event, Listener, Told, hand, may_hear, renew
from inbox.live import after, newest
from inbox.models import Agent, Conversation, Membership, Reason
from inbox.permissions import audiences, roles_of, visible_to
from tests.inbox.desk_of_five import NOW, Desk, browser, five

pytestmark = pytest.mark.django_db(transaction=True)


class Reader:
    """In place of the thread that reads the log: it hands on what the test says."""

    def __init__(self) -> None:
        self.listeners: list[Listener] = []
        self.here: list[Beside] = []

    def join(self, listener: Listener) -> None:
        self.listeners.append(listener)

    def leave(self, listener: Listener) -> None:
        self.listeners.remove(listener)

    def company(self) -> list[Beside]:
        return self.here

    def tells_of(self, conversation: Conversation) -> None:
        audience = audiences([conversation.pk])[conversation.pk]
        hand(self.listeners, [Event(0, "received", conversation.pk, conversation.number, audience)])

    def renews(self) -> None:
        renew(self.listeners, timezone.now())


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    reader = Reader()
    monkeypatch.setattr(stream, "broadcast", reader)
    return reader


def of_ada(desk: Desk) -> AsyncIterator[str]:
    """Her browser asks for the stream, which has read her roles then."""
    roles_of(desk.ada)
    return stream._events(desk.ada, browser(desk.ada).session.session_key or "", "window", "")


async def meanwhile(act: Callable[[], object]) -> None:
    """Something is done while she listens, by somebody who keeps no connection."""

    def done() -> None:
        try:
            act()
        finally:
            connection.close()

    await sync_to_async(done)()


async def told(events: AsyncIterator[str]) -> str:
    """What she is told next; empty if the stream has ended."""
    return await asyncio.wait_for(anext(events, ""), 10)


def listening(desk: Desk, reader: Reader, change: Callable[[], object]) -> tuple[str, str, int]:
    """What she hears of a conversation of her team before and after a change, and who listens then."""
    conversation, events = desk.problem(), of_ada(desk)

    async def hear() -> tuple[str, str, int]:
        assert "ready" in await told(events)
        await meanwhile(lambda: reader.tells_of(conversation))
        before = await told(events)
        await meanwhile(change)
        await meanwhile(reader.renews)
        await meanwhile(lambda: reader.tells_of(conversation))
        hand(reader.listeners, [LOOK_AGAIN])
        return before, await told(events), len(reader.listeners)

    return asyncio.run(hear())


def hears(desk: Desk, reader: Reader, news: list[Event | Beside | Told]) -> str:
    """What ada is told of these, when somebody then says "look again"."""
    events = of_ada(desk)

    async def hear() -> str:
        await told(events)
        hand(reader.listeners, news)
        hand(reader.listeners, [LOOK_AGAIN])
        heard = ""
        while "look_again" not in heard:
            heard += await told(events)
        return heard

    return asyncio.run(hear())


def test_who_is_switched_off_hears_nothing_more_though_much_happens(reader: Reader) -> None:
    desk = five()
    before, after, listeners = listening(desk, reader, lambda: switch_off(desk.ada, by=desk.kim, now=NOW))
    assert "received" in before
    assert (after, listeners) == ("", 0)


def test_who_left_a_team_hears_of_it_no_more(reader: Reader) -> None:
    desk = five()
    leaves = Membership.objects.filter(agent=desk.ada).delete
    before, after, _ = listening(desk, reader, leaves)
    assert "received" in before
    assert "look_again" in after
    assert "received" not in after


def test_who_signed_out_hears_nothing_more(reader: Reader) -> None:
    desk = five()
    _, after, listeners = listening(desk, reader, Session.objects.all().delete)
    assert (after, listeners) == ("", 0)


def test_who_has_a_new_password_hears_nothing_more_where_the_old_one_was_given(reader: Reader) -> None:
    desk = five()
    another = Agent.objects.filter(pk=desk.ada.pk)
    _, after, listeners = listening(desk, reader, lambda: another.update(password="another"))
    assert (after, listeners) == ("", 0)


def test_who_is_where_is_told_to_those_who_may_read_it(reader: Reader) -> None:
    desk = five()
    ours, theirs = desk.problem(), desk.problem(channel=desk.channel_elsewhere)
    known = audiences([ours.pk, theirs.pk])
    sam = (Person(desk.sam.pk, "Sam", writes=True),)
    told = hears(desk, reader, [Beside(Company(c.pk, c.number, sam), known[c.pk]) for c in (ours, theirs)])
    assert f'{{"number": {ours.number}, "people": [{{"id": {desk.sam.pk}, "name": "Sam", "writes": true}}]}}' in told
    assert str(theirs.number) not in told


def test_who_comes_is_told_who_is_there(reader: Reader) -> None:
    desk = five()
    ours = desk.problem()
    sam = (Person(desk.sam.pk, "Sam", writes=False),)
    reader.here = [Beside(Company(ours.pk, ours.number, sam), audiences([ours.pk])[ours.pk])]
    events = of_ada(desk)
    first = asyncio.run(told(events))
    assert first.index("alone") < first.index("Sam")


def test_a_notice_is_told_to_him_whose_it_is(reader: Reader) -> None:
    desk = five()
    assert "told" in hears(desk, reader, [Told(frozenset({desk.ada.pk}))])
    assert "told" not in hears(desk, reader, [Told(frozenset({desk.sam.pk}))])


def test_who_loses_sight_of_a_conversation_is_told_of_that_and_of_nothing_after_it(reader: Reader) -> None:
    desk = five()
    conversation = desk.problem()
    take(conversation, by=desk.sam, now=desk.later())

    def heard(act: Callable[[], object]) -> list[str]:
        last = newest()
        act()
        return [event.verb for event in after(last) if may_hear(desk.ada, event)]

    reason = {"note": "Sales know more.", "reason": Reason.KNOWLEDGE}
    assert "passed_on" in heard(
        lambda: pass_on(conversation, by=desk.sam, now=desk.later(), to=None, team=desk.elsewhere, **reason)
    )
    assert not visible_to(desk.ada).exists()
    assert heard(lambda: note(conversation, "Theirs now.", by=desk.sam, now=desk.later())) == []
