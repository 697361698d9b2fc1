"""Leaves of a mail as files with safe names."""

import hashlib
import re
import unicodedata
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from importlib import import_module
from mimetypes import guess_extension
from pathlib import Path
from urllib.parse import unquote

from connectors.contract import File
from connectors.email import limits
from connectors.email.structure import Part, Tree

_FORBIDDEN = re.compile(r'[/\\:*?"<>|]')
_VAGUE = frozenset(
    {"", "application/octet-stream", "application/octetstream", "application/unknown", "unknown/unknown"}
)
_EXTENSIONS = {"message/rfc822": ".eml", "text/plain": ".txt", "text/calendar": ".ics", "image/jpeg": ".jpg"}
_LONGEST_EXTENSION = 12
_SOURCE = re.compile(r"""(?:src|background|href|url)\s*[=(]\s*["']?\s*cid:([^"'\s>)]+)""", re.IGNORECASE)


@dataclass(slots=True)
class Store:
    """Writes the files of one mail into `folder`, numbered, so that no name of a stranger is ever a path."""

    folder: Path
    written: int = 0

    def put(self, name: str, media_type: str, content: bytes, content_id: str = "", *, inline: bool = False) -> File:
        """Write the bytes and describe them. `name` is made safe."""
        self.written += 1
        self.folder.mkdir(exist_ok=True)
        path = self.folder / f"{self.written:04d}"
        path.write_bytes(content)
        media_type = sniffed(content) if media_type in _VAGUE else media_type
        return File(
            name=safe_name(name, media_type),
            media_type=media_type,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            path=str(path),
            inline=inline,
            content_id=content_id,
        )

    def put_part(self, part: Part, referenced: AbstractSet[str]) -> File:
        """A leaf; inline only if the HTML shows it."""
        content = part.content()
        name, content_id = part.filename, part.content_id
        if part.media_type == "message/rfc822" and not name:
            name = mail_name(content)
        inline = bool(content_id) and content_id.lower() in referenced and not part.media_type.startswith("message/")
        return self.put(name, part.media_type, content, content_id, inline=inline)


def references(html: str) -> frozenset[str]:
    """The Content-IDs that HTML shows, url-decoded and in lower case."""
    if "cid:" not in html and "CID:" not in html:
        return frozenset()
    return frozenset(unquote(name).strip().lower() for name in _SOURCE.findall(html))


def mail_name(content: bytes) -> str:
    """An attached mail is named by its subject."""
    subject = Tree(content[: limits.HEADER_BYTES]).root.headers.text("subject").strip()
    return f"{subject or 'message'}.eml"


def safe_name(name: str, media_type: str = "") -> str:
    """A name for people to see and to save under: one line, no path, at most 150 characters, never empty."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/")).rpartition("/")[2]
    name = "".join(
        letter for letter in name if unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
    )
    name = " ".join(_FORBIDDEN.sub("_", name).split()).strip(" .") if name.strip(". ") else ""
    if not name:
        return "file" + _extension(media_type)
    if len(name) <= limits.NAME_CHARACTERS:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > _LONGEST_EXTENSION:
        return name[: limits.NAME_CHARACTERS].rstrip()
    return f"{stem[: limits.NAME_CHARACTERS - len(extension) - 1].rstrip()}.{extension}"


def _extension(media_type: str) -> str:
    return _EXTENSIONS.get(media_type) or guess_extension(media_type) or ""


def sniffed(content: bytes) -> str:
    """The media type by content; only asked where the mail does not say."""
    # In this order: the wheel's module tells the other one where its library lies. An older library of the
    # system reading the wheel's newer database would print thousands of warnings and know nothing.
    wheel = import_module("pylibmagic")
    magic = import_module("magic")  # loads a database of 7 MB, needed for few mails
    try:
        return str(magic.Magic(mime=True, magic_file=str(wheel.data / "magic.mgc")).from_buffer(content[:8192]))
    except magic.MagicException:
        return "application/octet-stream"
