"""HTML as plain text, with marks where mail programs put what they quote.

The text is laid out in lines as a reader would see them. A line that a mail program marked as quoted
begins with `QUOTED`, one in a plain `<blockquote>` (which may be a quote or a citation) with `MAYBE`,
and a line that is `CUT` alone says that all below it is the message being answered.
"""

import re
from dataclasses import dataclass
from html import unescape

from selectolax.lexbor import LexborHTMLParser, LexborNode

from connectors.email import limits

QUOTED, MAYBE, CUT = "\ue000", "\ue001", "\ue002"
MARKS = f"{QUOTED}{MAYBE}{CUT}"

_SKIPPED = frozenset({"script", "style", "title", "head", "template", "noscript", "object", "svg", "math", "iframe"})
_BLOCK_TAGS = (
    "address article aside body blockquote center dd details div dl dt fieldset figure footer form"
    " h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody tfoot thead tr ul"
)
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_SPACED = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "pre", "table", "dl"})
_CONTAINER_CLASSES = (
    "gmail_quote gmail_quote_container gmail_attr gmail_extra_quote yahoo_quoted protonmail_quote"
    " tutanota_quote moz-cite-prefix moz-forward-container zmail_extra OutlookMessageHeader mailquote"
    " wps_quotion mail-quote-collapse"
)
_CONTAINERS = frozenset(_CONTAINER_CLASSES.split())
_CONTAINER_IDS = frozenset({"OLK_SRC_BODY_SECTION", "mail-editor-reference-message-container", "isReplyContent"})
_CUTS = frozenset({"divRplyFwdMsg", "x_divRplyFwdMsg", "appendonsend", "x_appendonsend", "stopSpelling", "replySplit"})
_HEADER_RULE = re.compile(r"border-top:\s*(?:solid\s*)?#(?:e1e1e1|b5c4df)(?:\s*solid)?[^;]*1(?:\.0)?pt", re.IGNORECASE)
_CITE_STYLE = re.compile(r"border-left:[^;]*(?:#0857a6|#1010ff)", re.IGNORECASE)
_HIDDEN = re.compile(r"display:\s*none", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_NOTHING = str.maketrans("", "", "\u200b\u200c\u2060\ufeff\u00ad" + MARKS)
_TAG = re.compile(r"<[^<>]*>")
_SILENT = re.compile(r"<!--|<(?:script|style)\b", re.IGNORECASE)
_LONG_TAG = re.compile(r"<[^<>]{60000,}")
_NESTING_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})")
_ENDS_BY_ITSELF = frozenset(
    [
        "p",
        "br",
        "img",
        "hr",
        "li",
        "td",
        "th",
        "tr",
        "dt",
        "dd",
        "col",
        "meta",
        "link",
        "input",
        "option",
        "wbr",
        "area",
    ]
)
_TREE_DEPTH = 3_000
_LINE_TAG = re.compile(r"<(?:br|/?p|/?div|/?tr|/?li|/?h[1-6]|/?blockquote)\b[^<>]{0,1000}>", re.IGNORECASE)


@dataclass(slots=True)
class Reading:
    """What a walk through HTML found. `too_complex` says that it should not be shown as HTML."""

    text: str
    too_complex: bool = False


def read(html: str) -> Reading:
    """The text of a body, with marks."""
    if _would_take_too_long(html):
        return Reading(_without_tags(html), too_complex=True)
    root = LexborHTMLParser(html).root
    if root is None:
        return Reading("")
    page = _Page()
    page.walk(root)
    return Reading(page.text(), too_complex=page.deepest > limits.HTML_DEPTH)


def is_too_complex(html: str) -> bool:
    """Whether HTML is too long or too deep to be cleaned in a time anybody waits."""
    if _would_take_too_long(html):
        return True
    if html.count("<") - html.count("</") <= limits.HTML_DEPTH:
        return False  # it cannot be deeper than it has tags
    return read(html).too_complex


def _would_take_too_long(html: str) -> bool:
    """Building a tree takes quadratic time over depth and over the attributes of one tag."""
    if len(html) > limits.HTML_CHARACTERS:
        return True
    if any(_is_overloaded(tag) for tag in _LONG_TAG.findall(html)):
        return True
    depth = deepest = 0
    if html.count("<") > _TREE_DEPTH:
        for closes, name in _NESTING_TAG.findall(html):
            if name.lower() not in _ENDS_BY_ITSELF:
                depth = max(0, depth - 1) if closes else depth + 1
                deepest = max(deepest, depth)
    return deepest > _TREE_DEPTH


def _is_overloaded(tag: str) -> bool:
    """A long tag is a picture in itself (`data:...;base64,`) or an attack."""
    return "base64," not in tag or tag.count("=") + tag.count(" ") > _TREE_DEPTH


def without_marks(text: str) -> str:
    """The text for people."""
    for mark in MARKS:
        text = text.replace(mark, "")
    return text


def _without_tags(html: str) -> str:
    """The words of HTML that is too long for a tree; line by line where tags end lines."""
    text = unescape(_TAG.sub(" ", _LINE_TAG.sub("\n", _without_silent(html))))
    return "\n".join(" ".join(line.split()) for line in text.split("\n") if line.strip()).translate(_NOTHING)


