from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.sandbox.hooks import Hooks
from tests.connectors.sandbox.receiver import Receiver, receiver
from tests.waiting import until


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as kept:
        yield kept


@pytest.fixture
def hooks(tmp_path: Path) -> Iterator[Hooks]:
    made = Hooks(tmp_path, retry_seconds=(0.01, 0.01))
    made.start()
    yield made
    made.close()


def test_bodies_arrive_byte_for_byte_in_order_with_their_headers(hooks: Hooks, there: Receiver) -> None:
    for body in (b'{"a":"\\u00e4"}', b"{}", b"last"):
        hooks.post(there.url, body, {"x-signed": "yes"})
    until(hooks.settled, "all is delivered")
    assert there.bodies() == [b'{"a":"\\u00e4"}', b"{}", b"last"]
    assert there.got[0][0]["x-signed"] == "yes"
    assert [delivery.state for delivery in hooks.log()] == ["taken"] * 3


def test_what_is_not_taken_comes_again(hooks: Hooks, there: Receiver) -> None:
    there.statuses = [500, 503]
    hooks.post(there.url, b"refused", {})
    until(hooks.settled, "all is delivered")
    assert there.bodies() == [b"refused"] * 3
    assert [(delivery.state, delivery.status) for delivery in hooks.log()] == [("taken", 200)]


def test_a_refused_delivery_is_given_up_after_the_last_pause(hooks: Hooks, there: Receiver) -> None:
    there.statuses = [500] * 9
    hooks.post(there.url, b"refused", {})
    until(hooks.settled, "all is delivered")
    assert [(delivery.state, delivery.attempts) for delivery in hooks.log()] == [("given up", 3)]


def test_copies_arrive_twice_and_none_is_a_loss(hooks: Hooks, there: Receiver) -> None:
    hooks.misbehave(copies=2)
    hooks.post(there.url, b"twice", {})
    hooks.misbehave(copies=0)
    hooks.post(there.url, b"lost", {})
    until(hooks.settled, "all is delivered")
    assert there.bodies() == [b"twice", b"twice"]
    assert [delivery.state for delivery in hooks.log()] == ["taken", "taken", "lost"]


def test_backwards_waits_for_all_and_sends_the_last_first(hooks: Hooks, there: Receiver) -> None:
    hooks.misbehave(backwards=3)
    for body in (b"1", b"2", b"3"):
        hooks.post(there.url, body, {})
    until(hooks.settled, "all is delivered")
    assert there.bodies() == [b"3", b"2", b"1"]


def test_what_was_held_at_the_end_of_one_life_is_sent_in_the_next(tmp_path: Path, there: Receiver) -> None:
    first = Hooks(tmp_path)
    first.misbehave(held=True)
    first.start()
    first.post(there.url, b"late", {})
    first.close()
    second = Hooks(tmp_path)
    second.misbehave()
    second.start()
    until(second.settled, "all is delivered")
    second.close()
    assert there.bodies() == [b"late"]


def test_a_delayed_delivery_is_due_later(hooks: Hooks, there: Receiver) -> None:
    hooks.misbehave(delay_seconds=3600)
    hooks.post(there.url, b"late", {})
    hooks.misbehave()
    hooks.post(there.url, b"at once", {})
    until(there.bodies, "the second arrives")
    late, _at_once = hooks.log()
    assert (late.state, late.due - late.at) == ("waiting", 3600)
    assert there.bodies() == [b"at once"]
