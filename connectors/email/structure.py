"""The parts of a mail (RFC 2045, 2046), found by searching for boundaries in the bytes.

Nothing is copied until a part is decoded, and there is no limit to how broken a mail may be: what is
not a part is text. Python's own parser needs nine times a mail's size and recurses without end.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from connectors.email import headers, limits, transfer
from connectors.email.headers import Headers

_END_OF_HEADERS = re.compile(rb"\n\r*\n|\r\r(?!\n)")
_FIRST_BOUNDARY = re.compile(rb"\s*--([^\s][^\r\n]{0,200}?)[ \t]*\r?\n")
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")


@dataclass(slots=True, eq=False)
class Part:
    """One node of the tree. A leaf has no children; its bytes are `raw[start:end]`, still encoded."""

    headers: Headers
    media_type: str
    parameters: Mapping[str, str]
    disposition: str
    filename: str
    raw: bytes = field(repr=False)
    start: int
    end: int
    children: list["Part"] = field(default_factory=list)

    @property
    def encoding(self) -> str:
        """The transfer encoding in lower case; comments and dots that some programs add are gone."""
        words = self.headers.plain("content-transfer-encoding").replace(";", " ").split()
        return words[0].strip("\"'.") if words else ""

    @property
    def content_id(self) -> str:
        """The bare Content-ID."""
        return self.headers.text("content-id").strip().strip("<>").strip()

    def content(self) -> bytes:
        """The decoded bytes of a leaf."""
        return transfer.decode(self.raw[self.start : self.end], self.encoding)

    def leaves(self) -> Iterator["Part"]:
        """All parts that hold something, in order."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()


class Tree:
    """A parsed mail: its root, and whether a limit cut something off."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.limited = False
        self._parts = 0
        self.root = self._part(raw, 0, len(raw), "text/plain", 0)

    def _part(self, raw: bytes, start: int, end: int, default: str, depth: int) -> Part:
        self._parts += 1
        fields, body = self._header(raw, start, end)
        part = _described(fields, default, raw, body, end)
        if part.media_type.startswith("multipart/"):
            self._open(part, depth)
        return part

    def _header(self, raw: bytes, start: int, end: int) -> tuple[Headers, int]:
        """Fields of the part that begins at `start`, and where its body begins."""
        while raw[start : start + 1] in (b"\r", b"\n") and start < end and self._parts == 1:
            start += 1
        if raw[start : start + 1] in (b"\r", b"\n"):
            return Headers(), start + (2 if raw[start : start + 2] == b"\r\n" else 1)
        blank = _END_OF_HEADERS.search(raw, start, end)
        stop, body = (blank.start(), blank.end()) if blank else (end, end)
        if stop - start > limits.HEADER_BYTES:
            self.limited = True
            cut = raw.rfind(b"\n", start, start + limits.HEADER_BYTES)
            return headers.parse(raw[start : cut if cut > start else start + limits.HEADER_BYTES])[0], body
        fields, used = headers.parse(raw[start:stop])
        return fields, body if start + used >= stop else start + used

    def _open(self, part: Part, depth: int) -> None:
        """Find the children of a multipart; one in which none are found becomes a text."""
        spans = _spans(part.raw, part.start, part.end, _boundary(part))
        if not spans and part.encoding in ("base64", "quoted-printable"):
            part.raw = part.content()
            part.start, part.end = 0, len(part.raw)
            spans = _spans(part.raw, 0, part.end, _boundary(part))
        if not spans or depth >= limits.DEPTH:
            self.limited = self.limited or bool(spans)
            part.media_type = "text/plain"
            return
        default = "message/rfc822" if part.media_type == "multipart/digest" else "text/plain"
        for start, end in spans:
            if self._parts >= limits.PARTS:
                self.limited = True
                break
            part.children.append(self._part(part.raw, start, end, default, depth + 1))


def _described(fields: Headers, default: str, raw: bytes, start: int, end: int) -> Part:
    media_type, parameters = fields.parametrised("content-type")
    disposition, more = fields.parametrised("content-disposition")
    if not _TYPE.fullmatch(media_type):
        media_type = default
    filename = more.get("filename") or more.get("name") or parameters.get("name") or parameters.get("filename") or ""
    return Part(fields, media_type, parameters, disposition, filename, raw, start, end)


def _boundary(part: Part) -> bytes:
    """The declared boundary, or the one that the body obviously uses."""
    declared = part.parameters.get("boundary", "").encode("utf-8", "replace").rstrip()
    if declared and b"--" + declared in part.raw[part.start : part.end]:
        return declared
    found = _FIRST_BOUNDARY.match(part.raw, part.start, part.end)
    return found[1] if found else b""


def _spans(raw: bytes, start: int, end: int, boundary: bytes) -> list[tuple[int, int]]:
    """Where the parts between the boundary lines begin and end; text outside them is nobody's."""
    if not boundary:
        return []
    spans: list[tuple[int, int]] = []
    opened = -1
    for line_start, line_end, closes in _boundary_lines(raw, start, end, b"--" + boundary):
        if opened != -1:
            spans.append((opened, max(opened, line_start)))
            if len(spans) > limits.PARTS:
                return spans
        opened = -1 if closes else line_end
    if opened not in (-1, end):
        spans.append((opened, end))
    return spans


def _boundary_lines(raw: bytes, start: int, end: int, delimiter: bytes) -> Iterator[tuple[int, int, bool]]:
    """Each line made of the delimiter: (end of what is above it, start of what is below, closing one)."""
    at = raw.find(delimiter, start, end)
    while at != -1:
        after = at + len(delimiter)
        closes = raw[after : after + 2] == b"--"
        line_end = _line_end(raw, after + 2 * closes, end)
        if line_end != -1 and (at == start or raw[at - 1] in b"\r\n"):
            yield _without_newline(raw, start, at), line_end, closes
        at = raw.find(delimiter, after, end)


def _line_end(raw: bytes, at: int, end: int) -> int:
    """Behind the newline that follows `at` after blanks, or -1 if something else follows."""
    while at < end and raw[at] in b" \t":
        at += 1
    if at >= end:
        return end
    if raw[at] == 0x0D:
        return at + 2 if raw[at + 1 : at + 2] == b"\n" else at + 1
    return at + 1 if raw[at] == 0x0A else -1


def _without_newline(raw: bytes, start: int, at: int) -> int:
    """The newline above a boundary line belongs to the boundary (RFC 2046, 5.1.1)."""
    if at > start and raw[at - 1] == 0x0A:
        at -= 1
    if at > start and raw[at - 1] == 0x0D:
        at -= 1
    return at
