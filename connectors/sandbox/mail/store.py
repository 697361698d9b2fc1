"""Mail on disk: one file a mail, whole or not there at all, so that a kill or a restart loses nothing.

`<folder>/<uid>.<INTERNALDATE as epoch>.<flags>.<origin>.eml`. A number is never given twice: it is taken
from the highest name, and what is removed leaves its number behind in the file `highest`.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from urllib.parse import quote, unquote

from connectors.sandbox.disk import write_whole

FLAGS = {"\\Answered": "A", "\\Deleted": "D", "\\Draft": "T", "\\Flagged": "F", "\\Seen": "S"}
_LETTERS = {flag.lower(): letter for flag, letter in FLAGS.items()}
SPECIAL_USE = {"Junk": "\\Junk", "Sent": "\\Sent"}
INBOX = "INBOX"


def letters(flags: Iterable[str]) -> str:
    """Flags as they stand in a file's name; those we do not know are left out."""
    return "".join(_LETTERS.get(flag.lower(), "") for flag in flags)


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail in a folder. `flags` are the letters of FLAGS, `origin` says which transaction brought it."""

    uid: int
    at: int
    flags: str
    origin: str
    path: Path

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    @property
    def gmail_id(self) -> int:
        """What Gmail would call it: 64 bits, the same in all folders that one transaction put it into."""
        origin = self.origin or f"{self.path.parent}:{self.uid}"
        return int.from_bytes(hashlib.sha256(origin.encode()).digest()[:8])

    def read(self, start: int = 0, length: int = -1) -> bytes:
        with self.path.open("rb") as file:
            file.seek(start)
            return file.read(length)


class Folder:
    """One folder of a mailbox. Safe to use from several threads of one process."""

    def __init__(self, path: Path, changed: Callable[[], None]) -> None:
        self._path = path
        self._changed = changed
        self._lock = RLock()
        path.mkdir(parents=True, exist_ok=True)
        for left in path.glob(".*"):
            left.unlink()
        if not (path / "uidvalidity").exists():
            self._number("uidvalidity", 1)
        self._mails = {mail.uid: mail for mail in sorted(self._listed(), key=lambda mail: mail.uid)}
        self._highest = max([*self._mails, self._recorded("highest")])

    @property
    def uidvalidity(self) -> int:
        return self._recorded("uidvalidity")

    @property
    def uidnext(self) -> int:
        return self._highest + 1

    def mails(self) -> list[Mail]:
        """All mails by uid."""
        with self._lock:
            return list(self._mails.values())

    def get(self, uid: int) -> Mail | None:
        return self._mails.get(uid)

    def add(self, raw: bytes, at: int, flags: str = "", origin: str = "") -> int:
        """Keep a mail and return its uid."""
        with self._lock:
            uid = self._highest + 1
            mail = self._mail(uid, at, "".join(sorted(flags)), origin)
            write_whole(mail.path, raw)
            self._highest = uid
            self._mails[uid] = mail
        self._changed()
        return uid

    def flag(self, uid: int, flags: str) -> Mail:
        """Set the flags of a mail and return it under its new name."""
        with self._lock:
            old = self._mails[uid]
            new = self._mail(uid, old.at, "".join(sorted(set(flags))), old.origin)
            old.path.rename(new.path)
            self._mails[uid] = new
        return new

    def remove(self, uid: int) -> None:
        with self._lock:
            self._number("highest", self._highest)
            self._mails.pop(uid).path.unlink()

    def renumber(self) -> None:
        """What a server does that lost its index: another UIDVALIDITY, and new numbers from 1 in the same order."""
        with self._lock:
            old = self.mails()
            self._number("uidvalidity", self.uidvalidity + 1)
            self._number("highest", 0)
            self._mails = {}
            for uid, mail in enumerate(old, start=1):  # never upward: the name is free by then
                self._mails[uid] = self._mail(uid, mail.at, mail.flags, mail.origin)
                mail.path.rename(self._mails[uid].path)
            self._highest = len(old)

    def _mail(self, uid: int, at: int, flags: str, origin: str) -> Mail:
        return Mail(uid, at, flags, origin, self._path / f"{uid:010d}.{at}.{flags}.{origin}.eml")

    def _listed(self) -> Iterator[Mail]:
        for path in self._path.glob("*.eml"):
            uid, at, flags, origin, _ = path.name.split(".")
            yield Mail(int(uid), int(at), flags, origin, path)

    def _recorded(self, name: str) -> int:
        path = self._path / name
        return int(path.read_text()) if path.exists() else 0

    def _number(self, name: str, value: int) -> None:
        write_whole(self._path / name, str(value).encode())


class Mailbox:
    """All folders of one address."""

    def __init__(self, path: Path, changed: Callable[[], None]) -> None:
        self._path = path
        self._changed = changed
        path.mkdir(parents=True, exist_ok=True)
        self.folders = {unquote(found.name): Folder(found, changed) for found in path.iterdir()}
        for name in (INBOX, *SPECIAL_USE):
            self.create(name)

    def create(self, name: str) -> Folder:
        """The folder of this name, new or not."""
        if name not in self.folders:
            self.folders[name] = Folder(self._path / quote(name, safe=" "), self._changed)
        return self.folders[name]

    def find(self, name: str) -> Folder | None:
        return self.folders.get(INBOX if name.upper() == INBOX else name)
