"""What goes over the wire, compared with the facts beside this file: which calls there are, which fields, which types.

A shape is a word for a scalar, `@name` for a shape with a name, a list with the shape of its entries, or an object with
the shapes of its fields; `name?` may be absent, and `*` stands for all other names. Whatever is not in a shape is a
difference.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter

from connectors.http import Guarded

Event: TypeAlias = tuple[str, Any, Mapping[str, str]]  # its name, body and headers

_TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "text": r".*",
        "word": r"\S+",
        "id": r"\d{1,19}",
        "signed": r"-?\d{1,19}",
        "digits": r"\d+",
        "address": r"https?://\S+",
        "milliseconds": r"\d{13}",
        "hex": r"[0-9a-f]{64}",
        "base64": r"[A-Za-z0-9+/]+=*",
        "time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",
        "whole time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
        "offset": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00",
        "offset time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000",
        "signature": r"sha256=([0-9a-f]{64}|[A-Za-z0-9+/]{43}=)",
    }
)
_FIELD = re.compile(r"(\w+)((?:\.\w+\([^()]*\))*)(\{)?")
_MODIFIER = re.compile(r"\.(\w+)\(([^()]*)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer. `is_candid` is one that was not switched to be wrong."""

    request: requests.PreparedRequest
    status: int
    kind: str
    body: bytes
    is_candid: bool

    @property
    def path(self) -> str:
        return urlsplit(str(self.request.url)).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(str(self.request.url)).query, keep_blank_values=True))


@dataclass(slots=True)
class Wire:
    """Everything that connectors ask at `base` and are answered there, as it stands on the wire."""

    base: str = ""
    is_candid: Callable[[], bool] = lambda: True
    exchanges: list[Exchange] = field(default_factory=list)

    def carry(self, line: Guarded, request: requests.PreparedRequest, **how: Any) -> requests.Response:
        """Send a request as it would be sent, and note it."""
        candid = self.is_candid()
        response = HTTPAdapter.send(line, request, **how)
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        # What is JSON is read here, where whoever asked expects that the line may break.
        body = response.content if kind.endswith("json") else b""
        if self.base and str(request.url).startswith(self.base):
            told = Exchange(request=request, status=response.status_code, kind=kind, body=body, is_candid=candid)
            self.exchanges.append(told)
        return response


