"""The live stream (Server-Sent Events): ids of what changed and who is where, for those who may see it."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import lru_cache

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_GET

from inbox.beside import Company
from inbox.hearing import LOOK_AGAIN, Beside, Event, Listener, News, Told, may_hear
from inbox.live import after, broadcast, newest
from inbox.models import Agent
from inbox.permissions import roles_of

HEARTBEAT = 20.0  # seconds
LIFE = 600.0  # seconds; a stream ends now and then, so that browsers spread over the servers
TEXTS = 500  # what everybody is told is written once


@require_GET
async def stream(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Events since `Last-Event-ID`, then as they come. 401 for somebody who is not signed in.

    `window` is the name that the browser's window gave itself, under which it says what it shows.
    """
    agent = await sync_to_async(_agent)(request)
    if agent is None:
        return HttpResponse(status=401)
    told = request.headers.get("Last-Event-ID", "")
    session, window = request.session.session_key or "", request.GET.get("window", "")[:36]
    response = StreamingHttpResponse(_events(agent, session, window, told), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _events(agent: Agent, session: str, window: str, told: str) -> AsyncIterator[str]:
    listener = Listener(agent, session, window)
    broadcast.join(listener)
    clock = asyncio.get_running_loop().time
    ends = clock() + LIFE * random.uniform(0.8, 1.2)  # noqa: S311  # spread, not secrecy
    try:
        missed, at = await sync_to_async(_missed, thread_sensitive=False)(told)
        yield f"retry: 2000\nid: {at}\nevent: ready\ndata: {{}}\n\n" + await _everything(agent, missed)
        async for news in listener.news(HEARTBEAT):
            yield "".join(_text(one) for one in news) or "event: here\ndata: {}\n\n"
            if LOOK_AGAIN in news:
                yield await _everything(listener.agent, [])
            if clock() > ends:
                return
    finally:
        with suppress(RuntimeError):
            broadcast.leave(listener)


def _agent(request: HttpRequest) -> Agent | None:
    try:
        user = get_user(request)
        if not isinstance(user, Agent) or not user.is_active:
            return None
        roles_of(user)
        return user
    finally:
        connection.close()  # a stream lives long: it must not keep a connection of the pool


def _missed(told: str) -> tuple[list[Event], int]:
    try:
        at = newest()
        last = int(told) if told.isdecimal() and len(told) < 19 else at
        return (after(last) if last < at else []), at
    finally:
        connection.close()


async def _everything(agent: Agent, missed: list[Event]) -> str:
    """What he missed, and all who are somewhere now: whoever is not named is nowhere any more."""
    here = await sync_to_async(_company, thread_sensitive=False)()
    all_of_it: list[News] = [*missed, *here]
    return "event: alone\ndata: {}\n\n" + "".join(_text(one) for one in all_of_it if may_hear(agent, one))


def _company() -> list[Beside]:
    try:
        return broadcast.company()
    finally:
        connection.close()


@lru_cache(TEXTS)
def _text(news: News) -> str:
    """News as the browser reads them."""
    match news:
        case Beside(company):
            return f"event: beside\ndata: {json.dumps(_who_is_there(company))}\n\n"
        case Told():
            return "event: told\ndata: {}\n\n"
        case Event():
            number = f"id: {news.id}\n" if news.id else ""
            return f"{number}event: change\ndata: {json.dumps({'verb': news.verb, 'number': news.number})}\n\n"


def _who_is_there(company: Company) -> dict[str, object]:
    people = [{"id": person.agent, "name": person.name, "writes": person.writes} for person in company.people]
    return {"number": company.number, "people": people}
