"""winmail.dat: what Outlook wraps up in a format of its own (MS-OXTNEF)."""

import contextlib
import re
from dataclasses import dataclass, field

from connectors.email import charsets, limits

TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})

_RTF_CONTROL = re.compile(r"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-z])|([{}])|([^\\{}]+)", re.DOTALL)
_RTF_SILENT = frozenset({"fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "themedata", "listtable"})
_RTF_BREAKS = {"par": "\n", "line": "\n", "tab": "\t", "emdash": "—", "endash": "–", "bullet": "•"}
_RTF_SYMBOLS = {"~": " ", "-": "", "_": "-"}
_RTF_BREAKS |= {"lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”"}


@dataclass(slots=True)
class Unpacked:
    """Files by name, and the body as text or HTML where Outlook put it there too."""

    files: list[tuple[str, bytes]] = field(default_factory=list)
    text: str = ""
    html: str = ""


def unpack(content: bytes) -> Unpacked | None:
    """What is inside; None if it cannot be opened and stays a plain attachment."""
    from tnefparse import TNEF  # imports for 30 ms, needed for Outlook's mail alone

    # The library indexes into the bytes without looking: struct.error, IndexError, KeyError, UnicodeError ...
    with contextlib.suppress(Exception):
        opened = TNEF(content, do_checksum=False)
        unpacked = Unpacked(text=_decoded(opened.body), html=_decoded(opened.htmlbody))
        size = 0
        for file in opened.attachments:
            data = bytes(file.data or b"")
            size += len(data)
            if size > limits.UNPACKED_BYTES or len(unpacked.files) >= limits.PARTS:
                break
            unpacked.files.append((_name(file), data))
        if not unpacked.text.strip() and not unpacked.html:
            with contextlib.suppress(Exception):
                unpacked.text = rtf_text(bytes(opened.rtfbody or b""))
        return unpacked
    return None


def _name(file: object) -> str:
    for attribute in ("long_filename", "name"):
        with contextlib.suppress(Exception):
            value = getattr(file, attribute)
            name = value() if callable(value) else value
            if name:
                return str(_decoded(name)).strip("\x00 ")
    return ""


def _decoded(value: object) -> str:
    if isinstance(value, list):
        value = value[0] if value else b""
    if isinstance(value, bytes):
        return charsets.decode(value).strip("\x00")
    return str(value or "").strip("\x00")


def rtf_text(rtf: bytes) -> str:
    """The words of RTF, without pictures, fonts and styles."""
    source = rtf.decode("latin-1")
    codepage = re.search(r"\\ansicpg(\d{3,5})", source)
    charset = f"cp{codepage[1]}" if codepage else "cp1252"
    out: list[bytes | str] = []
    silent_from: list[bool] = [False]
    skip = 0
    for match in _RTF_CONTROL.finditer(source):
        word, number, hexadecimal, symbol, brace, plain = match.groups()
        if brace:
            silent_from.append(silent_from[-1]) if brace == "{" else len(silent_from) > 1 and silent_from.pop()
        elif word in _RTF_SILENT or symbol == "*":
            silent_from[-1] = True
        elif silent_from[-1]:
            continue
        elif word == "u" and number:
            out.append(chr(int(number) % 65536))
            skip = 1  # the letter for programs that do not know Unicode
        elif word in _RTF_BREAKS:
            out.append(_RTF_BREAKS[word])
        elif hexadecimal or plain or symbol:
            skip = _append(out, hexadecimal, plain or _RTF_SYMBOLS.get(symbol, symbol), skip)
    return _joined(out, charset).strip()


def _append(out: list[bytes | str], hexadecimal: str | None, plain: str, skip: int) -> int:
    if hexadecimal:
        if not skip:
            out.append(bytes.fromhex(hexadecimal))
        return 0
    text = plain.replace("\r", "").replace("\n", "")
    out.append(text[skip:])
    return 0 if text else skip


def _joined(out: list[bytes | str], charset: str) -> str:
    """Neighbouring bytes are decoded together: a letter may take two."""
    text: list[str] = []
    waiting = bytearray()
    for piece in [*out, ""]:
        if isinstance(piece, bytes):
            waiting += piece
            continue
        if waiting:
            text.append(charsets.decode(bytes(waiting), charset))
            waiting.clear()
        text.append(piece)
    return "".join(text)
