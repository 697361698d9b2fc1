"""What a supervisor of servers is told."""

import shutil
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.test import Client


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


def test_alive_asks_nobody_else() -> None:
    # Without the mark of pytest-django any question to the database would fail.
    assert Client().get("/livez").status_code == 200


@pytest.mark.django_db
def test_ready_when_tables_and_room_are_there() -> None:
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["problem"]) == (200, "")


@pytest.mark.django_db
def test_not_ready_without_room_on_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=1))
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert "disk" in answer.json()["problem"]


def test_not_ready_without_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> bool:
        raise DatabaseError

    monkeypatch.setattr("config.health._has_its_tables", away)
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert "database" in answer.json()["problem"]
