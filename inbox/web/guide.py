"""The setup text of a connector as HTML: headings, paragraphs, lists and tables of Markdown, and no more of it."""

import re
from collections.abc import Iterator
from itertools import groupby

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

MARKS = (
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
    (re.compile(r"\*\*([^*]+)\*\*"), r"<b>\1</b>"),
    (re.compile(r"\*([^*\s][^*]*)\*"), r"<em>\1</em>"),
)
HEADING = re.compile(r"(#+) (.+)")
NUMBERED = re.compile(r"\d+\. (.+)")
BULLET = re.compile(r"[-*] (.+)")
ROW = re.compile(r"\|(.+)\|$")
RULE = re.compile(r"\|[-| :]+\|$")


def as_html(text: str) -> SafeString:
    """Our own text, written in Markdown. Everything in it is escaped first."""
    blocks = groupby(_lines(text), key=lambda line: line[0])
    return mark_safe("\n".join(_block(kind, [words for _, words in lines]) for kind, lines in blocks))  # noqa: S308


def _lines(text: str) -> Iterator[tuple[str, str]]:
    """Each line with what it is part of; an indented or further line goes on with the one before."""
    kind, words = "", ""
    for line in text.splitlines():
        found = _kind(line)
        if found[0] == "text" and kind in {"text", "number", "bullet"}:
            words += f" {found[1]}"
            continue
        if kind:
            yield kind, words
        kind, words = found
    if kind:
        yield kind, words


def _kind(line: str) -> tuple[str, str]:
    stripped = line.strip()
    if not stripped or RULE.match(stripped):
        return "", ""
    if heading := HEADING.match(stripped):
        return f"h{min(len(heading[1]) + 1, 3)}", heading[2]
    for kind, shape in (("number", NUMBERED), ("bullet", BULLET), ("row", ROW)):
        if match := shape.match(stripped):
            return kind, match[1]
    return "text", stripped


def _block(kind: str, lines: list[str]) -> str:
    marked = [_marked(line) for line in lines]
    match kind:
        case "number" | "bullet":
            name = "ol" if kind == "number" else "ul"
            return f"<{name}>{''.join(f'<li>{line}</li>' for line in marked)}</{name}>"
        case "row":
            cells = [[cell.strip() for cell in line.split("|", 1)] for line in marked]
            return f"<dl>{''.join(f'<dt>{term}</dt><dd>{meaning}</dd>' for term, meaning in cells)}</dl>"
        case "text":
            return "".join(f"<p>{line}</p>" for line in marked)
    return "".join(f"<{kind}>{line}</{kind}>" for line in marked)


def _marked(text: str) -> str:
    plain: str = escape(text)
    for shape, marked in MARKS:
        plain = shape.sub(marked, plain)
    return plain
