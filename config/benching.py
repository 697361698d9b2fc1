"""`manage.py bench NAME ...`: what things cost, on a database made for it. Prints one line of JSON."""

import sys
from importlib import import_module

from config import ground, throwaway

NAMES = ("ingest", "list", "live", "screen", "sweep")


def bench(arguments: list[str]) -> int:
    """Run one bench and return its exit code. Leave with a sentence for a name that there is not."""
    if not arguments or arguments[0] not in NAMES:
        sys.exit(f"manage.py bench measures one of: {', '.join(NAMES)}.")
    name, *rest = arguments
    # As in production: durable commits. What is measured without them is not what a company would see.
    with throwaway.database(lasting=True) as folder:
        ground.set_up_django()
        code: int = import_module(f"tests.benches.{name}").run(rest, folder)
        return code
