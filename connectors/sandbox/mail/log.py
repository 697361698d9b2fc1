"""Every mail that was accepted over SMTP, in order: the witness that counts what was lost and what was doubled."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from connectors.sandbox.disk import write_whole


@dataclass(frozen=True, slots=True)
class Accepted:
    """One accepted mail with its envelope. `login` is the account that handed it in, empty for a stranger."""

    sequence: int
    at: int
    sender: str
    recipients: tuple[str, ...]
    login: str
    raw: bytes


class SmtpLog:
    """A folder with one file a mail: a line of JSON, then the bytes. The file's name is the acceptance."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.mkdir(parents=True, exist_ok=True)
        for left in path.glob(".*"):
            left.unlink()
        self._last = max((int(found.stem) for found in path.glob("*.mail")), default=0)

    def accept(self, at: int, sender: str, recipients: tuple[str, ...], login: str, raw: bytes) -> Accepted:
        accepted = Accepted(self._last + 1, at, sender, recipients, login, raw)
        envelope = {"at": at, "sender": sender, "recipients": recipients, "login": login}
        head = json.dumps(envelope, ensure_ascii=False).encode()
        write_whole(self._file(accepted.sequence), head + b"\n" + raw)
        self._last = accepted.sequence
        return accepted

    def all(self) -> Iterator[Accepted]:
        """Every accepted mail, oldest first."""
        return read(self._path)

    def newest(self, count: int) -> list[Accepted]:
        """The last ones, newest first, without reading the others."""
        return [_read(path) for path in sorted(self._path.glob("*.mail"), reverse=True)[:count]]

    def one(self, sequence: int) -> Accepted | None:
        path = self._file(sequence)
        return _read(path) if path.exists() else None

    def last(self) -> Accepted | None:
        return _read(self._file(self._last)) if self._last else None

    def _file(self, sequence: int) -> Path:
        return self._path / f"{sequence:08d}.mail"


def read(path: Path) -> Iterator[Accepted]:
    """What a log in this folder holds, oldest first, without being its keeper: that may be another process."""
    return map(_read, sorted(path.glob("*.mail")))


def _read(path: Path) -> Accepted:
    head, _, raw = path.read_bytes().partition(b"\n")
    envelope = json.loads(head)
    recipients = tuple(envelope["recipients"])
    return Accepted(int(path.stem), envelope["at"], envelope["sender"], recipients, envelope["login"], raw)
