"""`manage.py simulate`: a company at work for days, by a clock of its own, on a database made for it."""

from importlib import import_module

from config import ground, throwaway


def simulate(arguments: list[str]) -> int:
    """Print one line of JSON and return the exit code: 1 if anything that must always hold did not."""
    with throwaway.database(lasting=False):  # nobody waits for the disk here; all else is as in production
        ground.set_up_django()
        code: int = import_module("tests.simulation.run").run(arguments)
        return code
