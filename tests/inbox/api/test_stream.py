"""Who hears of what on the live stream, and for how long."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from asgiref.sync import sync_to_async
from django.http import HttpRequest
from django.test import RequestFactory

from inbox.api import stream
from inbox.desk.people import switch_off
from inbox.live import LOOK_AGAIN, Event, Listener
from inbox.models import Conversation, Membership
from tests.inbox.desk_of_five import NOW, Desk, browser, five

pytestmark = pytest.mark.django_db(transaction=True)


class Reader:
    """In place of the thread that reads the log: it hands on what the test says."""

    def __init__(self) -> None:
        self.listeners: list[Listener] = []

    def join(self, listener: Listener) -> None:
        self.listeners.append(listener)

    def leave(self, listener: Listener) -> None:
        self.listeners.remove(listener)

    def tells_of(self, conversation: Conversation) -> None:
        for listener in self.listeners:
            listener.hand([Event(0, "received", conversation.pk, conversation.number, conversation.team_id, None)])


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    reader = Reader()
    monkeypatch.setattr(stream, "broadcast", reader)
    monkeypatch.setattr(stream, "BELIEVED", 0)
    return reader


def of_ada(desk: Desk) -> HttpRequest:
    """Her browser asks for the stream."""
    request = RequestFactory().get("/events")
    client = browser(desk.ada)
    request.session = client.session
    return request


async def told(events: AsyncIterator[str]) -> str:
    """What she is told next; empty if the stream has ended."""
    return await asyncio.wait_for(anext(events, ""), 10)


def listening(desk: Desk, reader: Reader, change: Callable[[], object]) -> tuple[str, str, int]:
    """What she hears of a conversation of her team before and after a change, and who listens then."""
    conversation, request = desk.problem(), of_ada(desk)

    async def hear() -> tuple[str, str, int]:
        events = stream._events(request, desk.ada, "")
        assert "ready" in await told(events)
        reader.tells_of(conversation)
        before = await told(events)
        await sync_to_async(change)()
        reader.tells_of(conversation)
        for listener in reader.listeners:
            listener.hand([LOOK_AGAIN])
        return before, await told(events), len(reader.listeners)

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
