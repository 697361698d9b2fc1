"""The way in for web servers."""

import gc
import os
from collections.abc import AsyncIterator, Iterator

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django
from asgiref.sync import SyncToAsync, sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import get_resolver


class Handler(ASGIHandler):
    """Django's own, but that a file is handed over in pieces: Django would read the whole of it into memory first.

    And a live stream gives the thread back that Django keeps for a request: a thousand of them would have a thousand.
    """

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
