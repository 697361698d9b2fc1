"""All that is the case, in memory and in a journal on disk.

A change is one line, written in one go and flushed to the system before anybody is answered: a kill loses nothing that
was answered, and an unfinished last line was never answered.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import RLock
from typing import TypeVar, cast

import msgspec

from connectors.sandbox.x.things import Account, Effect, Line, Thing

Kind = TypeVar("Kind", bound=Thing)
_EPOCH = 1288834974657  # the first millisecond of a snowflake
_DECODER = msgspec.json.Decoder(Line)


class World:
    """Everything at X. `clock` is in seconds since the epoch. Safe to use from several threads."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.lock = RLock()
        self.watchers: list[Callable[[Effect], None]] = []
        self._clock = clock
        self._shelves: dict[type[object], dict[str, Thing]] = {}
        self._by_username: dict[str, str] = {}
        self._effects: list[Effect] = []
        self._last_id = 0
        path = folder / "journal.jsonl"
        for line in _whole_lines(path):
            self._apply(line)
        self._journal = path.open("ab")

    def close(self) -> None:
        self._journal.close()

    def now(self) -> int:
        """In milliseconds since the epoch."""
        return int(self._clock() * 1000)

    def new_id(self) -> str:
        """A snowflake: never given before, larger than all before."""
        with self.lock:
            self._last_id = max(self._last_id + 1, (self.now() - _EPOCH) << 22)
            return str(self._last_id)

    def all(self, kind: type[Kind]) -> list[Kind]:
        """Everything of a kind, oldest first."""
        with self.lock:
            return cast("list[Kind]", list(self._shelves.get(kind, {}).values()))

    def find(self, kind: type[Kind], wanted: str) -> Kind | None:
        return cast("Kind | None", self._shelves.get(kind, {}).get(wanted))

    def get(self, kind: type[Kind], wanted: str) -> Kind:
        """Raise LookupError with a sentence if there is none."""
        found = self.find(kind, wanted)
        if found is None:
            raise LookupError(f"there is no {kind.__name__} {wanted}")
        return found

    def named(self, username: str) -> Account | None:
        """The account of this username, in any case, with or without its @."""
        return self.find(Account, self._by_username.get(username.removeprefix("@").lower(), ""))

    def put(self, *things: Thing) -> None:
        """Let things be so from now on, without an effect that anybody counts."""
        with self.lock:
            self._write(Line(things))

    def take_place(self, what: str, by: str, about: str, *things: Thing, text: str = "") -> Effect:
        """Let things be so from now on, as one effect; then tell those who watch."""
        with self.lock:
            effect = Effect(len(self._effects) + 1, self.now(), what, by, about, text)
            self._write(Line(things, effect))
        for watcher in self.watchers:
            watcher(effect)
        return effect

    def log(self) -> list[Effect]:
        """Every effect, oldest first."""
        with self.lock:
            return list(self._effects)

    def _write(self, line: Line) -> None:
        self._journal.write(msgspec.json.encode(line) + b"\n")
        self._journal.flush()
        self._apply(line)

    def _apply(self, line: Line) -> None:
        for thing in line.things:
            self._shelves.setdefault(type(thing), {})[thing.id] = thing
            if isinstance(thing, Account):
                self._by_username[thing.username.lower()] = thing.id
            if thing.id.isdigit():
                self._last_id = max(self._last_id, int(thing.id))
        if line.effect is not None:
            self._effects.append(line.effect)


def read_log(folder: Path) -> list[Effect]:
    """Every effect in a folder, oldest first, without being its keeper: that may be another process."""
    return [line.effect for line in _whole_lines(folder / "journal.jsonl", mend=False) if line.effect is not None]


def _whole_lines(path: Path, *, mend: bool = True) -> Iterator[Line]:
    """The lines of a journal. The rest of one that a kill left unfinished is removed, to `mend` it."""
    raw = path.read_bytes() if path.exists() else b""
    whole, _newline, unfinished = raw.rpartition(b"\n")
    if unfinished and mend:
        with path.open("r+b") as file:
            file.truncate(len(raw) - len(unfinished))
    for line in whole.splitlines():
        yield _DECODER.decode(line)
