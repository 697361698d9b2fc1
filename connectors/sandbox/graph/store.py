"""Everything the platform knows, in one SQLite file: things by kind and id, and the log of what was done."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any, Generic, TypeVar

import msgspec

_SCHEMA = """
create table if not exists thing (
    kind text not null, id text not null, place text not null, at integer not null, body blob not null,
    primary key (kind, id)
);
create index if not exists thing_place on thing (kind, place, at);
create table if not exists effect (
    sequence integer primary key autoincrement, at integer not null, what text not null, body blob not null
);
create table if not exists number (name text primary key, value integer not null);
"""


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that was really done. `at` is in milliseconds, `what` a word as message, comment, like, hide."""

    sequence: int
    at: int
    what: str
    body: dict[str, Any]


class Store:
    """The database. Any thread may use it; what happens within `whole` is done altogether or not at all."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.execute("pragma journal_mode = wal")
        self._database.execute("pragma synchronous = normal")  # a kill loses nothing; only a power cut could
        self._database.executescript(_SCHEMA)
        self._lock = RLock()
        self._depth = 0

    def close(self) -> None:
        self._database.close()

    @contextmanager
    def whole(self) -> Iterator[None]:
        """Keep others out until the end, and write everything at once then. An exception undoes it."""
        with self._lock:
            self._depth += 1
            try:
                if self._depth == 1:
                    self._database.execute("begin immediate")
                yield
            except BaseException:
                if self._depth == 1:
                    self._database.execute("rollback")
                raise
            else:
                if self._depth == 1:
                    self._database.execute("commit")
            finally:
                self._depth -= 1

    def ask(self, sql: str, *given: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._database.execute(sql, given).fetchall()

    def next(self, name: str, first: int = 1) -> int:
        """Count up a number of this name."""
        sql = "insert into number values (?, ?) on conflict (name) do update set value = value + 1 returning value"
        return int(self.ask(sql, name, first)[0][0])

    def note(self, at: int, what: str, body: dict[str, Any]) -> None:
        """Write into the log what was done."""
        self.ask("insert into effect (at, what, body) values (?, ?, ?)", at, what, msgspec.json.encode(body))

    def effects(self) -> list[Effect]:
        """The log, oldest first."""
        rows = self.ask("select sequence, at, what, body from effect order by sequence")
        return [Effect(sequence, at, what, msgspec.json.decode(body)) for sequence, at, what, body in rows]


Thing = TypeVar("Thing")


class Shelf(Generic[Thing]):
    """The things of one dataclass. Each has an `id`, and may have a `place` (what it lies under) and a time `at`."""

    def __init__(self, store: Store, form: type[Thing]) -> None:
        self._store = store
        self._form = form
        self._kind = form.__name__

    def put(self, thing: Thing) -> Thing:
        """Keep it, in place of an earlier one with the same id."""
        place, at = getattr(thing, "place", ""), getattr(thing, "at", 0)
        self._store.ask(
            "insert into thing values (?, ?, ?, ?, ?) on conflict (kind, id)"
            " do update set place = excluded.place, at = excluded.at, body = excluded.body",
            self._kind,
            getattr(thing, "id", ""),
            place,
            at,
            msgspec.json.encode(thing),
        )
        return thing

    def get(self, name: str) -> Thing | None:
        return next(iter(self._read("id = ?", name)), None)

    def at(self, place: str) -> list[Thing]:
        """What lies there, oldest first."""
        return self._read("place = ? order by at, rowid", place)

    def all(self) -> list[Thing]:
        return self._read("1 = 1 order by rowid")

    def drop(self, name: str) -> None:
        self._store.ask("delete from thing where kind = ? and id = ?", self._kind, name)

    def _read(self, where: str, *given: object) -> list[Thing]:
        rows = self._store.ask(f"select body from thing where kind = ? and {where}", self._kind, *given)  # noqa: S608  # our own words
        return [msgspec.json.decode(body, type=self._form) for (body,) in rows]
