"""Address lists (RFC 5322, 3.4), split before encoded words are decoded, forgiving, in linear time."""

import re
from collections.abc import Iterator

from connectors.contract import Person
from connectors.email import headers, limits

_SIMPLE = re.compile(rb'\s*"?([A-Za-z0-9 _.\'-]*?)"?\s*<([A-Za-z0-9._%+=/-]+@[A-Za-z0-9.-]+)>\s*')
_TOKEN = re.compile(
    rb"""(?P<word>=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*\?=)
    |(?P<quoted>"(?:[^"\\]|\\.)*"?)
    |(?P<angle><[^<>]*>?)
    |(?P<escaped>\\.)
    |(?P<open>\()|(?P<close>\))
    |(?P<separator>[,;])
    |(?P<colon>:)
    |(?P<space>\s+)
    |(?P<atom>[^\s,;:<>"()]+)
    |(?P<stray>.)""",
    re.VERBOSE | re.DOTALL,
)
_ADDRESS = re.compile(r"[^\s<>@\"(),;:\[\]]+@(?:[^\s<>@\"(),;:\[\]]+|\[[^\[\]\s]{1,60}\])")
_COMMENT = re.compile(r"\([^()]{0,200}\)")
_QUOTES = " \t\"'"


def people(value: bytes, charset: str = "") -> tuple[Person, ...]:
    """Everybody in the value of a To, Cc, From, ... field; at most `limits.RECIPIENTS`."""
    simple = _SIMPLE.fullmatch(value)
    if simple:
        return (Person(address=simple[2].decode(), name=simple[1].decode().strip(_QUOTES)),)
    found = (_person(entry, charset) for entry in _entries(value))
    return tuple(person for person in found if person.address or person.name)


def first(value: bytes, charset: str = "") -> Person | None:
    """The first of them that has an address, else the first with a name."""
    everybody = people(value, charset)
    return next((person for person in everybody if person.address), everybody[0] if everybody else None)


class _Entry:
    """The pieces of one mailbox as they are collected."""

    __slots__ = ("angle", "comments", "words")

    def __init__(self) -> None:
        self.words: list[bytes] = []
        self.comments: list[bytes] = []
        self.angle: bytes | None = None

    def __bool__(self) -> bool:
        return self.angle is not None or any(word.strip() for word in self.words) or bool(self.comments)


def _entries(value: bytes) -> Iterator[_Entry]:
    entry = _Entry()
    depth = given = 0
    comment: list[bytes] = []
    for token in _TOKEN.finditer(value):
        kind, piece = token.lastgroup, token[0]
        if kind == "open" or depth:
            depth += (kind == "open") - (kind == "close")
            comment.append(piece)
            if not depth:
                entry.comments.append(b"".join(comment)[1:-1])
                comment = []
        elif kind == "separator":
            if entry:
                yield entry
                given += 1
            if given >= limits.RECIPIENTS:
                return
            entry = _Entry()
        else:
            _take(entry, kind, piece)
    entry.words.extend(comment)  # a parenthesis that never closes is no comment
    if entry:
        yield entry


def _take(entry: _Entry, kind: str | None, piece: bytes) -> None:
    if kind == "angle" and (entry.angle is None or b"@" not in entry.angle):
        if entry.angle:
            entry.words.append(entry.angle)
        entry.angle = piece.strip(b"<>")
    elif kind == "colon" and b"@" not in b"".join(entry.words) and entry.angle is None:
        entry.words.clear()  # the name of a group
    else:
        entry.words.append(piece)


def _person(entry: _Entry, charset: str) -> Person:
    words = b"".join(entry.words)
    if entry.angle is not None:
        address = headers.decoded(entry.angle, charset)
        if "@" in address or b"@" not in words:
            return Person(address=_bare(address), name=_name(words, charset) or _comment(entry, charset))
    text = _unquoted(headers.decoded(words, charset))
    found = _ADDRESS.search(text)
    if not found:
        return Person(address="", name=_name(words, charset) or _comment(entry, charset))
    around = f"{text[: found.start()]} {text[found.end() :]}".strip(_QUOTES + "[]<>")
    return Person(address=_bare(found[0]), name=_comment(entry, charset) or " ".join(around.split()))


def _bare(address: str) -> str:
    """The address alone: no route (`@a,@b:c@d`), no `mailto:`, no blanks or quotes around it."""
    address = _COMMENT.sub("", address)
    address = address.strip() if '"' in address else "".join(address.split())
    if address.startswith("@") and ":" in address:
        address = address.rpartition(":")[2]
    address = address.removeprefix("mailto:").strip("<>,;'")
    if address.count('"') % 2:
        address = address.replace('"', "")
    return address.rstrip(".")


def _comment(entry: _Entry, charset: str) -> str:
    return " ".join(headers.decoded(comment, charset).strip(_QUOTES) for comment in entry.comments).strip()


def _name(words: bytes, charset: str) -> str:
    return " ".join(_unquoted(headers.decoded(words.strip(), charset)).split()).strip(_QUOTES)


def _unquoted(text: str) -> str:
    if '"' not in text and "\\" not in text:
        return text
    return re.sub(r"\\(.)", r"\1", text.replace('\\"', "\ue000").replace('"', "")).replace("\ue000", '"')
