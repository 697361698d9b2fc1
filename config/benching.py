"""`manage.py bench NAME ...`: what things cost, on a database made for it. Prints one line of JSON."""

import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from config import ground
from config.checking import environment_for_tests
from config.postgres.cluster import Cluster

NAMES = ("ingest", "list", "live", "screen", "sweep")


def bench(arguments: list[str]) -> int:
    """Run one bench and return its exit code. Leave with a sentence for a name that there is not."""
    if not arguments or arguments[0] not in NAMES:
        sys.exit(f"manage.py bench measures one of: {', '.join(NAMES)}.")
    name, *rest = arguments
    with tempfile.TemporaryDirectory(prefix="otvet-bench-") as folder:
        # As in production: durable commits. What is measured without them is not what a company would see.
        cluster = Cluster(Path(folder) / "postgres", lasting=True)
        cluster.start()
        try:
            os.environ.update(environment_for_tests(cluster, Path(folder) / "data"))
            ground.set_up_django()
            from django.core.management import call_command

            call_command("migrate", verbosity=0)
            code: int = import_module(f"tests.benches.{name}").run(rest, Path(folder))
        finally:
            cluster.stop()
    return code
