"""The program that reads hostile payloads: without Django, without credentials, within limits.

Started by `inbox.parser` as `python -S -E -P -c "..."`. It takes one JSON line for each payload from its
standard input and answers each with one JSON line; it ends when its input ends, so also when its parent dies.

Requests: `{"do": "read", "kind": "email", "path": ..., "folder": ..., "facts": {...}}` or `{"do": "describe", ...}`;
what is small comes along: instead of `path` there is `body`, in base64.
Answers: `{"contents": [{"type": "Incoming", "value": {...}}]}`, `{"described": {...}}`, or `{"error": sentence,
"words": ..., "died": bool, "no_room": bool}`; an answer of more than `LINE_BYTES` is put into a file: `{"file": path}`.

A channel that is read here has a module `reading` with `read(payload, folder)` and, if its payloads can be
described to an admin, a module `inspecting` with `describe(path)`. Neither may import what talks to the provider.
"""

import os
import resource
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from connectors.contract import Payload
from connectors.errors import NO_ROOM, Unreadable, gettext_noop, is_no_room

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 5  # for each payload
LINE_BYTES = 1 << 18

OUT_OF_MEMORY = gettext_noop("This cannot be shown: opening it needs more memory than is allowed.")
TOO_COMPLEX = gettext_noop("This cannot be shown: it is nested too deeply.")
_NO_ROOM = {"error": NO_ROOM, "words": "", "died": False, "no_room": True}
UNEXPECTED = gettext_noop("This cannot be shown: the reader came upon something it does not know.")


class Request(msgspec.Struct):
    """What the parent asks for."""

    do: str
    kind: str
    folder: str
    path: str = ""
    body: bytes = b""
    facts: dict[str, str] = {}


def main() -> None:
    """Answer requests until there are no more."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not speak into the answers
    serve(sys.stdin.buffer, answers)


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer each line of `requests`. After a lack of memory this process ends: its heap is not to be trusted."""
    for line in requests:
        request = msgspec.json.decode(line, type=Request)
        grant_time()
        answer = answered(request)
        answers.write(msgspec.json.encode(_handed_over(answer, Path(request.folder))) + b"\n")
        answers.flush()
        if answer.get("died"):
            return


def grant_time() -> None:
    """Move the soft limit on, so that each payload has the same time."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime)
    resource.setrlimit(resource.RLIMIT_CPU, (used + 1 + CPU_SECONDS, resource.RLIM_INFINITY))


def answered(request: Request) -> dict[str, Any]:
    """Do what is asked; whatever goes wrong becomes an answer."""
    try:
        return _DOING[request.do](request)
    except Unreadable as error:
        return {"error": str(error), "words": error.words, "died": False}
    except MemoryError:
        return {"error": OUT_OF_MEMORY, "words": "", "died": True}
    except RecursionError:
        return {"error": TOO_COMPLEX, "words": "", "died": True}
    except Exception as error:  # a mail that finds a mistake of ours must not stop the ones behind it
        if is_no_room(error):
            return _NO_ROOM
        return {"error": UNEXPECTED, "words": f"{type(error).__name__}: {error}"[:500], "died": False}


def _read(request: Request) -> dict[str, Any]:
    read = import_module(f"connectors.{request.kind}.reading").read
    body = Path(request.path) if request.path else request.body
    contents = read(Payload(body=body, facts=request.facts), Path(request.folder))
    return {"contents": [{"type": type(content).__name__, "value": content} for content in contents]}


def _describe(request: Request) -> dict[str, Any]:
    describe = import_module(f"connectors.{request.kind}.inspecting").describe
    return {"described": describe(Path(request.path))}


_DOING: dict[str, Callable[[Request], dict[str, Any]]] = {"read": _read, "describe": _describe}


def _handed_over(answer: dict[str, Any], folder: Path) -> dict[str, Any] | msgspec.Raw:
    try:
        return _short(answer, folder)
    except OSError as error:
        if is_no_room(error):
            return _NO_ROOM
        raise


def _short(answer: dict[str, Any], folder: Path) -> dict[str, Any] | msgspec.Raw:
    """The answer itself, or where it lies if it is long."""
    encoded = msgspec.json.encode(answer)
    if len(encoded) <= LINE_BYTES:
        return msgspec.Raw(encoded)
    folder.mkdir(exist_ok=True)  # a mail without files has put nothing there
    path = folder / "answer.json"
    path.write_bytes(encoded)
    return {"file": str(path), "died": bool(answer.get("died"))}
