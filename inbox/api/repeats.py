"""Requests that must have their effect once, however often a flaky line makes a program repeat them."""

import json
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext_noop
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from inbox.api.access import caller
from inbox.desk.judge import counted
from inbox.errors import Invalid, Refusal
from inbox.models import IdempotencyKey

LONGEST_KEY = 100
HEADER = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="A text of your own, unique for this request, at most 100 characters. The same key with the same body "
    "within seven days has no second effect and gets the first answer again.",
)


class OtherRequest(Refusal):
    """This Idempotency-Key was used for another request. Use a new one."""

    status = 422
    sentence = gettext_noop("This Idempotency-Key was used for another request. Use a new one.")


class StillUnderWay(Refusal):
    """The first request with this Idempotency-Key is still under way. Repeat it later."""

    sentence = gettext_noop("The first request with this Idempotency-Key is still under way. Repeat it later.")


def once(request: Request, now: datetime, do: Callable[[], Response]) -> Response:
    """Do it, and give the same answer to whoever asks again with the same key and body.

    Key, effect and answer are one transaction: what was refused had no effect, and its key is free again.
    Raise Invalid without a key, OtherRequest for a key used otherwise, StillUnderWay if the first takes long.
    """
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key or len(key) > LONGEST_KEY or not key.isprintable():
        raise Invalid(gettext_noop("Send an Idempotency-Key header: a text of your own, at most 100 characters."))
    agent, fingerprint = caller(request).pk, _fingerprint(request)
    with counted(), transaction.atomic():
        if _is_first(agent, key, fingerprint, now):
            answer = do()
            IdempotencyKey.objects.filter(agent=agent, key=key).update(status=answer.status_code, answer=answer.data)
            return answer
        before = IdempotencyKey.objects.get(agent=agent, key=key)
    if before.fingerprint != fingerprint:
        raise OtherRequest
    return Response(before.answer, status=before.status)


def _is_first(agent: int, key: str, fingerprint: str, now: datetime) -> bool:
    """Whether the key is ours to use. One in use is waited for, as long as the database waits for a lock."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO inbox_idempotencykey (agent_id, key, fingerprint, created_at) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT DO NOTHING",
                [agent, key, fingerprint, now],
            )
            return bool(cursor.rowcount == 1)
    except OperationalError as error:
        raise StillUnderWay from error


def _fingerprint(request: Request) -> str:
    body: Any = json.dumps(request.data, sort_keys=True)
    return sha256(f"{request.method} {request.path}\n{body}".encode()).hexdigest()
