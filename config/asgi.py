"""The way in for web servers."""

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextvars import ContextVar
from typing import IO, Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django
from asgiref.sync import SyncToAsync, sync_to_async
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import get_resolver

from inbox.web.given_up import work_of

_served: ContextVar[ASGIRequest | None] = ContextVar("served", default=None)


class Handler(ASGIHandler):
    """Django's own, but that a file is handed over in pieces: Django would read the whole of it into memory first.

    And a live stream gives the thread back that Django keeps for a request: a thousand of them would have a thousand.
    And what a browser does not wait for any more is not worked on any longer, where a page allows that.
    """

    def create_request(
        self, scope: Mapping[str, Any], body_file: IO[bytes]
    ) -> tuple[ASGIRequest, None] | tuple[None, HttpResponse]:
        created = super().create_request(scope, body_file)
        _served.set(created[0])
        return created  # type: ignore[return-value]  # the stubs say less here than there

    async def listen_for_disconnect(self, receive: Any) -> None:
        try:
            await super().listen_for_disconnect(receive)
        except RequestAborted:
            # Said here: to Django, which cancels what it awaits, a thread at work does not listen.
            if work := work_of(_served.get()):
                await asyncio.to_thread(work.give_up)
            raise

    async def send_response(self, response: HttpResponseBase, send: object) -> None:
        if isinstance(response, StreamingHttpResponse):
            if response.is_async:
                _give_thread_back()
            else:
                response.streaming_content = _in_pieces(iter(response.streaming_content))  # type: ignore[arg-type]  # bytes
        await super().send_response(response, send)  # type: ignore[arg-type]  # any ASGI server's


def _give_thread_back() -> None:
    """As asgiref does at the end of the request; if one is needed once more, it makes another."""
    context = SyncToAsync.thread_sensitive_context.get(None)
    executor = SyncToAsync.context_to_thread_executor.pop(context, None) if context else None
    if executor:
        executor.shutdown(wait=False)


async def _in_pieces(content: Iterator[bytes]) -> AsyncIterator[bytes]:
    take = sync_to_async(lambda: next(content, None), thread_sensitive=False)
    while (piece := await take()) is not None:
        yield piece


django.setup(set_prefix=False)
application = Handler()
get_resolver().url_patterns  # noqa: B018  # all pages are loaded now, not by the first who asks
# What is loaded stays; to look through all of it again and again would hold up one page in twenty for long.
gc.freeze()
