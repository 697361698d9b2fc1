"""Three days of a small company: everything that can happen does, and nothing that must hold is broken."""

import json
import subprocess
from pathlib import Path

import pytest

from reports.invariants import INVARIANTS
from tests.config.desk import command, environment

SMALL = ("--days", "3", "--agents", "10", "--per-day", "30")


@pytest.mark.timeout(900)
def test_nothing_breaks_in_three_days(tmp_path: Path) -> None:
    asked = command("simulate", *SMALL)
    done = subprocess.run(asked, env=environment(tmp_path), capture_output=True, text=True, check=False, timeout=840)
    assert done.stdout, done.stderr
    figures = json.loads(done.stdout)
    assert figures["violations"] == dict.fromkeys(INVARIANTS, 0)
    assert figures["longest_without_responsible_s"] == 0
    assert done.returncode == 0, done.stderr
    assert min(figures["evaluated"].values()) >= 12, "each was asked every six hours"
    assert figures["conversations"] >= 90
    assert figures["passes_by_kind"].keys() >= {"opened", "routed", "passed_on", "timed_out", "shift_end", "taken_over"}
    assert set(figures["per_level"]) == {"1", "2", "3"}
