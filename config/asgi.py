"""The way in for web servers."""

import os
from collections.abc import AsyncIterator, Iterator

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase


class Handler(ASGIHandler):
    """Django's own, but that a file is handed over in pieces: Django would read the whole of it into memory first."""

    async def send_response(self, response: HttpResponseBase, send: object) -> None:
        if isinstance(response, StreamingHttpResponse) and not response.is_async:
            response.streaming_content = _in_pieces(iter(response.streaming_content))  # type: ignore[arg-type]  # bytes
        await super().send_response(response, send)  # type: ignore[arg-type]  # any ASGI server's


async def _in_pieces(content: Iterator[bytes]) -> AsyncIterator[bytes]:
    take = sync_to_async(lambda: next(content, None), thread_sensitive=False)
    while (piece := await take()) is not None:
        yield piece


django.setup(set_prefix=False)
application = Handler()