def _without_silent(html: str) -> str:
    """HTML without comments, scripts and styles, in one pass; one that never ends hides the rest."""
    kept: list[str] = []
    at = 0
    lower = html.lower()
    while (found := _SILENT.search(html, at)) is not None:
        kept.append(html[at : found.start()])
        end = "-->" if found[0] == "<!--" else f"</{found[0][1:].lower()}"
        stop = lower.find(end, found.end())
        if stop == -1:
            return "".join(kept)
        at = lower.find(">", stop) + 1 or len(html)
    kept.append(html[at:])
    return "".join(kept)


class _Page:
    """Lines being written while the tree is walked, without recursion: trees may be very deep."""

    def __init__(self) -> None:
        self.deepest = 0
        self._lines: list[str] = []
        self._line: list[str] = []
        self._blank_wanted = False
        self._quotes: list[str] = []
        self._preformatted = 0

    def text(self) -> str:
        self._end_line()
        return "\n".join(self._lines).strip("\n")

    def walk(self, root: LexborNode) -> None:
        node: LexborNode | None = root
        depth = 0
        while node is not None:
            child = self._enter(node)
            if child is not None:
                node, depth = child, depth + 1
                self.deepest = max(self.deepest, depth)
                continue
            while node is not None:
                self._leave(node)
                if depth == 0:
                    return
                following = node.next
                if following is not None:
                    node = following
                    break
                node, depth = node.parent, depth - 1

    def _enter(self, node: LexborNode) -> LexborNode | None:
        """Write what stands at the beginning of a node; return the child to go on with."""
        tag = node.tag
        if tag == "-text":
            self._write(node.text_content or "")
            return None
        if tag == "br":
            self._break()
            return None
        if tag is None or tag in _SKIPPED or tag.startswith(("-", "!")):
            return None if tag != "-document" else node.first_child
        attributes = node.attributes
        style = attributes.get("style") or ""
        if style and _HIDDEN.search(style):
            return None
        self._begin_block(tag, attributes, style)
        return node.first_child

    def _begin_block(self, tag: str, attributes: dict[str, str | None], style: str) -> None:
        mark = _quote_mark(tag, attributes, style)
        if mark == CUT:
            self._end_line()
            self._lines.append(CUT)
        if tag in _BLOCKS or mark:
            self._end_line()
            self._blank_wanted |= tag in _SPACED and "MsoNormal" not in (attributes.get("class") or "")
        if mark in (QUOTED, MAYBE):
            self._quotes.append(mark)
        if tag == "li":
            self._line.append("- ")
        elif tag in ("td", "th") and self._line:
            self._line.append(" ")
        self._preformatted += tag == "pre"

    def _leave(self, node: LexborNode) -> None:
        tag = node.tag
        if tag is None or tag in _SKIPPED or tag[:1] in "-!" or tag == "br":
            return
        attributes = node.attributes
        style = attributes.get("style") or ""
        if style and _HIDDEN.search(style):
            return
        mark = _quote_mark(tag, attributes, style)
        if tag in _BLOCKS or mark:
            self._end_line()
            self._blank_wanted |= tag in _SPACED and "MsoNormal" not in (attributes.get("class") or "")
        if mark in (QUOTED, MAYBE):
            self._quotes.pop()
        self._preformatted -= tag == "pre"

    def _write(self, text: str) -> None:
        text = text.replace("\xa0", " ").translate(_NOTHING) if not text.isascii() else text
        if self._preformatted:
            first, *others = text.replace("\r\n", "\n").split("\n")
            self._line.append(first)
            for other in others:
                self._break()
                self._line.append(other)
            return
        text = _BLANKS.sub(" ", text)
        if text != " " or self._line:
            self._line.append(text)

    def _break(self) -> None:
        self._put("".join(self._line).rstrip())
        self._line = []

    def _end_line(self) -> None:
        if self._line:
            line = "".join(self._line).rstrip()
            self._line = []
            self._put(line)

    def _put(self, line: str) -> None:
        prefix = QUOTED if QUOTED in self._quotes else MAYBE if self._quotes else ""
        if not self._preformatted:
            line = line.lstrip(" ")
        if self._blank_wanted:
            self._blank_wanted = False
            if self._lines and self._lines[-1].strip(MARKS):
                self._lines.append(prefix if self._lines[-1].startswith(prefix) else "")
        self._lines.append(prefix + line)


def _quote_mark(tag: str, attributes: dict[str, str | None], style: str) -> str:
    """What this element says about quoting: nothing, or one of the marks."""
    name = attributes.get("id") or ""
    if name in _CUTS or (tag == "div" and style and _HEADER_RULE.search(style)):
        return CUT
    classes = attributes.get("class") or ""
    if name in _CONTAINER_IDS or (classes and not _CONTAINERS.isdisjoint(classes.split())):
        return QUOTED
    if attributes.get("name") in ("messageReplySection", "quoted-content") or "data-marker" in attributes:
        return QUOTED if attributes.get("data-marker") in (None, "__QUOTED_TEXT__", "__HEADERS__") else ""
    if tag == "blockquote":
        is_cite = (attributes.get("type") or "").lower() == "cite" or (style and _CITE_STYLE.search(style))
        return QUOTED if is_cite else MAYBE
    return ""
