"""A frozen dataclass kept in a file, so that another process can switch how a stand-in behaves."""

from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from connectors.sandbox.disk import write_whole

Setting = TypeVar("Setting")


class Switch(Generic[Setting]):
    """The present setting, `default` until one is set. `changes` counts how often a new one was seen."""

    def __init__(self, path: Path, default: Setting) -> None:
        self._path = path
        self._default = default
        self._seen: tuple[int, int] | None = None
        self._present = default
        self.changes = 0

    def set(self, wanted: Setting) -> None:
        write_whole(self._path, msgspec.json.encode(wanted))

    def get(self) -> Setting:
        """Read the file when it is another one than last time. Raise msgspec.ValidationError if it makes no sense."""
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return self._default
        seen = (status.st_mtime_ns, status.st_ino)
        if seen != self._seen:
            self._present = msgspec.json.decode(self._path.read_bytes(), type=type(self._default))
            self._seen = seen
            self.changes += 1
        return self._present
