"""Waiting for news on an IMAP line (RFC 2177) without ever taking a dead line for a quiet one.

IMAPClient's own idle_check answers the end of a connection with an empty list, and breaks on a line that
comes in two pieces. Here one waits for readability and then reads whole lines, blocking; an end is an error.
"""

import imaplib
import select
import ssl
import time
from collections.abc import Iterator
from threading import Event
from typing import Any

SLICE_SECONDS = 5 * 60.0  # providers and routers drop lines that are silent for longer than ten minutes
LOOK_SECONDS = 1.0  # how late we notice that we are to stop


def news(client: Any, stop: Event, slice_seconds: float = SLICE_SECONDS) -> Iterator[None]:
    """Yield whenever mail came into the selected folder; end when `stop` is set.

    Raise OSError or IMAP4.abort for a line that ended, fell silent in the middle of a line, or said BYE.
    """
    while not stop.is_set():
        if any(_is_arrival(line) for line in idle(client, stop, slice_seconds)):
            yield None


def idle(client: Any, stop: Event, slice_seconds: float) -> list[bytes]:
    """One IDLE. Return the lines that ended it; none after a quiet slice or when `stop` is set."""
    wire = client._imap
    tag: bytes = wire._new_tag()
    wire.send(tag + b" IDLE\r\n")
    lines = _until_continued(wire, tag)
    end = time.monotonic() + slice_seconds
    while not lines and not stop.is_set():
        left = end - time.monotonic()
        if left <= 0:
            break
        if _waits(client, min(left, LOOK_SECONDS)):
            lines.append(_line(wire))
    wire.send(b"DONE\r\n")
    return lines + _until_tagged(wire, tag)


def _until_continued(wire: Any, tag: bytes) -> list[bytes]:
    """What came before the server began to wait: arrivals may be among it."""
    lines: list[bytes] = []
    while not (line := _line(wire)).startswith(b"+"):
        if line.startswith(tag):
            raise imaplib.IMAP4.abort(f"IDLE refused: {line!r}")
        lines.append(line)
    return lines


def _until_tagged(wire: Any, tag: bytes) -> list[bytes]:
    lines: list[bytes] = []
    while not (line := _line(wire)).startswith(tag):
        lines.append(line)
    if line.split(b" ", 2)[1:2] != [b"OK"]:
        raise imaplib.IMAP4.abort(f"IDLE ended with {line!r}")
    return lines


def _line(wire: Any) -> bytes:
    line: bytes = wire.readline()
    if not line.endswith(b"\n"):
        raise imaplib.IMAP4.abort("the line ended")
    if line.upper().startswith(b"* BYE"):
        raise imaplib.IMAP4.abort(line.decode("utf-8", "replace"))
    return line.rstrip(b"\r\n")


def _waits(client: Any, seconds: float) -> bool:
    """Whether something can be read within `seconds`, be it in the library's buffer, in TLS, or on the wire."""
    connection = client.socket()
    patience = connection.gettimeout()
    connection.setblocking(False)
    try:
        if client._imap.file.peek(1):
            return True
    except ssl.SSLWantReadError:
        pass
    finally:
        connection.settimeout(patience)
    poll = select.poll()
    poll.register(connection, select.POLLIN | select.POLLHUP | select.POLLERR)
    return bool(poll.poll(seconds * 1000))


def _is_arrival(line: bytes) -> bool:
    return line.upper().endswith((b" EXISTS", b" RECENT"))
