"""An ASGI app that listens on this machine, in a thread of its own, at a port that its folder remembers."""

import asyncio
import json
import socket
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

from starlette.types import ASGIApp, Receive, Scope
from uvicorn import Config, Server
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from connectors.sandbox.disk import write_whole

HOST = "127.0.0.1"
_START_SECONDS = 30


class Served:
    """An app and the thread that serves it. It can be started again after `stop`."""

    def __init__(self, folder: Path, app: ASGIApp) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._remembered = folder / "port.json"
        self._app = app
        self._server: _Announced | None = None
        self._thread: Thread | None = None

    def start(self, port: int | None = None) -> int:
        """Listen at this port, else at that of last time, else at a free one, and return which.

        Raise OSError when it is taken.
        """
        listening = socket.create_server((HOST, self._last_port() if port is None else port))
        chosen = int(listening.getsockname()[1])
        config = Config(
            self._app, http=_Cuttable, ws="none", lifespan="off", log_config=None, access_log=False, loop="asyncio"
        )
        config.timeout_graceful_shutdown = 1
        self._server = _Announced(config)
        self._thread = Thread(target=self._server.run, args=[[listening]], name="sandbox", daemon=True)
        self._thread.start()
        if not self._server.ready.wait(_START_SECONDS):
            raise TimeoutError("the stand-in did not start")
        write_whole(self._remembered, json.dumps(chosen).encode())
        return chosen

    def stop(self) -> None:
        """End all connections and stop listening."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join()
        self._server = None

    def _last_port(self) -> int:
        try:
            return int(json.loads(self._remembered.read_bytes()))
        except FileNotFoundError:
            return 0


async def cut(scope: Scope, receive: Receive) -> None:
    """End the connection of this request here and now, and wait until it is gone.

    What was given to `send` before is still delivered: an app that began a longer answer cuts it in the middle.
    """
    transport: asyncio.Transport = scope["extensions"]["cut"]["transport"]
    transport.close()
    with suppress(asyncio.CancelledError):
        while (await receive())["type"] != "http.disconnect":
            pass


class _Announced(Server):
    """A server that says when it listens."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.ready = Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


class _Cuttable(HttpToolsProtocol):
    """Lets the app reach its connection, which ASGI alone does not."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {"cut": {"transport": self.transport}}
