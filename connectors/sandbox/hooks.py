"""Webhooks as providers send them: signed, in the background, again when they were not taken.

Each delivery is a row on disk before anything is sent, so that a kill loses none, and stays there with what
became of it: the witness of what was delivered, doubled or lost. The order is that of `post`; a delivery that
waits for its next attempt does not hold up the others.
"""

import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Condition, Thread
from typing import Any

import msgspec
import requests

from connectors.sandbox.switch import Switch

ANSWER_SECONDS = 10.0
_LOOK_SECONDS = 0.05
_FIELDS = "sequence, about, url, body, headers, at, due, attempts, state, status"
_SCHEMA = """
create table if not exists delivery (
    sequence integer primary key autoincrement,
    about text not null, url text not null, body blob not null, headers text not null,
    at real not null, due real not null, attempts integer not null default 0,
    state text not null default 'waiting', status integer not null default 0
)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mischief:
    """How deliveries go wrong. All is well by default."""

    copies: int = 1  # of every delivery; 0 loses it
    backwards: int = 0  # wait until so many are there, then send them the last first
    delay_seconds: float = 0.0  # before the first attempt
    held: bool = False  # keep everything until this is switched off


@dataclass(frozen=True, slots=True)
class Delivery:
    """One POST and what became of it: state is waiting, taken, given up or lost; status the last HTTP one, 0 for none.

    `about` is the sender's own word for it (the event's id, the hook's id). `at` and `due` are epochs.
    """

    sequence: int
    about: str
    url: str
    body: bytes
    headers: dict[str, str]
    at: float
    due: float
    attempts: int
    state: str
    status: int


class Hooks:
    """The post office of one stand-in. `retry_seconds` are the pauses between attempts; after the last it gives up."""

    def __init__(self, folder: Path, retry_seconds: Sequence[float] = (0.5, 2, 10, 60, 600, 3600)) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._retry_seconds = retry_seconds
        self._switch = Switch(folder / "mischief.json", Mischief())
        self._database = sqlite3.connect(folder / "hooks.sqlite3", check_same_thread=False, isolation_level=None)
        self._database.execute("pragma journal_mode = wal")
        self._database.execute(_SCHEMA)
        self._changed = Condition()
        self._running = False
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin to deliver, what was left from last time first."""
        self._running = True
        self._thread = Thread(target=self._run, name="sandbox-hooks", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop after the attempt that is under way. What waits is kept."""
        if self._thread is not None:
            with self._changed:
                self._running = False
                self._changed.notify_all()
            self._thread.join()
            self._thread = None

    def close(self) -> None:
        self.stop()
        self._database.close()

    def post(self, url: str, body: bytes, headers: dict[str, str], about: str = "") -> None:
        """Have this body delivered, byte for byte. It is on disk when this returns."""
        mischief = self._switch.get()
        now = time.time()
        row = (about, url, body, msgspec.json.encode(headers).decode(), now, now + mischief.delay_seconds)
        states = ["waiting"] * mischief.copies or ["lost"]
        with self._changed:
            for state in states:
                self._database.execute(
                    "insert into delivery (about, url, body, headers, at, due, state) values (?, ?, ?, ?, ?, ?, ?)",
                    (*row, state),
                )
            self._changed.notify_all()

    def misbehave(self, **how: Any) -> None:
        """Switch the fields of Mischief; without any, behave again."""
        self._switch.set(Mischief(**how))
        with self._changed:
            self._changed.notify_all()

    def mischief(self) -> dict[str, Any]:
        return asdict(self._switch.get())

    def log(self) -> list[Delivery]:
        """Every delivery that was ever asked for, oldest first."""
        return self._find("1 = 1 order by sequence")

    def settled(self) -> bool:
        """Whether nothing waits."""
        return not self._find("state = 'waiting' limit 1")

    # -- the thread

    def _run(self) -> None:
        with closing(requests.Session()) as session:
            session.trust_env = False  # a proxy of this machine is not on the way to ourselves
            while self._running:
                batch = self._next()
                for delivery in batch:
                    self._attempt(session, delivery)
                if not batch:
                    with self._changed:
                        self._changed.wait(_LOOK_SECONDS)

    def _next(self) -> list[Delivery]:
        mischief = self._switch.get()
        if mischief.held:
            return []
        due = self._find("state = 'waiting' and due <= ? order by sequence limit 50", time.time())
        fresh = [delivery for delivery in due if delivery.attempts == 0]
        again = [delivery for delivery in due if delivery.attempts]
        if not mischief.backwards or again:
            return (again if mischief.backwards else due)[:1]
        return fresh[: mischief.backwards][::-1] if len(fresh) >= mischief.backwards else []

    def _attempt(self, session: requests.Session, delivery: Delivery) -> None:
        status = _posted(session.post, delivery)
        attempts = delivery.attempts + 1
        if 200 <= status < 300:
            state, pause = "taken", 0.0
        elif attempts > len(self._retry_seconds):
            state, pause = "given up", 0.0
        else:
            state, pause = "waiting", self._retry_seconds[attempts - 1]
        with self._changed:
            self._database.execute(
                "update delivery set attempts = ?, state = ?, status = ?, due = ? where sequence = ?",
                (attempts, state, status, time.time() + pause, delivery.sequence),
            )

    def _find(self, where: str, *given: float) -> list[Delivery]:
        with self._changed:
            rows = self._database.execute(f"select {_FIELDS} from delivery where {where}", given).fetchall()  # noqa: S608  # our own words
        return [_delivery(*row) for row in rows]


def _delivery(sequence: int, about: str, url: str, body: bytes, headers: str, *rest: Any) -> Delivery:
    return Delivery(sequence, about, url, body, msgspec.json.decode(headers), *rest)


def _posted(post: Callable[..., requests.Response], delivery: Delivery) -> int:
    try:
        answer = post(
            delivery.url,
            data=delivery.body,
            headers=delivery.headers,
            timeout=ANSWER_SECONDS,
            allow_redirects=False,
        )
    except requests.RequestException:
        return 0
    return answer.status_code
