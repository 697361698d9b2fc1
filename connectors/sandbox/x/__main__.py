"""`python -m connectors.sandbox.x FOLDER [--port N]`: X alone, for tests and benches.

Prints one line of JSON with its port once it listens, and runs until it is told to end.
"""

import argparse
import json
import signal
from pathlib import Path

from connectors.sandbox.x.server import XServer


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m connectors.sandbox.x")
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--port", type=int)
    given = arguments.parse_args()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    server = XServer(given.folder)
    print(json.dumps({"port": server.start(given.port)}), flush=True)
    signal.sigwait({signal.SIGINT, signal.SIGTERM})
    server.stop()


if __name__ == "__main__":
    main()
