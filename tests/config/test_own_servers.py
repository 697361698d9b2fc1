"""`manage.py start` on a company's own PostgreSQL and Redis: no demo, one link that makes the first admin."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
import redis

from config import keys
from config.postgres.cluster import Cluster, url_of
from tests.config.desk import ask, end, free_port, start
from tests.waiting import until

pytestmark = pytest.mark.redis


@pytest.fixture
def database(tmp_path: Path) -> Iterator[str]:
    cluster = Cluster(tmp_path / "postgres", lasting=False)
    cluster.start()
    yield url_of(cluster.folder) or ""
    cluster.stop()


@contextmanager
def broker(policy: str) -> Iterator[str]:
    port = free_port()
    command = ["redis-server", "--port", str(port), "--save", "", "--maxmemory-policy", policy]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        until(lambda: _answers(port), "Redis listens")
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.kill()
        server.wait()


def _answers(port: int) -> bool:
    try:
        return bool(redis.Redis(port=port).ping())
    except redis.ConnectionError:
        return False


def test_it_prints_one_link_that_makes_the_first_admin(database: str, tmp_path: Path) -> None:
    with broker("noeviction") as url:
        servers = {"DATABASE_URL": database, "REDIS_URL": url, **keys.made()}
        running = start(tmp_path / "data", until_it_says="/link/", **servers)
        try:
            (link,) = re.findall(r"http\S+/link/\S+", running.said)
            with urlopen(link) as page:
                assert "E-mail" in page.read().decode()
        finally:
            end(running)
    assert running.process.returncode == 0


def test_a_redis_that_forgets_is_refused(database: str, tmp_path: Path) -> None:
    with broker("allkeys-lru") as url:
        servers = {"DATABASE_URL": database, "REDIS_URL": url, **keys.made()}
        refused = ask(tmp_path / "data", "start", "--port", str(free_port()), **servers)
    assert refused.returncode == 1
    assert "forgets what it has no room for (allkeys-lru): set maxmemory-policy noeviction there." in refused.stderr
