"""A refusal as an answer: its status, a word for programs, a sentence for people."""

from typing import Any

from rest_framework.response import Response
from rest_framework.views import exception_handler

from inbox.errors import Refusal, SomethingNew


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's own errors as it has them; ours as {code, detail}, with the new messages where some came."""
    if not isinstance(error, Refusal):
        return exception_handler(error, context)
    body: dict[str, Any] = {"code": error.code, "detail": str(error)}
    if isinstance(error, SomethingNew):
        body["messages"] = error.messages
    return Response(body, status=error.status)
