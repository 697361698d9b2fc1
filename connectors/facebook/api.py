"""Calls to the Graph API: facebook-sdk makes the request, our own line carries it.

facebook-sdk 3.1 refuses every living version in its constructor, knows one host, waits without end, puts tokens into
addresses, takes any status for success, drops the headers and breaks on bodies that are no JSON. So the version is set
after construction, the token goes into a header, nested values are given as JSON, and an adapter of its session ends
every exchange, moves the host where a stand-in is meant, connects only where `reach` allows, and turns every refusal
into one of our errors before facebook-sdk sees it.
"""

import hmac
import logging
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlencode, urlsplit, urlunsplit

import msgspec
import requests

from connectors.errors import Rejected
from connectors.facebook.app import VERSION
from connectors.facebook.refusals import refusal, unclear
from connectors.facebook.shapes import Json, mapping, text_in
from connectors.facebook.usage import Usage
from connectors.http import ANSWER_SECONDS, Answer, Guarded, broken, read_whole

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # a regular expression of facebook-sdk is no raw string, which `-W error` refuses
    import facebook

HOST = "https://graph.facebook.com"
Values: TypeAlias = Mapping[str, object]

logging.getLogger("urllib3.connectionpool").setLevel(logging.WARNING)  # its debug lines hold addresses with tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that goes with a call."""

    field: str
    name: str
    media_type: str
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """The API as the owner of a token: a Page, a person, or the app itself (`id|secret`).

    `base` is another address than that of Facebook. `usage` is what the answers so far told of the limits.
    """

    token: str = field(repr=False)
    secret: str = field(repr=False)
    version: str = VERSION
    base: str = ""
    usage: Usage = field(default_factory=Usage)
    # Questions go over one line: to open one for each costs more than the answer. What has an effect never does, for
    # a line that was kept may turn out to be dead when it is too late to tell what arrived.
    _asking: list[Any] = field(default_factory=list, init=False, repr=False, compare=False)

    def get(self, path: str, **query: str) -> Json:
        """Ask. Raise a ChannelError."""
        answer: Json = self._question().request(f"{self.version}/{path}", query, method="GET")
        return answer

    def get_many(self, paths: Sequence[str], **query: str) -> Sequence[Json | Rejected | None]:
        """Ask the same of at most 50 in one call (graph-api/batch-requests; each counts to the limits as one).

        Give what each answers, or why it is refused; None where Facebook ran out of time. Raise a ChannelError that is
        about all of them.
        """
        batch = [{"method": "GET", "relative_url": f"{path}?{urlencode(query)}"} for path in paths]
        values = _as_form({"batch": batch, "include_headers": "false", "access_token": self.token})
        answers = self._question().request(f"{self.version}/", {}, post_args=values).get("data")
        if not isinstance(answers, list) or len(answers) != len(paths):
            raise unclear("not as many answers as questions", has_effect=False)
        return [None if answer is None else self._of_batch(mapping(answer)) for answer in answers]

    def _of_batch(self, told: Json) -> Json | Rejected:
        status = told.get("code")
        body = text_in(told, "body").encode()
        answer = Answer(status=status if isinstance(status, int) else 0, body=body, headers={})
        try:
            return understood(answer, self.usage, has_effect=False)
        except Rejected as refused:
            return refused

    def _question(self) -> Any:
        if not self._asking:
            self._asking.append(self._graph(has_effect=False))
        return self._asking[0]

    def post(self, path: str, values: Values, *, file: Upload | None = None, has_effect: bool = True) -> Json:
        """Send. Raise OutcomeUnknown where a call that `has_effect` got no clear answer, else another ChannelError."""
        return self._call("POST", path, values=_as_form(values), file=file, has_effect=has_effect)

    def delete(self, path: str) -> Json:
        """Take something away; doing it twice changes nothing. Raise a ChannelError."""
        return self._call("DELETE", path)

    def _call(
        self,
        method: str,
        path: str,
        *,
        values: dict[str, str] | None = None,
        file: Upload | None = None,
        has_effect: bool = False,
    ) -> Json:
        graph, where = self._graph(has_effect=has_effect), f"{self.version}/{path}"
        with graph.session:
            if file is None:
                answer: Json = graph.request(where, {}, post_args=values, method=method)
                return answer
            with file.path.open("rb") as content:
                files = {file.field: (file.name, content, file.media_type)}
                sent: Json = graph.request(where, {}, post_args=values, files=files, method=method)
                return sent

    def _graph(self, *, has_effect: bool) -> Any:
        session = requests.Session()
        session.trust_env = False  # no proxy and no .netrc: the guard has to see where we go
        session.mount(HOST, Line(self.base or HOST, self.usage, has_effect=has_effect))
        if self.token:
            session.headers["Authorization"] = f"Bearer {self.token}"
            session.params = {"appsecret_proof": proof(self.secret, self.token)}
        graph = facebook.GraphAPI(session=session)
        graph.version = self.version
        return graph


class Line(Guarded):
    """Carries one request of facebook-sdk to `base`, and answers with an object or raises what the answer means."""

    def __init__(self, base: str, usage: Usage, *, has_effect: bool) -> None:
        super().__init__()
        self._base = urlsplit(base)
        self._usage = usage
        self._has_effect = has_effect

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        asked = urlsplit(str(request.url))
        request.url = urlunsplit((self._base.scheme, self._base.netloc, asked.path, asked.query, ""))
        try:
            response = super().send(request, stream=True, timeout=ANSWER_SECONDS)
            body = read_whole(response)
        except requests.RequestException as error:
            raise broken(error, has_effect=self._has_effect) from None  # the chain carries the request, token and all
        self._usage.note(response.headers)
        if body.lstrip().startswith(b"["):
            body = b'{"data":%b}' % body  # the answers to a batch
        answer = Answer(status=response.status_code, body=body, headers=response.headers)
        understood(answer, self._usage, has_effect=self._has_effect)
        response._content = body  # read here, so that a slow answer has an end
        response.headers["content-type"] = "application/json"  # it is; facebook-sdk breaks where this is not said
        return response


def understood(answer: Answer, usage: Usage, *, has_effect: bool) -> Json:
    """The object that was answered. Raise a ChannelError if it is a refusal, or none that we know."""
    found = answer.json()
    if answer.status >= 300 or "error" in found:
        raise refusal(answer, has_effect=has_effect, until=usage.free_at)
    if not found:
        raise unclear(f"HTTP {answer.status}", has_effect=has_effect)
    return found


def proof(secret: str, token: str) -> str:
    """The `appsecret_proof` of a token (graph-api/securing-requests)."""
    return hmac.digest(secret.encode(), token.encode(), "sha256").hex()


def _as_form(values: Values) -> dict[str, str]:
    """Values as a form holds them: facebook-sdk would mangle what is nested without a word."""
    return {
        name: value if isinstance(value, str) else msgspec.json.encode(value).decode() for name, value in values.items()
    }
