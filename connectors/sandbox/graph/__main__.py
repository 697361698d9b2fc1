"""`python -m connectors.sandbox.graph FOLDER [--port N]`: the Graph stand-in alone, for tests and benches.

Prints one line of JSON with its port once it listens, and runs until it is told to end.
"""

import argparse
import json
import signal
from pathlib import Path

from connectors.sandbox.graph.server import GraphServer


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m connectors.sandbox.graph")
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--port", type=int)
    given = arguments.parse_args()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    server = GraphServer(given.folder)
    port = server.start(given.port)
    print(json.dumps({"port": port}), flush=True)
    signal.sigwait({signal.SIGINT, signal.SIGTERM})
    server.close()


if __name__ == "__main__":
    main()
