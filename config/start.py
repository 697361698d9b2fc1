"""`manage.py start`: from a bare machine to an address and the links to sign in with."""

import argparse
import errno
import os
import signal
import socket
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Thread
from typing import TYPE_CHECKING

from config import ground, servers
from config.postgres.cluster import Cluster

if TYPE_CHECKING:  # what stands beyond the ground is imported when there is one
    import redis

    from config.street.town import Town

HOST = "127.0.0.1"


def start(arguments: list[str]) -> None:
    """Run everything until Ctrl-C or SIGTERM. Leave with one sentence and a non-zero code if it cannot."""
    port = _port(arguments)
    os.environ.setdefault("PUBLIC_URL", f"http://{HOST}:{port}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    embedded = not os.environ.get("DATABASE_URL")
    if embedded and os.environ.get("REDIS_URL"):
        sys.exit("REDIS_URL is set and DATABASE_URL is not: set both to use your own servers, or neither.")
    if not embedded:
        servers.require_servers("manage.py start with DATABASE_URL")
    with ground.database(about=f"start at {_address()}/") as cluster:
        listener = _listen_on(port)
        _say("Preparing the database ...")
        ground.set_up_django()
        _refuse_silent_servers()
        _migrate()
        if embedded:
            well = _serve_demo(listener, cluster)
        else:
            link = _first_admin_link()  # made now: the web server's loop may ask no database
            well = _serve(listener, cluster, lambda: _welcome(link))
        _say("Otvet has stopped." if well else "Otvet has stopped: a part of it failed (the reason stands above).")
    sys.stdout.flush()
    sys.stderr.flush()
    # A task may still hang in a slow network call; its row says so, and nobody needs to wait for it.
    os._exit(0 if well else 1)


def _port(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="manage.py start", description="Run Otvet.")
    parser.add_argument("--port", type=int, default=8000, help="where the pages are served (default 8000)")
    port: int = parser.parse_args(arguments).port
    if not 0 < port < 65536:
        parser.error("a port is a number from 1 to 65535")
    return port


def _listen_on(port: int) -> socket.socket:
    """The socket itself, not a promise: between a look at the port and its use another could take it."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(128)
    except OSError as trouble:
        if trouble.errno == errno.EADDRINUSE:
            sys.exit(f"Port {port} is busy: another program listens there; try manage.py start --port {port + 1}")
        sys.exit(f"Otvet may not listen on port {port}: {trouble.strerror}; try manage.py start --port 8000")
    return listener


def _refuse_silent_servers() -> None:
    """Leave with a sentence if a server that was named does not answer now."""
    import psycopg
    import redis
    from django.conf import settings

    try:
        psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=5).close()
    except psycopg.Error as trouble:
        sys.exit(f"PostgreSQL at DATABASE_URL refuses us: {' '.join(str(trouble).split())}")
    try:
        if settings.REDIS_URL:
            line = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5)
            line.ping()
            _refuse_forgetful(line)
    except (redis.RedisError, ValueError) as trouble:
        sys.exit(f"Redis at REDIS_URL refuses us: {trouble}")


def _refuse_forgetful(line: "redis.Redis") -> None:
    """A Redis that is full throws the queue itself away, and says nothing, unless it is told to keep everything."""
    import redis

    try:
        policy = line.config_get("maxmemory-policy").get("maxmemory-policy", "noeviction")
    except redis.ResponseError:
        return  # a hosted one does not tell
    if policy != "noeviction":
        sys.exit(
            f"Redis at REDIS_URL forgets what it has no room for ({policy}): set maxmemory-policy noeviction there."
        )


def _migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    if not os.environ.get("OTVET_EMBEDDED"):
        call_command("collectstatic", verbosity=0, interactive=False)


def _demo_links(town: "Town") -> list[str]:
    from config import demo

    now = datetime.now(UTC)
    people = demo.prepare(town.ports, now)
    demo.connect_networks(town, now)
    links = [f"  {name:4} {role:11} {_address()}{path}" for name, role, path in people]
    return ["Sign in (each link works once):", *links]


def _first_admin_link() -> list[str]:
    from config import demo

    path = demo.first_admin_path(datetime.now(UTC))
    return ["Make the first admin (this link works once):", f"  {_address()}{path}"] if path else []


def _serve_demo(listener: socket.socket, cluster: Cluster | None) -> bool:
    """The company of the demo, with its customers' servers around it; only the embedded default has them."""
    from config import demo
    from config.street.town import open_town

    with open_town(ground.data_folder() / "sandbox") as town:
        links = _demo_links(town)

        def when_up() -> None:
            _welcome(links)
            # The networks try our address before they believe it, so it must be answered already.
            Thread(target=demo.subscribe, name="subscribing", daemon=True).start()

        return _serve(listener, cluster, when_up)


def _serve(listener: socket.socket, cluster: Cluster | None, when_up: Callable[[], None]) -> bool:
    from config import embedded

    return embedded.serve(listener, cluster, when_up=when_up)


def _welcome(links: list[str]) -> None:
    print("\n".join(["", f"Otvet runs at {_address()}/  (Ctrl-C stops it)", "", *links, ""]), flush=True)


def _address() -> str:
    return os.environ["PUBLIC_URL"].rstrip("/")


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
