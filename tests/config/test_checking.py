import pytest

from config import needs
from config.checking import report

REDIS = needs.Need("redis", "redis-server", ("redis-server",))


@pytest.fixture(autouse=True)
def _no_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)


def test_all_passed_is_zero(capsys: pytest.CaptureFixture[str]) -> None:
    assert report({"types": True, "tests": True}, []) == 0
    assert "All passed." in capsys.readouterr().out


def test_one_failure_is_named_and_fails_the_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert report({"types": False, "tests": True}, []) == 1
    assert "FAILED: types" in capsys.readouterr().out


def test_what_did_not_run_is_said_loudly_in_the_last_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert report({"tests": True}, [REDIS]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == "DID NOT RUN: the tests that need redis. Install: sudo apt-get install redis-server"


def test_in_ci_a_test_that_did_not_run_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    assert report({"tests": True}, [REDIS]) == 1
    assert report({"tests": True}, []) == 0


def test_a_program_in_sbin_is_found_by_ordinary_users_too(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "/usr/sbin" in needs.PATH
    assert needs.Need("shell", "sh", ()).is_met()
    assert not needs.Need("nothing", "no-such-program", ()).is_met()
