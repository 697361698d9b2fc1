"""Reading an object: which fields it has, which were asked for, and pages of its edges."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from connectors.sandbox.graph.errors import Refused, wrong

MOST_PER_PAGE = 100
USUAL_PER_PAGE = 25
_WORD = re.compile(r"[A-Za-z_]\w*")
_MODIFIER = re.compile(r"\.([a-z_]+)\(([^()]*)\)")


@dataclass(frozen=True, slots=True)
class Field:
    """One field that was asked for, as `messages.limit(20){id,from}`."""

    name: str
    modifiers: dict[str, str] = field(default_factory=dict)
    fields: tuple["Field", ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """An object that can be read: how errors call its type, what it gives unasked, and how each field is got."""

    kind: str
    usual: tuple[str, ...]
    fields: Mapping[str, Callable[[], Any]]


@dataclass(frozen=True, slots=True)
class Edge:
    """A list of objects in the order of the platform. `path` is where the list can be asked for by itself.

    `stream` is what `filter=stream` gives instead, where the list knows that filter.
    """

    path: str
    nodes: Sequence[Node]
    reversible: bool = False
    stream: Sequence[Node] | None = None


Link = Callable[[str, dict[str, str]], str]  # (path, parameters) -> an address with the caller's token


def iso(at: int) -> str:
    """A time of the platform: `2021-07-23T09:28:50+0000`."""
    return datetime.fromtimestamp(at // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def parse(text: str) -> tuple[Field, ...]:
    """Read a `fields` parameter. Raise Refused when it is none."""
    found, rest = _fields(text)
    if rest:
        raise _syntax(text, rest)
    return found


def written(fields: Sequence[Field]) -> str:
    """The `fields` parameter that reads as these."""
    return ",".join(
        one.name
        + "".join(f".{name}({value})" for name, value in one.modifiers.items())
        + (f"{{{written(one.fields)}}}" if one.fields else "")
        for one in fields
    )


def give(node: Node, wanted: Sequence[Field], link: Link) -> dict[str, Any]:
    """The object with the wanted fields only, or its usual ones, and always its id. Absent values are left out."""
    answer: dict[str, Any] = {}
    for one in wanted or [Field(name) for name in node.usual]:
        if one.name not in node.fields:
            raise wrong(f"Tried accessing nonexisting field ({one.name}) on node type ({node.kind})")
        value = _value(node.fields[one.name](), one, link)
        if value is not None:
            answer[one.name] = value
    return answer | {"id": node.fields["id"]()}


def give_page(edge: Edge, modifiers: Mapping[str, str], fields: Sequence[Field], link: Link) -> dict[str, Any]:
    """One page of an edge, with cursors, and the address of the next page when there is one."""
    nodes = _filtered(edge, modifiers.get("filter", ""))
    if edge.reversible and modifiers.get("order") == "reverse_chronological":
        nodes.reverse()
    names = [str(node.fields["id"]()) for node in nodes]
    limit = _limit(modifiers.get("limit", ""))
    if "before" in modifiers:
        last = _place(names, modifiers["before"])
        first = max(0, last - limit)
    else:
        first = _place(names, modifiers["after"]) + 1 if "after" in modifiers else 0
        last = min(len(nodes), first + limit)
    data = [give(node, fields, link) for node in nodes[first:last]]
    if not data:
        return {"data": []}
    ends = {"before": _cursor(names[first]), "after": _cursor(names[last - 1])}
    paging: dict[str, Any] = {"cursors": ends}
    kept = {"limit": str(limit)} | ({"fields": written(fields)} if fields else {})
    kept |= {name: modifiers[name] for name in ("filter", "order") if name in modifiers}
    if first > 0:
        paging["previous"] = link(edge.path, kept | {"before": ends["before"]})
    if last < len(nodes):
        paging["next"] = link(edge.path, kept | {"after": ends["after"]})
    return {"data": data, "paging": paging}


def _filtered(edge: Edge, wanted: str) -> list[Node]:
    if edge.stream is None or not wanted:
        return list(edge.nodes)
    if wanted not in ("toplevel", "stream"):
        raise wrong("Param filter must be one of {toplevel, stream}")
    return list(edge.stream if wanted == "stream" else edge.nodes)


def _value(value: Any, asked: Field, link: Link) -> Any:
    if isinstance(value, Node):
        return give(value, asked.fields, link)
    if isinstance(value, Edge):
        page = give_page(value, asked.modifiers, asked.fields, link)
        return page if page["data"] else None
    return _only(value, asked.fields)


def _only(value: Any, wanted: Sequence[Field]) -> Any:
    if not wanted:
        return value
    if isinstance(value, list):
        return [_only(one, wanted) for one in value]
    if isinstance(value, dict):
        if "data" in value:
            return {"data": _only(value["data"], wanted)}
        return {one.name: _only(value[one.name], one.fields) for one in wanted if one.name in value}
    return value


def _fields(text: str) -> tuple[tuple[Field, ...], str]:
    found: list[Field] = []
    while True:
        one, text = _field(text.lstrip())
        found.append(one)
        text = text.lstrip()
        if not text.startswith(","):
            return tuple(found), text
        text = text[1:]


def _field(text: str) -> tuple[Field, str]:
    name = _WORD.match(text)
    if name is None:
        raise _syntax(text, text)
    text = text[name.end() :]
    modifiers: dict[str, str] = {}
    while (modifier := _MODIFIER.match(text)) is not None:
        modifiers[modifier[1]] = modifier[2]
        text = text[modifier.end() :]
    inner: tuple[Field, ...] = ()
    if text.startswith("{"):
        inner, text = _fields(text[1:])
        if not text.startswith("}"):
            raise _syntax(text, text)
        text = text[1:]
    return Field(name[0], modifiers, inner), text


def _syntax(text: str, rest: str) -> Refused:
    return Refused(2500, message=f'Syntax error "Expected end of string instead of "{rest[:1]}"." in: {text}')


def _limit(text: str) -> int:
    if not text:
        return USUAL_PER_PAGE
    if not text.isdigit() or int(text) == 0:
        raise wrong("Param limit must be a positive number")
    return min(int(text), MOST_PER_PAGE)


def _cursor(name: str) -> str:
    return base64.urlsafe_b64encode(name.encode()).decode().rstrip("=")


def _place(names: list[str], cursor: str) -> int:
    try:
        return names.index(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode())
    except (ValueError, binascii.Error) as error:
        raise wrong("Invalid cursors values") from error
