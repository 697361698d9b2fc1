"""What is on disk: nothing that was answered is lost, whatever ends the program."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from connectors.sandbox.x.server import XServer
from connectors.sandbox.x.street import far_street
from connectors.sandbox.x.things import Account
from connectors.sandbox.x.world import World, read_log


def started(folder: Path) -> tuple["subprocess.Popen[str]", int]:
    process = subprocess.Popen(
        [sys.executable, "-m", "connectors.sandbox.x", str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, int(json.loads(process.stdout.readline())["port"])


def test_a_kill_loses_nothing_and_the_port_stays(tmp_path: Path) -> None:
    process, port = started(tmp_path)
    post = far_street(port, "post", by="carla", text="@demo hello")
    far_street(port, "direct_message", by="carla", to="demo", text="in private")
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert [effect.what for effect in read_log(tmp_path)] == ["posted", "messaged"]
    again, same_port = started(tmp_path)
    assert same_port == port
    assert far_street(port, "thread", post=post["id"])[0]["text"] == "@demo hello"
    assert [message["text"] for message in far_street(port, "messages", one="carla", other="demo")] == ["in private"]
    again.terminate()
    again.communicate()
    assert again.returncode == 0


def test_a_line_that_a_kill_left_unfinished_is_forgotten(tmp_path: Path) -> None:
    first = World(tmp_path)
    first.put(Account(first.new_id(), "carla", "Carla", 1))
    first.close()
    with (tmp_path / "journal.jsonl").open("ab") as journal:
        journal.write(b'{"things":[{"type":"Acc')
    second = World(tmp_path)
    second.put(Account(second.new_id(), "kim", "Kim", 2))
    second.close()
    third = World(tmp_path)
    assert [account.username for account in third.all(Account)] == ["carla", "kim"]
    third.close()


def test_ids_grow_also_when_the_clock_goes_back(tmp_path: Path) -> None:
    times = iter([1_800_000_000.0, 1_700_000_000.0, 1_700_000_000.0])
    world = World(tmp_path, lambda: next(times))
    ids = [int(world.new_id()) for _time in range(3)]
    world.close()
    assert ids == sorted(set(ids))


def test_ids_are_not_given_again_after_a_restart(tmp_path: Path) -> None:
    first = World(tmp_path, lambda: 1_800_000_000.0)
    made = first.new_id()
    first.put(Account(made, "carla", "Carla", 1))
    first.close()
    second = World(tmp_path, lambda: 1_700_000_000.0)
    assert int(second.new_id()) > int(made)
    second.close()


def test_looking_for_what_is_not_there_says_so(x: XServer) -> None:
    with pytest.raises(LookupError, match="there is no Post 5"):
        x.thread("5")
