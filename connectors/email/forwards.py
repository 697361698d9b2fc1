"""Whom a forwarded mail is really from, by the forms of mail programs in a dozen languages."""

import re
from collections.abc import Sequence

from connectors.contract import Person
from connectors.email import addresses, blocks, phrases
from connectors.email.structure import Part, Tree

_SUBJECT = re.compile(
    r"^\s*(?:\[[^\[\]]{1,40}\]\s*)?(?:fwd?|fw|wg|пер|пересл|переслано|tr|rv|enc|res|i|doorst|vs|vb|pd|továbbítás|转发|轉寄)"
    r"\s*[:：]",
    re.IGNORECASE,
)
_QUOTE_MARKS = re.compile(r"^[>\s]+")
_ADDRESS = re.compile(r"[\w.+'&=/-]+@[\w-]+(?:\.[\w-]+)+")
_INTRODUCED = re.compile(
    r"^(?:[^<>]*\d[^<>]*?[,\s]\s*)?(?P<who>(?:\"[^\"]*\"|[^\d,<>]*?)\s*<[^<>\s]+@[^<>\s]+>)\s*[:：]?\s*$"
)
_PLAIN_START = re.compile(r"^\W{0,6}(?:Это пересылаемое сообщение|This is a forwarded message)\W*$", re.IGNORECASE)


def original_sender(subject: str, text: str, files: Sequence[Part]) -> Person | None:
    """The writer of the mail that is forwarded in `text` or attached; None if nothing is forwarded."""
    is_named_so = bool(_SUBJECT.match(subject))
    if is_named_so:
        attached = next((part for part in files if part.media_type == "message/rfc822"), None)
        if attached:
            return addresses.first(Tree(attached.content()[:200_000]).root.headers.raw("from"))
    lines = [_QUOTE_MARKS.sub("", line) for line in text[:200_000].split("\n")]
    for at, line in enumerate(lines):
        if _begins(line):
            return _sender_below(lines, at + 1)
        if is_named_so and blocks.length(lines, at):
            return _sender_below(lines, at)
    return None


def _begins(line: str) -> bool:
    if len(line) > 120 or not phrases.FORWARDS.search(line):
        return False
    is_start = phrases.SEPARATOR.match(line) or phrases.BARE_SEPARATOR.match(line) or _PLAIN_START.match(line)
    return bool(is_start)


def _sender_below(lines: Sequence[str], start: int) -> Person | None:
    """The sender in a header block or an attribution within the next lines."""
    block = [line for line in lines[start : start + 14] if line.strip()][:9]
    for at, line in enumerate(block):
        if phrases.FROM_LINE.match(line) or phrases.FROM_ALONE.match(line):
            value = re.split(r"[:：]", line, maxsplit=1)[1].strip("* ")
            return _person(value) or _person(value + " " + "".join(block[at + 1 : at + 2]))
    for line in block[:4]:
        introduced = _INTRODUCED.match(line)
        if introduced:
            return _person(introduced["who"])
    return None


def _person(value: str) -> Person | None:
    value = re.sub(r"\[mailto:([^\[\]]+)\]|<mailto:([^<>]+)>", r"<\1\2>", value)
    value = re.sub(r"\[([^\[\]\s]+@[^\[\]\s]+)\]", r"<\1>", value)
    address = _ADDRESS.search(value)
    if not address:
        return None
    name = re.split(r"[<(]|" + re.escape(address[0]), value, maxsplit=1)[0].strip("\"'* \t,")
    return Person(address=address[0], name=name)
