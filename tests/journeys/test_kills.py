"""Processes die by SIGKILL on the way from provider to screen and back: nothing is lost, nothing is doubled.

Twelve kills, each process at the points where most hangs on it; `python -m tests.journeys.kills` kills at every point.
"""

import sys
from pathlib import Path

import pytest

from tests.journeys import kills
from tests.journeys.houses import Embedded, Split, killed
from tests.journeys.staff import PATIENCE_SECONDS, program
from tests.waiting import until

pytestmark = [pytest.mark.kill, pytest.mark.redis, pytest.mark.timeout(600)]


@pytest.mark.parametrize(
    "point", ["after_drop_commit", "before_receive_commit", "after_delivery_claim", "after_wire", "after_accepted"]
)
def test_a_worker_is_killed(point: str, split: Split) -> None:
    assert kills.of_worker(split, point).is_clean


def test_the_database_is_killed_under_a_worker(split: Split) -> None:
    assert kills.of_database(split, "after_accepted").is_clean


def test_the_timetable_is_killed(split: Split) -> None:
    assert kills.of_timetable(split, "after_accepted").is_clean


@pytest.mark.parametrize("point", ["before_reply_commit", "after_reply_commit"])
def test_the_web_server_is_killed_about_an_answer(point: str, split: Split) -> None:
    assert kills.of_reply(split, point).is_clean


def test_the_web_server_is_killed_while_it_takes_a_file(split: Split) -> None:
    assert kills.of_upload(split, "after_upload_kept").is_clean


def test_a_planted_fault_is_seen(tmp_path: Path) -> None:
    """A worker that sends again what died on the wire: the mail server must have it twice, and the verdict say so."""
    split = Split(tmp_path / "spoilt")
    split.open()
    try:
        with split.running("worker"):
            split.write(1)
            split.settle(split.clerk, hurry=True)
        with split.running("worker", **split.armed("after_accepted")) as worker:
            (reply,) = split.clerk.ask("answer", count=1)
            split.clerk.ask("ring")
            assert killed(worker)
        split.spawn([sys.executable, "-c", program("planted.work()")], "planted", split.environment)
        with split.running("beat"):  # its sweeps find what the dead one left, once PostgreSQL knows that it is dead
            sent_out = split.witness.sent_out
            until(lambda: sent_out()[reply] == 2, "the faulty worker has sent it again", PATIENCE_SECONDS)
        split.settle(split.clerk, hurry=True)
        assert split.judge(split.clerk).duplicated == [reply]
    finally:
        split.close()


@pytest.mark.parametrize("point", ["after_drop_commit", "after_accepted"])
def test_the_one_process_of_the_embedded_default_is_killed(point: str, embedded: Embedded) -> None:
    assert kills.of_everything(embedded, point).is_clean
