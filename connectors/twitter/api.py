"""Calls to the API of X: tweepy makes and signs the request, our own line carries it.

tweepy knows one host, waits without end, follows redirects, writes tokens into its debug log and breaks on some error
bodies. So its session gets an adapter that ends every exchange, moves the host where a stand-in is meant, connects
only where `reach` allows, and turns every refusal into one of our errors before tweepy sees it.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
import tweepy

from connectors import meter
from connectors.errors import OutcomeUnknown, TryLater, gettext_noop
from connectors.http import ANSWER_SECONDS, Answer, Guarded, broken, read_whole
from connectors.twitter.refusals import refusal, resets_at

TWEEPYS_HOST = "https://api.twitter.com"
HOST = "https://api.x.com"

for talkative in ("tweepy", "oauthlib", "requests_oauthlib"):  # their debug lines hold tokens and signatures
    logging.getLogger(talkative).setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Who asks: a bearer token (of a user or of the app), or the four keys of OAuth 1.0a."""

    bearer: str = field(default="", repr=False)
    consumer_key: str = field(default="", repr=False)
    consumer_secret: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    token_secret: str = field(default="", repr=False)

    @property
    def signed(self) -> bool:
        return bool(self.token)


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """The API as one account, or as the app. `base` is another address than that of X."""

    keys: Keys
    base: str = ""

    @property
    def host(self) -> str:
        """Where requests go. A signature covers the host, and tweepy signs for the one it knows."""
        return self.base or (TWEEPYS_HOST if self.keys.signed else HOST)

    def get(self, path: str, query: Mapping[str, str] | None = None, *, limit: str = "") -> Answer:
        """Ask. `limit` names the limit that the answer's headers speak of. Raise a ChannelError."""
        return self._call("GET", path, query=query, limit=limit)

    def post(self, path: str, json: object, *, limit: str = "", has_effect: bool = True) -> Answer:
        """Send. Raise OutcomeUnknown where a call with an effect got no clear answer, else another ChannelError."""
        return self._call("POST", path, json=json, limit=limit, has_effect=has_effect)

    def put(self, path: str, json: object = None) -> Answer:
        """Set something; doing it twice changes nothing. Raise a ChannelError."""
        return self._call("PUT", path, json=json)

    def _call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        json: object = None,
        limit: str = "",
        has_effect: bool = False,
    ) -> Answer:
        client = self._client()
        with client.session as session:
            session.trust_env = False  # no proxy and no .netrc: the guard has to see where we go
            session.mount(TWEEPYS_HOST, Line(self.host, limit=limit, has_effect=has_effect))
            response = client.request(method, path, params=query, json=json, user_auth=self.keys.signed)
        return Answer(status=response.status_code, body=response.content, headers=response.headers)

    def _client(self) -> Any:
        return tweepy.Client(
            bearer_token=self.keys.bearer,
            consumer_key=self.keys.consumer_key,
            consumer_secret=self.keys.consumer_secret,
            access_token=self.keys.token,
            access_token_secret=self.keys.token_secret,
        )


class Line(Guarded):
    """Carries one request of tweepy to `host`, and answers with what is good or raises what it means."""

    def __init__(self, host: str, *, limit: str, has_effect: bool) -> None:
        super().__init__()
        self._host = urlsplit(host)
        self._limit = limit
        self._has_effect = has_effect

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        asked = urlsplit(str(request.url))
        request.url = urlunsplit((self._host.scheme, self._host.netloc, asked.path, asked.query, ""))
        try:
            response = super().send(request, stream=True, timeout=ANSWER_SECONDS)
            body = read_whole(response)
        except requests.RequestException as error:
            raise broken(error, has_effect=self._has_effect) from None  # the chain carries the request, token and all
        response._content = body  # read here, so that a slow answer has an end
        answer = Answer(status=response.status_code, body=body, headers=response.headers)
        self._tell_what_is_left(answer)
        if not 200 <= answer.status < 300:
            raise refusal(answer, has_effect=self._has_effect)
        return response

    def _tell_what_is_left(self, answer: Answer) -> None:
        remaining, limit = (answer.headers.get(f"x-rate-limit-{what}", "") for what in ("remaining", "limit"))
        if self._limit and remaining.isdigit() and limit.isdigit():
            meter.left(meter.Left(self._limit, int(remaining), int(limit), resets_at(answer.headers)))


def object_in(answer: Answer, *, has_effect: bool = False) -> Mapping[str, Any]:
    """The body, which must be an object. Raise OutcomeUnknown or TryLater if X answered well with something else."""
    found = answer.json()
    if found:
        return found
    if has_effect:
        raise OutcomeUnknown(gettext_noop("X answered something we do not understand; it may have acted or not."))
    raise TryLater(gettext_noop("X answered something we do not understand. It will be tried again."))
