"""`python -m connectors.sandbox.mail FOLDER [--imap PORT] [--smtp PORT]`: the mail server alone, for tests and benches.

Prints one line of JSON with its ports once it listens, and runs until it is told to end.
"""

import argparse
import json
import signal
from pathlib import Path

from connectors.sandbox.mail.server import MailServer, Ports


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m connectors.sandbox.mail")
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--imap", type=int, default=0)
    arguments.add_argument("--smtp", type=int, default=0)
    given = arguments.parse_args()
    server = MailServer(given.folder)
    chosen = Ports(given.imap, given.smtp) if given.imap or given.smtp else None
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    ports = server.start(chosen)
    print(json.dumps({"imap": ports.imap, "smtp": ports.smtp}), flush=True)
    signal.sigwait({signal.SIGINT, signal.SIGTERM})
    server.stop()


if __name__ == "__main__":
    main()
