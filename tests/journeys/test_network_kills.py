"""Processes die by SIGKILL on the way between a network and the screen: nothing is lost, nothing is said twice."""

from collections.abc import Callable, Iterator

import pytest

from tests.journeys import kills
from tests.journeys.network_houses import OnNetwork, house_on

pytestmark = [pytest.mark.kill, pytest.mark.redis, pytest.mark.timeout(600)]


# On each stretch of the way on one of them; the command kills at every point on both.
OF_THE_WORKER = [
    ("x", "after_drop_commit"),
    ("x", "after_accepted"),
    ("facebook", "before_receive_commit"),
    ("facebook", "after_wire"),
]
BY_A_WEBHOOK = [("x", "after_drop_commit"), ("facebook", "before_drop_commit")]


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], OnNetwork]]:
    """A house of each network that is asked for, made once: a fixture with parameters is made again for each test."""
    made: dict[str, OnNetwork] = {}

    def house(name: str) -> OnNetwork:
        if name not in made:
            made[name] = house_on(name, tmp_path_factory.mktemp("network") / name)
            kills.furnish(made[name])
        return made[name]

    yield house
    for each in made.values():
        each.close()


@pytest.fixture
def house(request: pytest.FixtureRequest, houses: Callable[[str], OnNetwork]) -> OnNetwork:
    return houses(request.param)


@pytest.mark.parametrize(("house", "point"), OF_THE_WORKER, indirect=["house"])
def test_a_worker_is_killed(house: OnNetwork, point: str) -> None:
    assert kills.of_worker(house, point).is_clean


@pytest.mark.parametrize(("house", "point"), BY_A_WEBHOOK, indirect=["house"])
def test_the_web_server_is_killed_by_a_webhook(house: OnNetwork, point: str) -> None:
    assert kills.of_webhook(house, point).is_clean
