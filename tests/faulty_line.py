"""A TCP relay that can be made to break: cut after some bytes, reset, fall silent, drip, or change what passes."""

import select
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread

_LOOK_SECONDS = 0.02


class FaultyLine:
    """Listens on `port` and passes everything on to `target`. What was said by the client is in `heard`."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.heard = bytearray()
        self.connections = 0
        self.change: Callable[[bytes], bytes] = lambda said: said  # of what the server says
        self.overhear: Callable[[bytes], object] = lambda said: None  # what the client says, before it is passed on
        self.cut_client_after: int | None = None  # bytes from the client, then the line is cut on both sides
        self._silent = Event()
        self._stopped = Event()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._lock = Lock()
        self._thread = Thread(target=self._accept, daemon=True)
        self._thread.start()

    def say(self, raw: bytes) -> None:
        """Say something to all clients in the server's name."""
        for client, _ in self._now():
            client.sendall(raw)

    def end(self) -> None:
        """Close all lines in an orderly way, as a server does that goes away."""
        for client, server in self._now():
            _shut(client)
            _shut(server)

    def reset(self) -> None:
        """Break all lines with RST."""
        for client, server in self._now():
            for side in (client, server):
                side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                side.close()

    def fall_silent(self) -> None:
        """Keep all lines open and pass nothing more, as a router does that has forgotten a connection."""
        self._silent.set()

    def stop(self) -> None:
        self._stopped.set()
        _shut(self._listener)
        self._listener.close()
        self._thread.join()
        for client, server in self._now():
            client.close()
            server.close()

    def _now(self) -> list[tuple[socket.socket, socket.socket]]:
        with self._lock:
            return list(self._pairs)

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._target)
            with self._lock:
                self.connections += 1
                self._pairs.append((client, server))
            Thread(target=self._relay, args=[client, server], daemon=True).start()

    def _relay(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError, ValueError):  # a side that `reset` or `stop` has closed
            while not self._stopped.is_set():
                readable, _, _ = select.select([client, server], [], [], _LOOK_SECONDS)
                if self._silent.is_set():
                    continue
                for side in readable:
                    if not self._pass_on(side, client, server):
                        _shut(client)
                        _shut(server)
                        return

    def _pass_on(self, side: socket.socket, client: socket.socket, server: socket.socket) -> bool:
        said = side.recv(65536)
        if not said:
            return False
        if side is server:
            client.sendall(self.change(said))
            return True
        self.heard += said
        if self.cut_client_after is not None and len(self.heard) >= self.cut_client_after:
            return False
        self.overhear(said)
        server.sendall(said)
        return True


def _shut(side: socket.socket) -> None:
    with suppress(OSError):
        side.shutdown(socket.SHUT_RDWR)


@contextmanager
def faulty_line(target: tuple[str, int]) -> Iterator[FaultyLine]:
    line = FaultyLine(target)
    try:
        yield line
    finally:
        line.stop()
