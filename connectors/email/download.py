"""One mail from the server: into a file in slices, so that a big one costs no memory, or cut if it is too big."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from connectors.contract import SMALL

SLICE = 1024 * 1024
TEXT_OF_A_CUT_MAIL = 1024 * 1024
_HEADER = "BODY.PEEK[HEADER]"
_LENGTH = re.compile(r"<(\d+)\.\d+>")


@dataclass(frozen=True, slots=True)
class Kept:
    """The bytes of a mail, or the file with them, and what is known of them."""

    body: bytes | Path
    sha256: str
    size: int


def keep(chunks: Iterator[bytes], folder: Path) -> Kept:
    """Write the chunks into a new file in `folder`."""
    digest = hashlib.sha256()
    size = 0
    with NamedTemporaryFile(dir=folder, suffix=".eml", delete=False) as file:
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
    return Kept(Path(file.name), digest.hexdigest(), size)


def _small_or_kept(raw: bytes, folder: Path) -> Kept:
    if len(raw) > SMALL:
        return keep(iter([raw]), folder)
    return Kept(raw, hashlib.sha256(raw).hexdigest(), len(raw))


def small_mails(client: Any, uids: Sequence[int], folder: Path) -> Mapping[int, Kept]:
    """Several mails with one command. What vanished since it was listed is missing from the answer."""
    answers = client.fetch(uids, ["BODY.PEEK[]"]) if uids else {}
    return {
        uid: _small_or_kept(answer[b"BODY[]"], folder)
        for uid, answer in answers.items()
        if answer.get(b"BODY[]") is not None
    }


def big_mail(client: Any, uid: int, folder: Path) -> Kept | None:
    """One mail in slices; None if it vanished since it was listed."""
    kept = keep(_slices(client, uid), folder)
    return kept if kept.size else None


def _slices(client: Any, uid: int) -> Iterator[bytes]:
    # RFC822.SIZE is wrong on some servers, so the end is where a slice comes back short.
    start = 0
    while True:
        chunk = _part(client, uid, f"BODY.PEEK[]<{start}.{SLICE}>")
        if chunk:
            yield chunk
        if len(chunk) < SLICE:
            return
        start += len(chunk)


def cut_mail(client: Any, uid: int, folder: Path) -> Kept | None:
    """Headers and readable text of a mail that is too big: a mail of one part that any reader can read."""
    header = _part(client, uid, _HEADER)
    if not header:
        return None
    structure = client.fetch([uid], ["BODYSTRUCTURE"]).get(uid, {}).get(b"BODYSTRUCTURE")
    return keep(_cut(client, uid, header, structure), folder)


def _cut(client: Any, uid: int, header: bytes, structure: Any) -> Iterator[bytes]:
    number = text_part(structure) if structure is not None else ""
    if structure is None or not structure.is_multipart:
        yield header
    else:
        yield _without_content_fields(header)
        yield _part(client, uid, f"BODY.PEEK[{number}.MIME]") if number else b"\r\n"
    if number:
        yield _part(client, uid, f"BODY.PEEK[{number}]<0.{TEXT_OF_A_CUT_MAIL}>")


def text_part(structure: Any, prefix: str = "") -> str:
    """The number of the best readable part of a BODYSTRUCTURE (RFC 3501, 6.4.5), empty if there is none.

    Plain text wins over HTML; what is an attachment or lies in a forwarded mail does not count.
    """
    texts = dict(_texts(structure, prefix))
    return texts.get("plain") or texts.get("html") or ""


def _texts(structure: Any, prefix: str) -> Iterator[tuple[str, str]]:
    if structure.is_multipart:
        found = [pair for index, part in enumerate(structure[0], start=1) for pair in _texts(part, f"{prefix}{index}.")]
        yield from reversed(found)  # the first one of a kind wins in the dict
        return
    if structure[0].lower() == b"text" and not _is_attachment(structure):
        yield structure[1].lower().decode("ascii", "replace"), prefix.rstrip(".") or "1"


def _is_attachment(part: Sequence[Any]) -> bool:
    # RFC 3501, 7.4.2: a text part has its disposition in the tenth place, if the server gives it at all.
    disposition = part[9] if len(part) > 9 else None
    return isinstance(disposition, tuple) and bool(disposition) and bytes(disposition[0]).lower() == b"attachment"


def _without_content_fields(header: bytes) -> bytes:
    kept: list[bytes] = []
    skipping = False
    for line in header.splitlines(keepends=True):
        if not line[:1].isspace():
            skipping = line.lower().startswith((b"content-type:", b"content-transfer-encoding:"))
        if line.strip() and not skipping:
            kept.append(line)
    return b"".join(kept)


def _part(client: Any, uid: int, item: str) -> bytes:
    """One piece of one mail, empty if it is not there. The server names it without PEEK and the length."""
    name = _LENGTH.sub(r"<\1>", item.replace(".PEEK", ""))
    return client.fetch([uid], [item]).get(uid, {}).get(name.encode()) or b""
