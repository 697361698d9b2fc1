"""Somebody whom webhooks are sent to: an HTTP server on loopback that keeps what came."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

Answer = Callable[[str], tuple[int, bytes]]


@dataclass
class Receiver:
    """What was posted here: pairs of headers in small letters and the raw body, in the order of arrival."""

    url: str
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)  # the answers to the next POSTs, then 200
    on_get: Answer = lambda _query: (404, b"")

    def bodies(self) -> list[bytes]:
        return [body for _headers, body in self.got]


@contextmanager
def receiver() -> Iterator[Receiver]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    kept = Receiver(f"http://127.0.0.1:{server.server_address[1]}/hooks/x")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            kept.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self._answer(kept.statuses.pop(0) if kept.statuses else 200, b"")

        def do_GET(self) -> None:
            self._answer(*kept.on_get(self.path.partition("?")[2]))

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server.RequestHandlerClass = Handler
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
