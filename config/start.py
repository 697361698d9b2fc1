"""`manage.py start`: from a bare machine to an address and the links to sign in with."""

import argparse
import errno
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from config import ground, servers
from config.postgres.cluster import Cluster

if TYPE_CHECKING:  # what stands beyond the ground is imported when there is one
    from connectors.sandbox.mail.server import Ports

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
            with _street() as ports:
                well = _serve(listener, cluster, _demo_links(ports))
        else:
            well = _serve(listener, cluster, _first_admin_link())
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
            redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5).ping()
    except (redis.RedisError, ValueError) as trouble:
        sys.exit(f"Redis at REDIS_URL refuses us: {trouble}")


def _migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    if not os.environ.get("OTVET_EMBEDDED"):
        call_command("collectstatic", verbosity=0, interactive=False)


@contextmanager
def _street() -> "Iterator[Ports]":
    """The mail server where the demo's customers live; only the embedded default has one."""
    from config import street
    from connectors.sandbox.mail.server import MailServer

    server = MailServer(ground.data_folder() / "sandbox")
    ports = server.start()
    street.open_street(server, ports)
    # The one list that lets a line be plain and a machine be this one; nobody but the embedded default sets it.
    os.environ["OTVET_REACH"] = ",".join(f"{HOST}:{port}" for port in (ports.imap, ports.smtp))
    try:
        yield ports
    finally:
        server.stop()


def _demo_links(ports: "Ports") -> list[str]:
    from config import demo

    people = demo.prepare(ports, datetime.now(UTC))
    links = [f"  {name:4} {role:11} {_address()}{path}" for name, role, path in people]
    return ["Sign in (each link works once):", *links]


def _first_admin_link() -> list[str]:
    from config import demo

    path = demo.first_admin_path(datetime.now(UTC))
    return ["Make the first admin (this link works once):", f"  {_address()}{path}"] if path else []


def _serve(listener: socket.socket, cluster: Cluster | None, links: list[str]) -> bool:
    from config import embedded

    return embedded.serve(listener, cluster, when_up=lambda: _welcome(links))


def _welcome(links: list[str]) -> None:
    print("\n".join(["", f"Otvet runs at {_address()}/  (Ctrl-C stops it)", "", *links, ""]), flush=True)


def _address() -> str:
    return os.environ["PUBLIC_URL"].rstrip("/")


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
