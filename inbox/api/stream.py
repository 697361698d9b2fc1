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

HEARTBEAT = 20.0  # seconds; whether he may still be here is asked again as often
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
    ends = asyncio.get_running_loop().time() + LIFE * random.uniform(0.8, 1.2)  # noqa: S311  # spread, not secrecy
    try:
        missed, at = await sync_to_async(_missed)(told)
        yield f"retry: 2000\nid: {at}\nevent: ready\ndata: {{}}\n\n"
        for event in missed:
            if text := await sync_to_async(_text)(agent, event):
                yield text
        async for new in listener.events(HEARTBEAT):
            if new is None:
                if not await sync_to_async(_still_here)(request, agent):
                    return
                yield ": here\n\n"
            elif text := await sync_to_async(_text)(agent, new):
                yield text
            if asyncio.get_running_loop().time() > ends:
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


def _still_here(request: HttpRequest, agent: Agent) -> bool:
    """Whether his session still holds: switched off, signed out or a new password end the stream."""
    request.session._session_cache = None  # type: ignore[attr-defined]  # read it again
    del request.session._session_cache  # type: ignore[attr-defined]
    return _agent(request) == agent


def _missed(told: str) -> tuple[list[Event], int]:
    try:
        at = newest()
        return (after(int(told)) if told.isdecimal() and int(told) < at else []), at
    finally:
        connection.close()


def _text(agent: Agent, event: Event) -> str:
    """The event as the browser reads it; empty if he may not know of it. Asked anew for each one."""
    try:
        if event.conversation and not visible_to(agent).filter(pk=event.conversation).exists():
            return ""
    finally:
        connection.close()
    data = json.dumps({"verb": event.verb, "number": event.number})
    number = f"id: {event.id}\n" if event.id else ""
    return f"{number}event: change\ndata: {data}\n\n"
