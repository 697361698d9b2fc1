"""An end for a whole exchange: a server that drips one byte a second never meets an ordinary time-out."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Timer


@contextmanager
def deadline(connection: socket.socket, seconds: float) -> Iterator[None]:
    """Shut the connection down after `seconds`, so that whoever waits on it sees it end."""
    timer = Timer(seconds, _shut, [connection])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):
        # The plain method: the one of ssl.SSLSocket forgets its TLS state under the feet of the reading thread.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
