"""The short form of each bench: it ends, its figures count, and the second run adds nothing."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.config.desk import ask, command, environment

MESSAGES = 40


@pytest.mark.timeout(180)
@pytest.mark.parametrize("kind", ["email", "twitter", "facebook"])
def test_all_that_a_provider_holds_is_shown_once(tmp_path: Path, kind: str) -> None:
    done = ask(tmp_path, "bench", "ingest", "--kind", kind, "--count", str(MESSAGES))
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert (figures["kind"], figures["messages"], figures["second_run_added"]) == (kind, MESSAGES, 0)
    assert figures["cpu_ms_per_message"] > 0


@pytest.mark.timeout(180)
def test_a_sweep_raises_all_that_is_due_and_reads_no_big_table_through(tmp_path: Path) -> None:
    done = ask(tmp_path, "bench", "sweep", "--conversations", "20000", "--due", "200")
    assert done.stdout, done.stderr
    figures = json.loads(done.stdout)
    assert (figures["conversations"], figures["due"], figures["raised"]) == (20000, 200, 200)
    assert (figures["sequential"], figures["read_through"]) == ([], {})
    assert figures["statements"] > 20


@pytest.mark.timeout(180)
def test_what_happens_is_heard_once_by_everybody_who_listens(tmp_path: Path) -> None:
    done = ask(tmp_path, "bench", "live", "--streams", "20", "--events", "5")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert (figures["streams"], figures["events"]) == (20, 5)
    assert (figures["heard"], figures["seen_beside"]) == (100, 100)
    assert figures["fan_out_p95_ms"] > 0


@pytest.mark.chromium
@pytest.mark.timeout(480)
def test_a_screen_is_opened_by_keys_is_told_of_events_and_weighs_little(tmp_path: Path) -> None:
    short = ("--conversations", "500", "--keys", "3", "--updates", "3", "--events", "10")
    asked = command("bench", "screen", *short)
    done = subprocess.run(asked, env=environment(tmp_path), capture_output=True, text=True, check=False, timeout=450)
    assert done.stdout, done.stderr
    figures = json.loads(done.stdout)
    assert 0 < figures["script_kb"] < 60
    assert figures["script_kb"] < figures["first_load_kb"] < 150
    assert figures["key_to_paint_p95_ms"] > 0
    assert figures["event_to_list_p95_ms"] > 0


def test_a_bench_that_there_is_not_is_named_with_those_that_there_are(tmp_path: Path) -> None:
    done = ask(tmp_path, "bench", "speed")
    assert done.returncode != 0
    assert "ingest, list, live, screen, sweep" in done.stderr
