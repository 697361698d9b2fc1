"""A hint may be lost; nobody waits for it and nothing fails with it."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from celery import current_app
from django.db import transaction

from inbox import wake
from inbox.desk.settle import send_again
from inbox.models import DeliveryState
from tests.inbox.desk_of_five import Desk, delivery_of, set_state


@pytest.fixture(autouse=True)
def awake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wake, "_quiet_until", 0.0)


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What reached the broker."""
    seen: list[tuple[Any, ...]] = []
    monkeypatch.setattr(wake, "publish", lambda task, args: seen.append((task, *args)))
    return seen


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that takes connections and says nothing."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def unused_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@pytest.mark.django_db(transaction=True)
def test_a_hint_is_given_only_once_the_rows_are_there(published: list[tuple[Any, ...]]) -> None:
    with transaction.atomic():
        wake.wake("inbox.outbound.tasks.send", 1)
        assert published == []
    assert published == [("inbox.outbound.tasks.send", 1)]


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_gives_no_hint(published: list[tuple[Any, ...]]) -> None:
    with transaction.atomic():
        wake.wake("inbox.outbound.tasks.send", 1)
        transaction.set_rollback(True)
    assert published == []


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_refuses_is_swallowed_and_left_alone_for_a_while(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(current_app.conf, "broker_url", f"redis://127.0.0.1:{unused_port()}/0")
    monkeypatch.setitem(current_app.conf, "broker_transport_options", {})
    for _ in range(20):
        wake.wake("inbox.outbound.tasks.send", 1)
    assert len(caplog.records) == 1  # the others did not even try
    assert "the sweep will find the work" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_hangs_is_swallowed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, silent: int
) -> None:
    monkeypatch.setitem(current_app.conf, "broker_url", f"redis://127.0.0.1:{silent}/0")
    monkeypatch.setitem(current_app.conf, "broker_transport_options", {})
    wake.wake("inbox.outbound.tasks.send", 1)
    assert "the sweep will find the work" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_stops_no_person(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(current_app.conf, "broker_url", f"redis://127.0.0.1:{unused_port()}/0")
    monkeypatch.setitem(current_app.conf, "broker_transport_options", {})
    delivery = delivery_of(desk.answers(desk.problem()))
    set_state(delivery, DeliveryState.NEEDS_HUMAN)
    send_again(delivery, by=desk.ada, now=desk.later())
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.QUEUED
