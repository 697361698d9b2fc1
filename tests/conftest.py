"""What every test stands on: a database of its own, and no test whose program is not on this machine.

`manage.py test` has laid the ground already; run by hand, pytest lays it here, before any setting is read.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import django
import pytest
from django.db import connection

from config import needs, throwaway
from config.postgres.making import DATABASE

SLOW = {"chromium", "kill"}

_ground = ExitStack()
_left_out = pytest.StashKey[int]()


if not os.environ.get("DATABASE_URL"):
    _ground.enter_context(throwaway.database(lasting=False))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()  # now, because the tests of the inbox import models; pytest-django had looked for settings before this


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The tests' database begins as a copy of the one that has all tables; on a server of one's own it is empty."""
    if throwaway.WITH_TABLES in os.environ:
        connection.settings_dict["TEST"]["TEMPLATE"] = DATABASE


@pytest.fixture(scope="session", autouse=True)
def no_hint_outlives_its_test() -> Iterator[None]:
    """A test has no broker; a hint given when its quiet is over would meet the dead one in another test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("escalation.hints.publish", lambda task: None)
        yield


def pytest_unconfigure() -> None:
    _ground.close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    markers = {need.marker for need in needs.missing()}
    out = [item for item in items if markers & {mark.name for mark in item.iter_markers()}]
    config.stash[_left_out] = len(out)
    config.hook.pytest_deselected(items=out)
    kept = [item for item in items if not markers & {mark.name for mark in item.iter_markers()}]
    # What needs real programs takes longest: it comes first, so that all who share the tests are done at one time.
    items[:] = sorted(kept, key=lambda item: not SLOW & {mark.name for mark in item.iter_markers()})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if count := config.stash.get(_left_out, 0):
        programs = ", ".join(need.program for need in needs.missing())
        terminalreporter.write_line(f"{count} tests did not run: this machine has no {programs}", red=True, bold=True)
