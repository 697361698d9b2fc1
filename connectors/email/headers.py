"""Header fields of a mail or a part: kept as bytes, decoded when asked for.

RFC 5322 for their form, RFC 2047 for encoded words, RFC 2231 for parameters; all three read as mail
of the wild breaks them.
"""

import binascii
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote_to_bytes

from connectors.email import charsets

_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:[ \t]*(.*)", re.DOTALL)
_FAMILIAR = re.compile(
    rb"^(?:content-[a-z-]+|mime-version|from|to|cc|subject|date|received|message-id|x-[a-z-]+)[ \t]*:",
    re.IGNORECASE,
)
_FOLD = re.compile(rb"[ \t]*(?:\r\n|\r|\n)[ \t]*")
_ENCODED_WORD = re.compile(rb"=\?([^?\s]{1,60})\?([bBqQ])\?(.*?)\?=", re.DOTALL)
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_PARAMETER = re.compile(rb';\s*([^\s=;]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)', re.DOTALL)
_CONTINUED = re.compile(r"^([^*]+)\*(?:(\d{1,3})(\*)?)?$")
# C0 and C1 controls would allow a second header line, bidirectional overrides turn names around.
_UNSEEN = dict.fromkeys([*range(32), *range(127, 160), *range(8234, 8239), *range(8294, 8298)])
_UNSEEN[0x09] = _UNSEEN[0x0A] = " "
_UNSEEN[0x200E] = _UNSEEN[0x200F] = _UNSEEN[0xFEFF] = None


class Headers:
    """Fields in order, asked for by name in lower case."""

    __slots__ = ("_by_name",)

    def __init__(self, fields: Iterable[tuple[str, bytes]] = ()) -> None:
        self._by_name: dict[str, list[bytes]] = {}
        for name, value in fields:
            self._by_name.setdefault(name, []).append(value)

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def raw(self, name: str) -> bytes:
        """The topmost value with its folds undone, empty if there is none."""
        values = self._by_name.get(name)
        return unfolded(values[0]) if values else b""

    def all(self, name: str) -> list[bytes]:
        """All values from the top, with their folds undone."""
        return [unfolded(value) for value in self._by_name.get(name, ())]

    def text(self, name: str, charset: str = "") -> str:
        """The topmost value in plain words; `charset` is tried for raw 8-bit bytes."""
        return decoded(self.raw(name), charset)

    def plain(self, name: str) -> str:
        """The topmost value, stripped and in lower case, for comparing with fixed words."""
        return self.text(name).strip().lower()

    def parametrised(self, name: str) -> tuple[str, Mapping[str, str]]:
        """A value like `text/plain; charset=utf-8` as its word in lower case and its parameters."""
        raw = self.raw(name)
        word = raw.split(b";", 1)[0].strip().strip(b"\"'").decode("ascii", "replace").lower()
        return word, parameters(raw)


def parse(block: bytes) -> tuple[Headers, int]:
    """Fields of a header block, and at which byte the body begins if it began inside the block."""
    fields: list[tuple[str, list[bytes]]] = []
    at = 0
    lines = block.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if not fields and _FAMILIAR.match(line.lstrip()):
            line = line.lstrip()  # a blank before the very first field
        field = None if line[:1] in b" \t" else _FIELD.match(line)
        if field:
            fields.append((field[1].decode("ascii").lower(), [field[2]]))
        elif line[:5] in (b"From ", b">From") and not fields:
            pass  # the envelope line of an mbox file
        elif fields and (line[:1] in b" \t" or _goes_on(lines[number + 1 :])):
            fields[-1][1].append(b" " + line if line[:1] not in b" \t" else line)
        elif line.strip():
            return _finished(fields), at
        at += len(lines[number])
    return _finished(fields), at


def _finished(fields: list[tuple[str, list[bytes]]]) -> Headers:
    return Headers((name, b"".join(lines)) for name, lines in fields)


def _goes_on(lines: list[bytes]) -> bool:
    """Whether header fields still follow a line that is none: then it belongs to the field above it."""
    return any(_FAMILIAR.match(line) for line in lines[:40])


def unfolded(value: bytes) -> bytes:
    """One line of a value that was folded over several (RFC 5322, 2.2.3)."""
    if b"\n" not in value and b"\r" not in value:
        return value.strip()
    return _FOLD.sub(b" ", value.strip())


def decoded(value: bytes, charset: str = "") -> str:
    """Encoded words, and raw 8-bit bytes in `charset`, as text without control characters (RFC 2047).

    Neighbouring words of one charset are joined as bytes first: many programs cut inside a letter.
    """
    if b"=?" not in value:
        return visible(charsets.decode(value, charset))
    pieces: list[tuple[bytes, str | None]] = []  # None for what is no encoded word
    at = 0
    for word in _ENCODED_WORD.finditer(value):
        gap = value[at : word.start()]
        language_free = word[1].split(b"*", 1)[0].decode("ascii", "replace").lower()
        follows = at > 0 and not gap.strip()
        if not follows and gap:
            pieces.append((gap, None))
        if follows and pieces[-1][1] == language_free:
            pieces[-1] = (pieces[-1][0] + _content(word), language_free)
        else:
            pieces.append((_content(word), language_free))
        at = word.end()
    if value[at:]:
        pieces.append((value[at:], None))
    return visible("".join(_piece(piece, name, charset) for piece, name in pieces))


def _piece(piece: bytes, declared: str | None, charset: str) -> str:
    return charsets.decode(piece, charset) if declared is None else charsets.decode_word(piece, declared, charset)


def visible(text: str) -> str:
    """A header's text without what must never be in one: controls, newlines, direction overrides."""
    return text if text.isascii() and text.isprintable() else text.translate(_UNSEEN)


def _content(word: re.Match[bytes]) -> bytes:
    if word[2] in b"qQ":
        return binascii.a2b_qp(word[3].replace(b" ", b"_"), header=True)
    letters = _NOT_BASE64.sub(b"", word[3])
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def parameters(value: bytes) -> Mapping[str, str]:
    """Parameters by name in lower case, with RFC 2231's pieces and charsets put together."""
    found: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, bytes]]] = {}
    for match in _PARAMETER.finditer(value):
        name, content = match[1].decode("ascii", "replace").lower(), _unquoted(match[2].strip())
        continued = _CONTINUED.match(name)
        if continued:
            number, encoded = int(continued[2] or 0), continued[2] is None or continued[3] is not None
            pieces.setdefault(continued[1], []).append((number, encoded, content))
        else:
            found.setdefault(name, decoded(content))
    found.update({name: _joined(parts) for name, parts in pieces.items()})
    return found


def _unquoted(value: bytes) -> bytes:
    if len(value) >= 2 and value[:1] == b'"' == value[-1:]:
        return re.sub(rb'\\(["\\])', rb"\1", value[1:-1])
    return value.strip(b"\"'")


def _joined(parts: list[tuple[int, bool, bytes]]) -> str:
    parts.sort(key=lambda part: part[0])
    charset = ""
    if parts[0][1] and parts[0][2].count(b"'") >= 2:
        declared, _, rest = parts[0][2].split(b"'", 2)
        charset = declared.decode("ascii", "replace")
        parts[0] = (0, True, rest)
    content = b"".join(unquote_to_bytes(piece) if encoded else piece for _, encoded, piece in parts)
    return decoded(content) if b"=?" in content and not charset else visible(charsets.decode(content, charset))
