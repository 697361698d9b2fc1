"""The same short journey with Redis and without: the broker only hints, and may lose everything it has."""

import subprocess
from typing import Any

import pytest

from tests.journeys.houses import Embedded, House, Split
from tests.journeys.staff import Clerk

pytestmark = pytest.mark.timeout(600)


def journey(house: House, clerk: Clerk, *, hurry: bool = False) -> None:
    """A mail comes in, is answered, and the answer goes out once: the mail server says so."""
    before = house.witness.sent_out()
    house.write(2)
    house.settle(clerk, hurry=hurry)
    (answer,) = clerk.ask("answer", count=1)
    house.settle(clerk, hurry=hurry)
    assert house.witness.sent_out() - before == {answer: 1}
    assert house.judge(clerk).is_clean


def redis_says(house: Split, *command: str) -> Any:
    cli = ["redis-cli", "-p", str(house.redis_port), *command]
    return subprocess.run(cli, check=True, capture_output=True, text=True).stdout.strip()


@pytest.mark.redis
def test_a_mail_is_answered_with_redis(split: Split) -> None:
    with split.running("listen"), split.running("worker"), split.running("beat"):
        journey(split, split.clerk)


@pytest.mark.redis
def test_the_workers_may_be_processes_of_their_own_too(split: Split) -> None:
    with split.running("worker", pool="prefork"):
        journey(split, split.clerk, hurry=True)


@pytest.mark.redis
def test_nothing_is_lost_with_all_that_redis_had(split: Split) -> None:
    split.write(2)
    (answer,) = split.clerk.ask("answer", count=1)
    split.clerk.ask("ring")
    assert int(redis_says(split, "LLEN", "celery")) > 0
    assert redis_says(split, "FLUSHALL") == "OK"
    with split.running("listen"), split.running("worker"), split.running("beat"):
        split.settle(split.clerk, hurry=False)
    assert split.witness.sent_out()[answer] == 1
    assert split.judge(split.clerk).is_clean


@pytest.mark.redis
def test_the_workers_go_on_after_redis_was_killed(split: Split) -> None:
    with split.running("listen"), split.running("worker"), split.running("beat"):
        split.redis.kill()
        split.redis.wait()
        split.write(2)
        (answer,) = split.clerk.ask("answer", count=1)  # nobody hears the hint, and nobody waits for it
        split.redis = split.start_redis()
        split.settle(split.clerk, hurry=False)
    assert split.witness.sent_out()[answer] == 1
    assert split.judge(split.clerk).is_clean


@pytest.mark.kill
def test_a_mail_is_answered_with_everything_in_one_process(embedded: Embedded) -> None:
    running = embedded.start()
    try:
        with embedded.clerk() as clerk:
            journey(embedded, clerk)
    finally:
        embedded.stop(running)
