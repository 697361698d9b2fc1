"""The one HTTP client of all channels: an end to every exchange, no redirects, no proxies, nothing logged.

Connections go through `connectors/reach.py`, so an address in a form cannot probe the company's network.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from socket import socket
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from connectors import reach
from connectors.errors import ChannelError, CredentialsRefused, OutcomeUnknown, Rejected, TryLater, gettext_noop

ANSWER_SECONDS = 20.0
WHOLE_SECONDS = 30.0
MOST_BYTES = 10 * 1024 * 1024


class _Plain(HTTPConnection):
    def _new_conn(self) -> socket:
        return reach.connect(self._dns_host, self.port or 80, ANSWER_SECONDS, plain=True)


class _Encrypted(HTTPSConnection):
    def _new_conn(self) -> socket:
        return reach.connect(self._dns_host, self.port or 443, ANSWER_SECONDS)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _EncryptedPool(HTTPSConnectionPool):
    ConnectionCls = _Encrypted


class Guarded(HTTPAdapter):
    """Connects only where `reach` allows: for the sessions of provider libraries too."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _EncryptedPool}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the provider answered, whatever its status."""

    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)

    def json(self) -> dict[str, Any]:
        """The body as an object; empty if it is not one, since error pages of proxies are HTML."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def checked(self, now: datetime | None = None, *, has_effect: bool = False) -> "Answer":
        """This answer if it is a 2xx, else the fitting error.

        `has_effect` says that the call may have done something, so that a 5xx leaves the outcome unknown.
        """
        if 200 <= self.status < 300:
            return self
        raise self._error(now, has_effect=has_effect)

    def _error(self, now: datetime | None, *, has_effect: bool) -> ChannelError:
        words = f"HTTP {self.status}"
        if self.status == 401:
            return CredentialsRefused(gettext_noop("The provider does not accept our access any more."), words)
        if self.status == 429:
            until = retry_after(self.headers.get("Retry-After", ""), now)
            return TryLater(gettext_noop("The provider asks us to come less often."), words, until)
        if self.status < 500 and self.status != 408:
            return Rejected(gettext_noop("The provider refused this request."), words)
        if has_effect:
            return OutcomeUnknown(gettext_noop("The provider failed; it may have acted or not."), words)
        return TryLater(gettext_noop("The provider is out of order. It will be tried again."), words)


def retry_after(value: str, now: datetime | None) -> datetime | None:
    """The time that a Retry-After names, as seconds or as a date (RFC 9110, 10.2.3)."""
    try:
        if value.isdecimal() and now is not None:
            return now + timedelta(seconds=int(value))
        found = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)  # "-0000" says that it knows no zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Http:
    """A provider's API under one base address, which tests and stand-ins may move."""

    base: str

    def get(
        self, path: str, *, query: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Ask. Raise TryLater if no whole answer came."""
        return self._call("GET", path, has_effect=False, params=query, headers=headers)

    def post(
        self,
        path: str,
        *,
        form: Mapping[str, str] | None = None,
        json: object = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        has_effect: bool = True,
    ) -> Answer:
        """Send a form, JSON, or bytes as they are.

        Raise TryLater if nothing was sent, OutcomeUnknown if no whole answer came to an effect.
        """
        return self._call("POST", path, has_effect=has_effect, data=form or body, json=json, headers=headers)

    def _call(self, method: str, path: str, *, has_effect: bool, **parts: Any) -> Answer:
        with requests.Session() as session:
            session.trust_env = False  # no proxy and no .netrc: the guard has to see where we go
            session.mount("http://", Guarded())
            session.mount("https://", Guarded())
            try:
                response = session.request(
                    method, self.base + path, timeout=ANSWER_SECONDS, allow_redirects=False, stream=True, **parts
                )
                body = read_whole(response)
            except requests.RequestException as error:
                raise broken(error, has_effect=has_effect) from None  # the chain carries the request, tokens and all
            return Answer(status=response.status_code, body=body, headers=response.headers)


def read_whole(response: requests.Response) -> bytes:
    """The body of an answer that was asked for with `stream`. Raise requests.ReadTimeout where it has no end."""
    end = time.monotonic() + WHOLE_SECONDS
    body = bytearray()
    for chunk in response.iter_content(64 * 1024):
        body += chunk
        if len(body) > MOST_BYTES or time.monotonic() > end:
            raise requests.ReadTimeout("the answer is too long or too slow")
    return bytes(body)


def broken(error: requests.RequestException, *, has_effect: bool) -> ChannelError:
    """What a line that broke means: OutcomeUnknown where the provider may have acted already, else TryLater."""
    kind = type(error).__name__
    if has_effect and not isinstance(error, requests.ConnectTimeout | requests.exceptions.SSLError):
        return OutcomeUnknown(gettext_noop("The connection broke; the provider may have acted or not."), kind)
    return TryLater(gettext_noop("The provider cannot be reached. It will be tried again."), kind)
