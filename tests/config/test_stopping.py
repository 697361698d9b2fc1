"""However it ends, no process is left and no data is lost."""

import signal
from pathlib import Path

import pytest

from tests.config.desk import end, start
from tests.waiting import until


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("a desk") / "data"


@pytest.mark.parametrize("way", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_every_process(way: signal.Signals, data: Path) -> None:
    running = start(data)
    family = running.family()
    assert len(family) > 3
    running.process.send_signal(way)
    running.process.communicate(timeout=60)
    assert running.process.returncode == 0
    assert not [process for process in family if process.is_running()]


def test_after_a_kill_nothing_is_left_and_the_next_start_has_the_data(data: Path) -> None:
    running = start(data)
    keys = (data / "keys.env").read_text()
    family = running.family()
    running.process.kill()
    running.process.communicate(timeout=60)
    until(lambda: not [process for process in family if process.is_running()], "every process has ended")
    again = start(data)
    assert (data / "keys.env").read_text() == keys
    end(again)
