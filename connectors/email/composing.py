"""A reply as the bytes of one mail, the same bytes for the same reply.

The structure is built with the older policy of the standard library (compat32), because the newer one turns
a Message-ID longer than a line into encoded words, which no mail program can thread by.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email import base64mime, quoprimime
from email.encoders import encode_base64
from email.generator import BytesGenerator
from email.header import Header
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.policy import Compat32
from email.utils import format_datetime
from io import BytesIO
from pathlib import Path
from typing import cast

from connectors.contract import File, Frozen, Person, Reply
from connectors.email import tokens
from connectors.email.identity import DELIVERY_FIELD
from connectors.email.layout import as_html, as_text
from connectors.errors import Rejected, gettext_noop

LOOP_FIELD = "X-Loop"
MOST_REFERENCES = 20
TEXT_BYTES = 500_000  # of a mail, kept for its fields and its texts: each of them goes as plain text and as HTML
FILE_BYTES_OF_A_LINE, BYTES_OF_A_LINE = 57, 78  # base64: 76 letters and a line end (RFC 2045, 6.8)

_POLICY = Compat32(linesep="\r\n", max_line_length=76)
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_REFERENCE = re.compile(r"[^\s<>\x00-\x20\x7f]{1,250}")
_ADDRESS = re.compile(r"[^\s<>()\[\]\\,;:\"@]{1,64}@[^\s<>()\[\]\\,;:\"@]{1,255}")
_ANSWERED = re.compile(r"^(?:\s*(?:re|aw|sv|vs|antw|ha|отв|ответ|на)(?:\[\d+\])?\s*:)+\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who writes, and where the token that brings the answer back may stand beside the HTML."""

    address: str
    name: str = ""
    plus_addressing: bool = False
    token_in_subject: bool = False


def compose(reply: Reply, sender: Sender) -> Frozen:
    """Freeze a reply. Raise Rejected for what no mail can carry."""
    message = _body(reply)
    message_id = _message_id(reply.key, sender.address)
    _put_people(message, reply, sender)
    _put(message, "Subject", subject(reply, in_it=reply.token if sender.token_in_subject else ""))
    _put_dates_and_ids(message, reply, message_id)
    if reply.automatic:
        _mark_automatic(message, sender.address, answers=bool(reply.parents))
    recipients = tuple(dict.fromkeys(wire_address(person.address) for person in (*reply.to, *reply.cc)))
    return Frozen(provider_id=message_id, recipients=recipients, body=_serialised(message))