class Facts:
    """The facts of one platform: calls, refusals, events, and the shapes and names that they speak of."""

    def __init__(self, platform: str) -> None:
        self._told: Mapping[str, Any] = json.loads((Path(__file__).parent / f"{platform}.json").read_text())

    def differences(self, exchanges: Sequence[Exchange], events: Sequence[Event] = ()) -> list[str]:
        """Every difference once."""
        asked = (found for exchange in exchanges for found in self.of_exchange(exchange))
        told = (found for event in events for found in self.of_event(*event))
        return sorted({re.sub(r"\[\d+\]", "[]", found) for found in (*asked, *told)})

    def of_exchange(self, exchange: Exchange) -> Iterator[str]:
        """What differs in one exchange. A refusal must be one of those that are known."""
        found = self._call(str(exchange.request.method), exchange.path)
        if found is None:
            yield f"{exchange.request.method} {exchange.path} is no call that is known"
            return
        name, call = found
        yield from self._of_request(call, exchange, name)
        if not exchange.is_candid:
            return
        if exchange.status >= 300:
            refusal = call.get("refusal", self._told["refusal"])
            yield from self.of_shape(refusal, self._json(exchange.body), f"{name} {exchange.status}")
        elif exchange.status != call.get("status", 200):
            yield f"{name} was answered {exchange.status}"
        elif "answer" in call:
            yield from self.of_shape(call["answer"], self._json(exchange.body), f"{name} answer")
            for each in _batched(exchange):
                yield from self.of_exchange(each)

    def of_event(self, name: str, body: Any, headers: Mapping[str, str]) -> Iterator[str]:
        """What differs in something the platform tells of itself."""
        shape = self._told["events"].get(name)
        if shape is None:
            yield f"{name} is no event that is known"
        else:
            told = {header.lower(): value for header, value in headers.items()}
            yield from self.of_shape(self._told["event headers"], told, f"{name} header")
            yield from self.of_shape(shape, self._older(body), name)

    def of_shape(self, shape: Any, value: Any, at: str) -> Iterator[str]:
        """What differs between a value and a shape."""
        if isinstance(shape, str):
            yield from self._of_word(shape, value, at)
        elif isinstance(shape, list):
            yield from self._of_list(shape[0], value, at)
        else:
            yield from self._of_object(shape, value, at)

    def _of_word(self, word: str, value: Any, at: str) -> Iterator[str]:
        if word.startswith("@"):
            yield from self.of_shape(self._told["shapes"][word[1:]], value, at)
        elif word.startswith("either "):
            ways = [list(self.of_shape(way, value, at)) for way in self._told["shapes"][word.removeprefix("either ")]]
            yield from min(ways, key=len)
        elif word.startswith("names of "):
            yield from self._of_names(word.removeprefix("names of "), value, at)
        elif word.startswith("fields of "):
            yield from self._of_fields(word.removeprefix("fields of "), str(value), at)
        elif not _is_a(word, value):
            yield f"{at} is {value!r}, not {word}"

    def _of_list(self, shape: Any, value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{at} is {value!r}, not a list"
            return
        for place, each in enumerate(value):
            yield from self.of_shape(shape, each, f"{at}[{place}]")

    def _of_object(self, shape: Mapping[str, Any], value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{at} is {value!r}, not an object"
            return
        known = {name.removesuffix("?"): each for name, each in shape.items()}
        absent = [name for name in shape if not name.endswith("?") and name != "*" and name not in value]
        yield from (f"{at}.{name} is missing" for name in absent)
        for name, each in value.items():
            if name in known or "*" in known:
                yield from self.of_shape(known.get(name, known.get("*")), each, f"{at}.{name}")
            else:
                yield f"{at}.{name} is not known"

    def _of_names(self, kind: str, value: str, at: str) -> Iterator[str]:
        strange = set(str(value).split(",")) - set(self._told["names"][kind].split())
        yield from (f"{at}: {name} is not known" for name in sorted(strange))

    def _of_fields(self, node: str, value: str, at: str) -> Iterator[str]:
        """A `fields` parameter of Graph, as `id,from,comments.limit(25){id}`."""
        fields: Mapping[str, str] = self._told["nodes"][node]
        rest = value
        while rest:
            named = _FIELD.match(rest)
            assert named, rest
            name, modifiers, opens = named.groups()
            rest = rest[named.end() :]
            if name not in fields:
                yield f"{at}: {node} has no {name}"
            for modifier, given in _MODIFIER.findall(modifiers):
                if modifier not in self._told["modifiers"] or not re.fullmatch(
                    self._told["modifiers"][modifier], given
                ):
                    yield f"{at}: {name} takes no {modifier}({given})"
            if opens:
                inside, rest = _within(rest)
                yield from self._of_fields(fields.get(name, ""), inside, f"{at}.{name}")
            rest = rest.removeprefix(",")

    def _of_request(self, call: Mapping[str, Any], exchange: Exchange, name: str) -> Iterator[str]:
        yield from self.of_shape(call.get("query", {}), exchange.query, f"{name} query")
        yield from self.of_shape(
            call.get("headers", self._told["headers"]), _told_of(exchange.request), f"{name} header"
        )
        raw = exchange.request.body or b""
        raw = raw.encode() if isinstance(raw, str) else raw
        kind = str(exchange.request.headers.get("Content-Type", "")).partition(";")[0]
        takes = call.get("takes", "")
        if kind not in (takes if isinstance(takes, list) else [takes]):
            yield f"{name} was sent {kind or 'nothing'}"
        elif kind == "application/json":
            yield from self.of_shape(call["body"], self._json(raw), f"{name} body")
        elif kind == "application/x-www-form-urlencoded":
            form = {field: _loosely(value) for field, value in parse_qsl(raw.decode(), keep_blank_values=True)}
            yield from self.of_shape(call["body"], form, f"{name} form")

    def _json(self, body: bytes) -> Any:
        try:
            return self._older(json.loads(body))
        except ValueError:
            return body.decode(errors="replace")

    def _older(self, value: Any) -> Any:
        """A body with the older names of what was renamed."""
        if isinstance(value, dict):
            older: Mapping[str, str] = self._told.get("older names", {})
            return {older.get(name, name): self._older(each) for name, each in value.items()}
        return [self._older(each) for each in value] if isinstance(value, list) else value

    def _call(self, method: str, path: str) -> tuple[str, Mapping[str, Any]] | None:
        """The most literal one that fits."""
        for name, call in sorted(self._told["calls"].items(), key=lambda each: each[0].count("{")):
            how, pattern = name.split()
            if how == method and re.fullmatch(re.sub(r"\{\w+\}", r"[^/]+", pattern), path):
                return name, call
        return None


def _batched(exchange: Exchange) -> Iterator[Exchange]:
    """What a batch of Graph asks in one, each as if it had been asked alone."""
    form = dict(parse_qsl(exchange.request.body if isinstance(exchange.request.body, str) else ""))
    answers = json.loads(exchange.body) if "batch" in form else []
    for asked, told in zip(json.loads(form.get("batch", "[]")), answers, strict=True):
        if told is None:
            continue
        where = urljoin(str(exchange.request.url).partition("?")[0], asked["relative_url"])
        alone = requests.Request(asked["method"], where, exchange.request.headers, params=exchange.query).prepare()
        del alone.headers["Content-Type"]
        yield replace(exchange, request=alone, status=told["code"], body=told["body"].encode())


def _told_of(request: requests.PreparedRequest) -> dict[str, str]:
    """The headers that say something to the platform. Secrets are left out."""
    said = {name.lower(): str(value) for name, value in request.headers.items()}
    kind, _, credentials = said.get("authorization", "").partition(" ")
    return {"authorization": f"{kind} {len(credentials.split(', ')) if kind == 'OAuth' else '…'}"} if kind else {}


def _is_a(word: str, value: Any) -> bool:
    if word in _TEXTS:
        return isinstance(value, str) and re.fullmatch(_TEXTS[word], value, re.DOTALL) is not None
    if word.startswith("="):
        return bool(value == word[1:])
    kinds: Mapping[str, type] = {"flag": bool, "number": int, "amount": float, "nothing": type(None)}
    whole = isinstance(value, bool) and word != "flag"
    return word == "any" or (isinstance(value, kinds[word]) and not whole)


def _within(text: str) -> tuple[str, str]:
    """What stands up to the brace that closes, and what stands behind it."""
    depth = 1
    for place, letter in enumerate(text):
        depth += (letter == "{") - (letter == "}")
        if not depth:
            return text[:place], text[place + 1 :]
    raise AssertionError(f"a brace is not closed: {text}")


def _loosely(value: str) -> Any:
    """A value of a form: Graph takes JSON there."""
    try:
        return json.loads(value) if value[:1] in "{[" or value in ("true", "false") else value
    except ValueError:
        return value
