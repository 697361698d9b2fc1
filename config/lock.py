"""One command at a time owns the data folder: the embedded database and what runs on it."""

import fcntl
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path


class Held(Exception):
    """Another command owns the folder; the text is what it said about itself."""


@dataclass
class Lock:
    """A lock on `file` that goes with the process, however that ends."""

    file: Path
    _open: TextIOWrapper | None = field(default=None, init=False)

    def take(self, about: str) -> None:
        """Take it and leave `about` for others to read. Raise Held if another process has it."""
        opened = self.file.open("a+")
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            opened.seek(0)
            said = opened.read()
            opened.close()
            raise Held(said) from None
        opened.truncate(0)
        opened.write(about)
        opened.flush()
        self._open = opened

    def release(self) -> None:
        if self._open is not None:
            self._open.close()
        self._open = None