def room_for_files(largest: int) -> int:
    """How many bytes of files, at least one, fit into a mail of `largest` bytes; 0, no limit, if that is 0."""
    return max(1, (largest - TEXT_BYTES) * FILE_BYTES_OF_A_LINE // BYTES_OF_A_LINE) if largest else 0


def subject(reply: Reply, in_it: str = "") -> str:
    """One `Re: ` before the subject of an answer, however many were there, and the token if it goes there."""
    plain = f"Re: {_ANSWERED.sub('', reply.subject)}".rstrip(" ") if reply.parents else reply.subject
    return tokens.subject_with(plain, in_it) if in_it else plain


def wire_address(address: str) -> str:
    """The address with its domain as the DNS knows it (IDNA). Raise Rejected for what is not an address."""
    if not _ADDRESS.fullmatch(address):
        raise Rejected(gettext_noop("“%(address)s” is not an e-mail address."), address=_shown(address))
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError as error:
        raise Rejected(
            gettext_noop("“%(address)s” is not an e-mail address."), str(error), address=_shown(address)
        ) from error


def _put(message: Message, field: str, value: str) -> None:
    """Set a field. A line break in it would begin a field of somebody else's choice, so it is refused."""
    if _FORBIDDEN.search(value):
        raise Rejected(gettext_noop("A line break or control character is not allowed in “%(field)s”."), field=field)
    _set(message, field, Header(value, "us-ascii" if value.isascii() else "utf-8", header_name=field))


def _set(message: Message, field: str, value: Header) -> None:
    message[field] = cast("str", value)  # this policy takes both, the types know only one


def _shown(value: str) -> str:
    return _FORBIDDEN.sub("�", value)[:100]


def _put_people(message: Message, reply: Reply, sender: Sender) -> None:
    name = reply.sender_name or sender.name
    _put_list(message, "From", [Person(address=sender.address, name=name)])
    if not reply.to:
        raise Rejected(gettext_noop("The mail has no recipient."))
    _put_list(message, "To", reply.to)
    if reply.cc:
        _put_list(message, "Cc", reply.cc)
    if sender.plus_addressing and reply.token:
        with_token = tokens.address_with(sender.address, reply.token)
        _put_list(message, "Reply-To", [Person(address=with_token, name=name)])


def _put_list(message: Message, field: str, people: Sequence[Person]) -> None:
    written = [_person(field, person) for person in people]
    _set(message, field, _Lines([f"{person}," for person in written[:-1]] + written[-1:]))


class _Lines(Header):
    """A field whose lines are given, for values that must not be broken anywhere else."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__()
        self._given = lines

    def encode(self, splitchars: str = "", maxlinelen: int | None = None, linesep: str = "\n") -> str:
        # An address in other letters stands there as UTF-8 (RFC 6532); this is how the generator takes it.
        return f"{linesep} ".join(self._given).encode().decode("ascii", "surrogateescape")


def _person(field: str, person: Person) -> str:
    if _FORBIDDEN.search(person.name) or _FORBIDDEN.search(person.address):
        raise Rejected(gettext_noop("A line break or control character is not allowed in “%(field)s”."), field=field)
    address = wire_address(person.address)
    if not person.name:
        return address
    if not person.name.isascii():
        encoded = Header(person.name, "utf-8", header_name=field).encode(linesep="\r\n")
        return f"{encoded} <{address}>"
    quoted = person.name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address}>'


def _put_dates_and_ids(message: Message, reply: Reply, message_id: str) -> None:
    _put(message, "Date", format_datetime(reply.now))
    _set(message, "Message-ID", _Lines([f"<{message_id}>"]))
    _set(message, DELIVERY_FIELD, _Lines([message_id]))
    parents = [parent for parent in map(_bare, reply.parents) if parent]
    root = tokens.root_with(message_id, reply.token) if reply.token else ""
    if parents:
        _set(message, "In-Reply-To", _Lines([f"<{parents[0]}>"]))
    # The root always comes first: it survives programs that keep only the ends of a long list.
    references = list(dict.fromkeys([*([root] if root else []), *reversed(parents[:MOST_REFERENCES])]))
    if references:
        _set(message, "References", _Lines([f"<{reference}>" for reference in references]))


def _message_id(key: str, address: str) -> str:
    message_id = key if "@" in key else f"{key}@{address.rpartition('@')[2].encode('idna').decode('ascii')}"
    if not _bare(message_id) or not message_id.isascii():
        raise Rejected(gettext_noop("“%(key)s” cannot name a mail."), key=_shown(key))
    return message_id


def _bare(reference: str) -> str:
    """A Message-ID without its brackets; empty if it is not one, since other people's ids are copied here."""
    bare = reference.strip().removeprefix("<").removesuffix(">")
    return bare if _REFERENCE.fullmatch(bare) and bare.isascii() else ""


def _mark_automatic(message: Message, address: str, *, answers: bool) -> None:
    """RFC 3834, and what Exchange and older programs look for, so that no robot answers our robot."""
    _put(message, "Auto-Submitted", "auto-replied" if answers else "auto-generated")
    _put(message, "X-Auto-Response-Suppress", "All")
    _put(message, "Precedence", "auto_reply")
    _put(message, LOOP_FIELD, address)


def _body(reply: Reply) -> Message:
    text, html = as_text(reply), as_html(reply)
    alternative = _multipart("alternative", reply.key, [_text_part(text, "plain"), _text_part(html, "html")])
    if not reply.attachments:
        return alternative
    return _multipart("mixed", reply.key, [alternative, *map(_attachment, reply.attachments)])


def _multipart(subtype: str, key: str, parts: Sequence[Message]) -> Message:
    boundary = hashlib.sha256(f"{subtype}:{key}".encode()).hexdigest()[:40]
    message = MIMEMultipart(subtype, boundary=f"={boundary}", _subparts=parts, policy=_POLICY)
    for part in parts:
        del part["MIME-Version"]  # said once, at the top
    return message


def _text_part(text: str, subtype: str) -> Message:
    part = Message(policy=_POLICY)
    part["Content-Type"] = f'text/{subtype}; charset="utf-8"'
    # Quoted-printable triples every Cyrillic byte, base64 hides plain English: the shorter one is chosen.
    if sum(not letter.isascii() for letter in text) * 6 < len(text):
        part["Content-Transfer-Encoding"] = "quoted-printable"
        part.set_payload(quoprimime.body_encode(text.encode().decode("latin-1")))
    else:
        part["Content-Transfer-Encoding"] = "base64"
        part.set_payload(base64mime.body_encode(text.replace("\n", "\r\n").encode()))
    return part


def _attachment(file: File) -> Message:
    main, _, sub = file.media_type.partition("/")
    if not (re.fullmatch(r"[\w.+-]+", main) and re.fullmatch(r"[\w.+-]+", sub)) or main in ("multipart", "message"):
        main, sub = "application", "octet-stream"
    part = MIMEBase(main, sub, policy=_POLICY)
    part.set_payload(Path(file.path).read_bytes())
    encode_base64(part)
    name = _FORBIDDEN.sub("�", file.name)
    disposition = "inline" if file.inline and file.content_id else "attachment"
    part.add_header("Content-Disposition", disposition, filename=name if name.isascii() else ("utf-8", "", name))
    if file.inline and _bare(file.content_id):
        part["Content-ID"] = f"<{_bare(file.content_id)}>"
    return part


def _serialised(message: Message) -> bytes:
    out = BytesIO()
    BytesGenerator(out, mangle_from_=False, policy=_POLICY).flatten(message)
    return out.getvalue()
