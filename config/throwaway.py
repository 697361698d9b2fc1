"""A database with all tables that is thrown away afterwards: what the check, a bench and a simulation stand on.

Making the tables takes long. So it is done once: what runs inside a check begins with a copy of what the check made.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config import keys
from config.ground import PROJECT
from config.postgres import making
from config.postgres.cluster import Cluster, url_of

WITH_TABLES = "OTVET_CLUSTER_WITH_TABLES"  # names a cluster that is stopped and stays as it is


@contextmanager
def database(*, lasting: bool) -> Iterator[Path]:
    """The settings find this database in the environment as long as this lasts; yields a folder that ends with it.

    `lasting` commits are as durable as in production; the others are quick. Raise DatabaseTrouble or
    CalledProcessError (whose program has said why) if it cannot be made.
    """
    before = dict(os.environ)
    prefix, at = "otvet-throwaway-", None if lasting else _memory()
    with tempfile.TemporaryDirectory(prefix=prefix) as name, tempfile.TemporaryDirectory(prefix=prefix, dir=at) as data:
        folder = Path(name)
        cluster = Cluster(folder / "postgres", lasting=lasting)
        tables = copy_tables(cluster.folder)
        cluster.start()
        try:
            os.environ.update(_environment(cluster, Path(data)))
            if not tables:
                _make_tables(cluster, folder / "with-tables")
            yield folder
        finally:
            cluster.stop()
            os.environ.clear()
            os.environ.update(before)


def _memory() -> Path | None:
    """A folder that no power cut leaves anything of; None where the machine has none."""
    shared = Path("/dev/shm")  # noqa: S108  # a folder of our own is made in it safely
    return shared if shared.is_dir() and os.access(shared, os.W_OK) else None


def copy_tables(folder: Path) -> bool:
    """Put a cluster with all tables at `folder` if the check around us has made one; whether it has."""
    made = os.environ.get(WITH_TABLES)
    if made:
        making.copy_cluster(Path(made), folder)
    return bool(made)


def _environment(cluster: Cluster, data: Path) -> dict[str, str]:
    (data / "static").mkdir(parents=True)  # stays empty; the file server warns if it is not there
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": url_of(cluster.folder) or "",
        "OTVET_EMBEDDED": "1",
        "OTVET_DATA": str(data),
        **keys.made(),
    }


def _make_tables(cluster: Cluster, kept: Path) -> None:
    subprocess.run([sys.executable, str(PROJECT / "manage.py"), "migrate", "-v", "0"], check=True)
    cluster.stop()
    making.copy_cluster(cluster.folder, kept)
    cluster.start()
    os.environ |= {WITH_TABLES: str(kept), "DATABASE_URL": url_of(cluster.folder) or ""}
