"""The servers of production: thin names for the ordinary commands, so that any supervisor can run them."""

import os
import sys
import threading
from signal import SIGINT, SIGTERM, signal

from config import ground

# A browser's open stream would hold the web server up for ever: after this many seconds it is cut.
GRACE = "2"
SERVERS = {
    "web": ("uvicorn", "config.asgi:application", "--lifespan", "off", "--timeout-graceful-shutdown", GRACE),
    "worker": ("celery", "-A", "config", "worker", "--without-gossip", "--without-mingle", "-O", "fair"),
    # What was due is told by rows; a schedule file would only be one more thing to lose.
    "beat": ("celery", "-A", "config", "beat", "--scheduler", "celery.beat:Scheduler"),
    "listen": (),
}


def serve(name: str, arguments: list[str]) -> None:
    """Become this server; further arguments go to it as they are. Leave with a sentence if it has no ground."""
    require_servers(f"manage.py {name}")
    if name == "listen":
        listen()
        return
    module, *rest = SERVERS[name]
    os.execv(sys.executable, [sys.executable, "-m", module, *rest, *arguments])  # noqa: S606  # no shell wanted


def require_servers(command: str) -> None:
    """Leave with a sentence if the company's own PostgreSQL or Redis is not named, or the settings refuse."""
    missing = [name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name)]
    if missing:
        sys.exit(f"{command} runs on servers of your own: set {' and '.join(missing)} (see README.md, production).")
    ground.set_up_django()


def listen() -> None:
    """Watch the mailboxes that can call us (IMAP IDLE) until told to stop."""
    from inbox.inbound import listening

    stop = threading.Event()
    for number in (SIGINT, SIGTERM):
        signal(number, lambda *_: stop.set())
    listening.run(stop)
