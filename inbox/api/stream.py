"""The live stream (Server-Sent Events): ids of what changed, for those who may see it."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import suppress

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_GET

from inbox.live import Event, Listener, after, broadcast, newest
from inbox.models import Agent
from inbox.permissions import visible_to

HEARTBEAT = 20.0  # seconds
BELIEVED = 10.0  # seconds; that he may be here, and what he may see, is asked again as often, and at each heartbeat
LIFE = 600.0  # seconds; a stream ends now and then, so that browsers spread over the servers


@require_GET
async def stream(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Events since `Last-Event-ID`, then as they come. 401 for somebody who is not signed in."""
    agent = await sync_to_async(_agent)(request)
    if agent is None:
        return HttpResponse(status=401)
    told = request.headers.get("Last-Event-ID", "")
    response = StreamingHttpResponse(_events(request, agent, told), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _events(request: HttpRequest, agent: Agent, told: str) -> AsyncIterator[str]:
    listener = Listener()
    broadcast.join(listener)
    clock = asyncio.get_running_loop().time
    asked, ends = clock(), clock() + LIFE * random.uniform(0.8, 1.2)  # noqa: S311  # spread, not secrecy
    try:
        missed, at = await sync_to_async(_missed)(told)
        yield f"retry: 2000\nid: {at}\nevent: ready\ndata: {{}}\n\n"
        for event in missed:
            if text := await sync_to_async(_text)(agent, event):
                yield text
        async for new in listener.events(HEARTBEAT):
            # Not at heartbeats alone: where much happens there are none.
            if new is None or clock() - asked >= BELIEVED:
                still = await sync_to_async(_again)(request)
                if still != agent:
                    return
                agent, asked = still, clock()
            if new is None:
                yield ": here\n\n"
            elif text := await sync_to_async(_text)(agent, new):
                yield text
            if clock() > ends:
                return
    finally:
        with suppress(RuntimeError):
            broadcast.leave(listener)


def _agent(request: HttpRequest) -> Agent | None:
    try:
        user = get_user(request)
        return user if isinstance(user, Agent) and user.is_active else None
    finally:
        connection.close()  # a stream lives long: it must not keep a connection of the pool


def _again(request: HttpRequest) -> Agent | None:
    """Who he is now, with the roles he has now. None if he was switched off, signed out, or has a new password."""
    request.session._session_cache = None  # type: ignore[attr-defined]  # read it again
    del request.session._session_cache  # type: ignore[attr-defined]
    return _agent(request)


def _missed(told: str) -> tuple[list[Event], int]:
    try:
        at = newest()
        return (after(int(told)) if told.isdecimal() and int(told) < at else []), at
    finally:
        connection.close()


def _text(agent: Agent, event: Event) -> str:
    """The event as the browser reads it; empty if he may not know of it."""
    try:
        if event.conversation and not visible_to(agent).filter(pk=event.conversation).exists():
            return ""
    finally:
        connection.close()
    data = json.dumps({"verb": event.verb, "number": event.number})
    number = f"id: {event.id}\n" if event.id else ""
    return f"{number}event: change\ndata: {data}\n\n"
