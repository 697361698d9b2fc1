"""`manage.py simulate`: a company at work for days, by a clock of its own, on a database made for it."""

import os
import tempfile
from pathlib import Path

from config import ground
from config.checking import environment_for_tests
from config.postgres.cluster import Cluster


def simulate(arguments: list[str]) -> int:
    """Print one line of JSON and return the exit code: 1 if anything that must always hold did not."""
    with tempfile.TemporaryDirectory(prefix="otvet-simulation-") as folder:
        # Nobody waits for the disk here; all else is as in production.
        cluster = Cluster(Path(folder) / "postgres", lasting=False)
        cluster.start()
        try:
            os.environ.update(environment_for_tests(cluster, Path(folder) / "data"))
            ground.set_up_django()
            from django.core.management import call_command

            call_command("migrate", verbosity=0)
            from tests.simulation.run import run

            return run(arguments)
        finally:
            cluster.stop()
