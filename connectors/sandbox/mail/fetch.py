"""FETCH (RFC 3501, 6.4.5): what a client may ask of a mail, and the answers."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.policy import Compat32

from connectors.sandbox.mail.commands import Malformed, Word
from connectors.sandbox.mail.store import FLAGS, Mail

_SECTION = re.compile(r"BODY(?:\.PEEK)?\[([^\]]*)\](?:<(\d+)\.(\d+)>)?", re.IGNORECASE)
_FIELDS = re.compile(r"HEADER\.FIELDS(\.NOT)? \(([^)]*)\)", re.IGNORECASE)
_MACROS = {"ALL": ["FLAGS", "INTERNALDATE", "RFC822.SIZE"], "FAST": ["FLAGS", "INTERNALDATE", "RFC822.SIZE"]}
_POLICY = Compat32(linesep="\r\n", max_line_length=None)


def wanted(word: Word) -> list[str]:
    """The items of a FETCH. A section with blanks in it comes as one word."""
    words = word if isinstance(word, list) else [word]
    names = [item.decode("ascii", "replace") for item in words if isinstance(item, bytes)]
    return [name for item in names for name in _MACROS.get(item.upper(), [item])]


def answer(mail: Mail, items: Iterable[str]) -> bytes:
    """The part of a FETCH answer that stands in parentheses."""
    return b" ".join(_item(mail, item) for item in items)


def marks_as_read(items: Iterable[str]) -> bool:
    """Whether asking this marks the mail as read, as all but PEEK does."""
    return any(item.upper().startswith(("BODY[", "RFC822.TEXT")) or item.upper() == "RFC822" for item in items)


def flags(mail: Mail) -> bytes:
    names = [name for name, letter in FLAGS.items() if letter in mail.flags]
    return f"({' '.join(names)})".encode()


def _item(mail: Mail, item: str) -> bytes:
    name = item.upper()
    match name:
        case "UID":
            return f"UID {mail.uid}".encode()
        case "FLAGS":
            return b"FLAGS " + flags(mail)
        case "INTERNALDATE":
            at = datetime.fromtimestamp(mail.at, UTC).strftime("%d-%b-%Y %H:%M:%S +0000")
            return f'INTERNALDATE "{at}"'.encode()
        case "RFC822.SIZE":
            return f"RFC822.SIZE {mail.size}".encode()
        case "BODYSTRUCTURE" | "BODY":
            return name.encode() + b" " + _structure(_parsed(mail))
        case "RFC822":
            return b"RFC822 " + _literal(mail.read())
        case "RFC822.HEADER":
            return b"RFC822.HEADER " + _literal(_header(mail.read()))
        case _:
            return _body(mail, item)


def _body(mail: Mail, item: str) -> bytes:
    found = _SECTION.fullmatch(item)
    if found is None:
        raise Malformed(f"unknown item {item}")
    section, start, length = found[1], found[2], found[3]
    name = f"BODY[{section}]" + (f"<{start}>" if start else "")
    if start is None:
        return name.encode() + b" " + _literal(_part(mail, section))
    if not section:
        return name.encode() + b" " + _literal(mail.read(int(start), int(length)))
    return name.encode() + b" " + _literal(_part(mail, section)[int(start) : int(start) + int(length)])


def _literal(raw: bytes) -> bytes:
    return f"{{{len(raw)}}}\r\n".encode() + raw


def _part(mail: Mail, section: str) -> bytes:
    raw = mail.read()
    if not section:
        return raw
    if fields := _FIELDS.fullmatch(section):
        names = {name.strip('"').lower() for name in fields[2].split()}
        return _chosen(_header(raw), names, without=bool(fields[1]))
    if section.upper() == "HEADER":
        return _header(raw)
    if section.upper() == "TEXT":
        return raw[len(_header(raw)) :]
    return _numbered(message_from_bytes(raw), section)


def _numbered(message: Message, section: str) -> bytes:
    wants_header = section.upper().endswith(".MIME")
    part = message
    for step in section.upper().removesuffix(".MIME").split("."):
        parts = part.get_payload()
        inner = parts[int(step) - 1 : int(step)] if isinstance(parts, list) else [part] if step == "1" else []
        if not inner or not isinstance(inner[0], Message):
            return b""
        part = inner[0]
    raw = part.as_bytes(policy=_POLICY)
    header = _header(raw)
    return header if wants_header else raw[len(header) :]


def _header(raw: bytes) -> bytes:
    """The header with the blank line that ends it."""
    ends = [raw.find(blank) + len(blank) for blank in (b"\r\n\r\n", b"\n\n") if blank in raw]
    return raw[: min(ends)] if ends else raw


def _chosen(header: bytes, names: set[str], *, without: bool) -> bytes:
    kept: list[bytes] = []
    keeping = False
    for line in header.splitlines(keepends=True):
        if not line[:1].isspace():
            keeping = (line.partition(b":")[0].decode("ascii", "replace").lower() in names) != without
        if keeping and line.strip():
            kept.append(line)
    return b"".join(kept) + b"\r\n"


def _parsed(mail: Mail) -> Message:
    return message_from_bytes(mail.read())


def _structure(message: Message) -> bytes:
    """BODYSTRUCTURE with its extension data up to the disposition (RFC 3501, 7.4.2)."""
    payload = message.get_payload()
    subtype = _string(message.get_content_subtype())
    if isinstance(payload, list) and message.get_content_maintype() == "multipart":
        parts = b"".join(_structure(part) for part in payload if isinstance(part, Message))
        return b"(" + parts + b" " + subtype + b" " + _parameters(message) + b" NIL NIL)"
    raw = message.as_bytes(policy=_POLICY)
    body = raw[len(_header(raw)) :]
    maintype = message.get_content_maintype() if not isinstance(payload, list) else "application"
    fields = [
        _string(maintype),
        subtype,
        _parameters(message),
        _string(message.get("Content-ID")),
        b"NIL",
        _string(str(message.get("Content-Transfer-Encoding", "7bit"))),
        str(len(body)).encode(),
    ]
    if maintype == "text":
        fields.append(str(body.count(b"\n")).encode())
    disposition = message.get_content_disposition()
    fields += [b"NIL", b"(" + _string(disposition) + b" NIL)" if disposition else b"NIL"]
    return b"(" + b" ".join(fields) + b")"


def _parameters(message: Message) -> bytes:
    pairs = (message.get_params() or [])[1:]
    words = [_string(word) for pair in pairs for word in pair]
    return b"(" + b" ".join(words) + b")" if words else b"NIL"


def _string(value: object) -> bytes:
    if value is None:
        return b"NIL"
    raw = str(value).encode("utf-8", "replace")
    if raw.isascii() and not re.search(rb'["\\\r\n]', raw):
        return b'"' + raw + b'"'
    return _literal(raw)
