"""The parent of the programs that read hostile payloads (`connectors.reader`).

Mail can be built to take all memory, all time, or to crash the libraries that read it. So it is read in
child processes with hard limits, one for each core, kept for many mails because starting one costs more
than reading. They see no environment, no database and no credentials.
"""

import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from connectors import reader
from connectors.contract import Change, Content, Echo, Incoming, Payload, Receipt, Revoked
from connectors.errors import Unreadable, gettext_noop

MAILS_PER_CHILD = 2000  # to start one costs as much as two hundred small ones to read
WAIT_SECONDS = 60.0  # of the clock: a child that neither works nor answers

PACKAGES = Path(__file__).parents[1]  # where a child finds our own code

_START = "import sys; sys.path[:] = sys.argv[1:]; from connectors.reader import main; main()"
_TYPES: dict[str, type[Content]] = {content.__name__: content for content in (Incoming, Echo, Receipt, Change, Revoked)}

_TOOK_TOO_LONG = gettext_noop("This cannot be shown: opening it takes longer than is allowed.")
_WAS_KILLED = gettext_noop("This cannot be shown: opening it was stopped, most likely for want of memory.")
_CRASHED = gettext_noop("This cannot be shown: the reader crashed while opening it.")


class Answer(msgspec.Struct):
    """What a child answers; see `connectors.reader`."""

    contents: list[dict[str, msgspec.Raw]] | None = None
    described: dict[str, Any] | None = None
    error: str = ""
    words: str = ""
    file: str = ""
    died: bool = False
    no_room: bool = False


class Parser:
    """A pool of children, started when needed. Safe to use from several threads; `close` ends them all."""

    def __init__(self, children: int | None = None, *, mails_per_child: int = MAILS_PER_CHILD) -> None:
        self._free = threading.BoundedSemaphore(children or os.cpu_count() or 1)
        self._lock = threading.Lock()
        self._idle: list[_Child] = []
        self._mails_per_child = mails_per_child
        self._owner = os.getpid()

    def read(self, kind: str, payload: Payload, folder: Path) -> list[Content]:
        """Translate a payload; its files go to `folder`. Raise Unreadable with a sentence for people."""
        answer = self._ask("read", kind, payload.body, folder, payload.facts)
        return [_content(content) for content in answer.contents or ()]

    def describe(self, kind: str, path: Path, folder: Path) -> Mapping[str, Any]:
        """What the connector understands of a file. Raise Unreadable with a sentence for people."""
        return self._ask("describe", kind, path, folder, {}).described or {}

    def close(self) -> None:
        """End all idle children. The pool can be used again."""
        with self._lock:
            idle, self._idle = self._idle, []
        for child in idle:
            child.end()

    def _ask(self, do: str, kind: str, body: bytes | Path, folder: Path, facts: Mapping[str, str]) -> Answer:
        request = reader.Request(do=do, kind=kind, folder=str(folder), facts=dict(facts))
        if isinstance(body, bytes):
            request.body = body
        else:
            request.path = str(body)
        with self._child() as child:
            answer = child.ask(request)
        if answer.error:
            raise Unreadable(answer.error, answer.words, died=answer.died, no_room=answer.no_room)
        return answer

    @contextmanager
    def _child(self) -> Iterator["_Child"]:
        """A child for one request; it goes back to the pool if it lives and is not worn out."""
        with self._free:
            child = self._take()
            try:
                yield child
            except BaseException:
                child.kill()
                raise
            if child.dead or child.asked >= self._mails_per_child:
                child.end()
                return
            with self._lock:
                self._idle.append(child)

    def _take(self) -> "_Child":
        with self._lock:
            if self._owner != os.getpid():
                # After a fork the children still belong to the parent: two askers would mix their answers.
                self._owner = os.getpid()
                for child in self._idle:
                    child.forget()
                self._idle = []
            while self._idle:
                child = self._idle.pop()
                if child.lives():
                    return child
                child.end()
        return _Child()


class _Child:
    """One reading program."""

    def __init__(self) -> None:
        paths = [path for path in sys.path if path]
        self.asked = 0
        self.dead = False
        self._process = subprocess.Popen(
            [sys.executable, "-S", "-E", "-P", "-c", _START, str(PACKAGES), *paths],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            start_new_session=True,  # a Ctrl-C meant for us would make it break a mail off
        )

    def lives(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: reader.Request) -> Answer:
        """Hand over one request and wait for its answer; a death becomes an answer too."""
        self.asked += 1
        assert self._process.stdin
        try:
            self._process.stdin.write(msgspec.json.encode(request) + b"\n")
            self._process.stdin.flush()
            line = self._line()
        except BrokenPipeError:
            line = b""
        answer = _decoded(line)
        if answer is None:
            self.dead = True
            return Answer(error=self._cause_of_death(), died=True)
        self.dead = answer.died
        return answer

    def _line(self) -> bytes:
        """What it writes up to the end of a line; less if it dies or is silent for too long."""
        assert self._process.stdout
        descriptor = self._process.stdout.fileno()
        deadline = time.monotonic() + WAIT_SECONDS
        pieces: list[bytes] = []
        while not (pieces and pieces[-1].endswith(b"\n")):
            ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
            piece = os.read(descriptor, 1 << 16) if ready else b""
            if not piece:
                break
            pieces.append(piece)
        return b"".join(pieces)

    def _cause_of_death(self) -> str:
        self.kill()
        code = self._process.wait()
        if code == -signal.SIGXCPU:
            return _TOOK_TOO_LONG
        return _WAS_KILLED if code == -signal.SIGKILL else _CRASHED

    def end(self) -> None:
        """Close its input, at which it ends, and wait for that."""
        self.forget()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """Stop it at once."""
        if self.lives():
            try:
                self._process.wait(timeout=0.2)  # it may be dying already, of a cause worth knowing
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process.wait()
        self.forget()

    def forget(self) -> None:
        """Close our ends of its pipes."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue


def _decoded(line: bytes) -> Answer | None:
    """The answer in a line, or in the file it names; None for half a line and for what is no answer."""
    if not line.endswith(b"\n"):
        return None
    try:
        answer = msgspec.json.decode(line, type=Answer)
        return msgspec.json.decode(Path(answer.file).read_bytes(), type=Answer) if answer.file else answer
    except (msgspec.DecodeError, OSError):
        return None


def _content(content: Mapping[str, msgspec.Raw]) -> Content:
    kind = msgspec.json.decode(content["type"], type=str)
    return msgspec.json.decode(content["value"], type=_TYPES[kind])


_shared = Parser()


def read(kind: str, payload: Payload, folder: Path) -> Sequence[Content]:
    """Translate a payload in a limited child of this process's pool. Raise Unreadable."""
    return _shared.read(kind, payload, folder)
