"""Which parts of a mail are its body, and what they say."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

from connectors.email import charsets, html_text
from connectors.email.structure import Part

_TEXTS = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown", "text"})
_STATUSES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_ALTERNATES = frozenset({"text/x-amp-html", "text/watch-html"})
_ENRICHED = re.compile(r"<<|</?[a-zA-Z][^<>]{0,60}>")


@dataclass(slots=True)
class Segment:
    """One piece of a body: the same words as text and as HTML, or one of the two."""

    text: str = ""
    html: str = ""


@dataclass(slots=True)
class Body:
    """The segments of a mail in order, and the leaves that are no body."""

    segments: list[Segment] = field(default_factory=list)
    files: list[Part] = field(default_factory=list)
    wrappings: set[str] = field(default_factory=set)  # signed, encrypted

    def add(self, other: "Body") -> None:
        self.segments += other.segments
        self.files += other.files
        self.wrappings |= other.wrappings


def collect(part: Part, chosen: str = "", *, is_root: bool = True) -> Body:
    """Sort the leaves below `part` into segments and files. `chosen` is the charset a person chose for its texts."""
    if not part.children:
        return _leaf(part, chosen, is_root=is_root)
    if part.media_type == "multipart/alternative":
        return _alternative([collect(child, chosen, is_root=is_root) for child in part.children])
    body = Body()
    for child in part.children:
        body.add(collect(child, chosen, is_root=is_root and not body.segments))
    if part.media_type in ("multipart/signed", "multipart/encrypted"):
        body.wrappings.add(part.media_type.removeprefix("multipart/"))
    return body


def speaking(body: Body) -> list[Segment]:
    """The segments; where there are none, what a report says in its fields."""
    if body.segments:
        return body.segments
    return [Segment(text=charset_text(part).strip()) for part in body.files if part.media_type in _STATUSES]


def _leaf(part: Part, chosen: str, *, is_root: bool) -> Body:
    if part.media_type in _ALTERNATES:
        return Body()
    if part.media_type not in _TEXTS or part.disposition == "attachment" or (part.filename and not is_root):
        return Body(files=[part]) if _is_something(part) else Body()
    if part.media_type == "text/html":
        return Body(segments=[Segment(html=charset_text(part, chosen))])
    text = charset_text(part, chosen).replace("\r\n", "\n").replace("\r", "\n")
    if part.media_type in ("text/enriched", "text/richtext"):
        text = _ENRICHED.sub(lambda match: "<" if match[0] == "<<" else "", text)
    elif part.parameters.get("format", "").lower() == "flowed":
        text = unflowed(text, joined=part.parameters.get("delsp", "").lower() == "yes")
    return Body(segments=[Segment(text=text)])


def _is_something(part: Part) -> bool:
    return bool(part.headers) or bool(part.raw[part.start : part.end].strip())


def charset_text(part: Part, chosen: str = "") -> str:
    """A text part in the charset that a person chose, else in its own, or in the one that its HTML names.

    What is written in seven bits tells its charset by itself.
    """
    content = part.content()
    declared = chosen if chosen and not content.isascii() else part.parameters.get("charset", "")
    if not declared and part.media_type == "text/html" and not content.isascii():
        named = re.search(rb"charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{2,40})", content[:4000])
        declared = named[1].decode() if named else ""
    return charsets.decode(content, declared).replace("\x00", "")


def _alternative(choices: Sequence[Body]) -> Body:
    """The same thing said in several forms: the first text and the last HTML."""
    merged = Body()
    texts = [choice for choice in choices if any(segment.text.strip() for segment in choice.segments)]
    pages = [choice for choice in choices if any(segment.html for segment in choice.segments)]
    for choice in choices:
        merged.files += choice.files
        merged.wrappings |= choice.wrappings
    html = joined_html(pages[-1].segments) if pages else ""
    said = [joined_text(choice.segments) for choice in (texts[:1] if html else texts)]
    text = "\n\n".join(dict.fromkeys(said))  # without HTML, two texts that differ are no alternatives
    if text or html:
        merged.segments.append(Segment(text=text, html=html))
    return merged


def joined_text(segments: Sequence[Segment]) -> str:
    """All segments as plain text; HTML only where there is nothing else. Marks of `html_text` included."""
    return "\n\n".join(filter(None, (_text_of(segment) for segment in segments)))


def _text_of(segment: Segment) -> str:
    if segment.html and not _worth_reading(segment):
        return html_text.read(segment.html).text
    return segment.text.strip("\n") if segment.text.strip() else ""


def _worth_reading(segment: Segment) -> bool:
    """Whether the text form says what the HTML says: some programs put one sentence of excuse there."""
    words = len(segment.text.split())
    if words > 40:
        return True
    if not words:
        return False
    return len(html_text.without_marks(html_text.read(segment.html).text).split()) < 4 * words + 40


def joined_html(segments: Sequence[Segment]) -> str:
    """All segments as HTML, empty if there is none in the mail."""
    if not any(segment.html for segment in segments):
        return ""
    if len(segments) == 1:
        return segments[0].html
    return "<hr>".join(
        segment.html or f'<div style="white-space:pre-wrap">{escape(segment.text)}</div>'
        for segment in segments
        if segment.html or segment.text.strip()
    )


def unflowed(text: str, *, joined: bool) -> str:
    """Paragraphs of format=flowed as single lines (RFC 3676, 4.1); `joined` is its DelSp=yes."""
    lines: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        words = line.lstrip(">")
        depth = len(line) - len(words)
        words = words.removeprefix(" ")
        soft = words.endswith(" ") and words != "-- "
        piece = words[:-1] if soft and joined else words
        if depth == open_depth and words != "-- ":
            lines[-1] += piece
        else:
            lines.append(f"{'>' * depth} {piece}" if depth else piece)
        open_depth = depth if soft else -1
    return "\n".join(line if line == "-- " else line.rstrip() for line in lines)
