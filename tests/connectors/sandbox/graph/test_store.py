"""The memory of the platform: whole or not at all, from any thread."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from connectors.sandbox.graph.store import Shelf, Store
from connectors.sandbox.graph.things import Like


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "graph.sqlite3")
    yield store
    store.close()


def like(store: Store) -> None:
    with store.whole():
        number = store.next("like")
        Shelf(store, Like).put(Like(id=str(number), place="post", author="carla"))
        store.note(number, "like", {"id": number})


def test_what_fails_in_the_middle_leaves_nothing(store: Store) -> None:
    def like_and_fail() -> None:
        with store.whole():
            like(store)
            raise ZeroDivisionError

    like(store)
    with pytest.raises(ZeroDivisionError):
        like_and_fail()
    assert [one.id for one in Shelf(store, Like).all()] == ["1"]
    assert [effect.sequence for effect in store.effects()] == [1]


def test_many_threads_lose_and_double_nothing(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(like, [store] * 80))
    assert [int(one.id) for one in Shelf(store, Like).at("post")] == list(range(1, 81))
    assert [effect.body["id"] for effect in store.effects()] == list(range(1, 81))


def test_a_thing_that_changes_keeps_its_place(store: Store) -> None:
    shelf = Shelf(store, Like)
    for name in ("1", "2", "3"):
        shelf.put(Like(id=name, place="post", author="carla"))
    shelf.put(Like(id="1", place="post", author="max"))
    assert [(one.id, one.author) for one in shelf.at("post")] == [("1", "max"), ("2", "carla"), ("3", "carla")]
    shelf.drop("2")
    assert [one.id for one in shelf.all()] == ["1", "3"]
