#!/usr/bin/env python3
"""The one command of Otvet: `start`, `test`, the servers of production, and everything Django knows."""

from config import venv


def main() -> None:
    venv.enter()
    # Only now are the requirements there to be imported.
    from config.ground import run

    run()


if __name__ == "__main__":
    main()
