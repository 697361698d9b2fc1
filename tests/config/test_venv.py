import ast
import hashlib
import importlib.util
import shutil
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from config import venv

REQUIREMENTS = "uv==1.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\nother==2.0 \\\n    --hash=sha256:cc\n"
Usage = namedtuple("Usage", "total used free")


class Installer:
    """Stands where programs are run; makes what they would make."""

    def __init__(self, folder: Path, *, fails: str = "nothing") -> None:
        self.folder = folder
        self.fails = fails
        self.ran: list[str] = []

    def __call__(self, command: list[str]) -> bool:
        line = " ".join(command)
        self.ran.append(line)
        if "-m venv" in line:
            (self.folder / "bin").mkdir(parents=True)
            (self.folder / "bin/python").touch()
        return self.fails not in line


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "requirements.txt").write_text(REQUIREMENTS)
    return tmp_path


def install(place: Path, monkeypatch: pytest.MonkeyPatch, *, fails: str = "nothing") -> list[str]:
    installer = Installer(place / ".venv", fails=fails)
    monkeypatch.setattr(venv, "_succeeds", installer)
    venv.make(place / ".venv", place / "requirements.txt")
    return installer.ran


def is_whole(place: Path) -> bool:
    return venv.is_whole(place / ".venv", place / "requirements.txt")


def test_an_environment_is_made_with_uv_and_then_whole(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = install(place, monkeypatch)
    assert ["-m venv" in ran[0], "pip install" in ran[1], "uv pip sync" in ran[2]] == [True] * 3
    assert len(ran) == 3
    assert is_whole(place)


def test_a_half_made_environment_is_built_anew(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / ".venv/bin").mkdir(parents=True)
    (place / ".venv/bin/python").touch()
    (place / ".venv/bin/left-over").touch()
    assert not is_whole(place)
    assert "-m venv" in install(place, monkeypatch)[0]
    assert not (place / ".venv/bin/left-over").exists()
    assert is_whole(place)


def test_new_requirements_are_installed_into_the_environment_that_is_there(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(place, monkeypatch)
    (place / "requirements.txt").write_text(REQUIREMENTS.replace("2.0", "3.0"))
    assert not is_whole(place)
    assert not any("-m venv" in line for line in install(place, monkeypatch))
    assert is_whole(place)


def test_pip_installs_everything_where_uv_cannot(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = install(place, monkeypatch, fails="uv pip sync")
    assert ran[-1].endswith(f"--require-hashes -r {place}/requirements.txt")
    assert is_whole(place)


def test_an_install_that_fails_ends_in_a_sentence_and_stays_half_made(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit, match="is this machine online"):
        install(place, monkeypatch, fails="pip install")
    assert not is_whole(place)


def test_a_full_disk_is_one_sentence_before_anything_is_touched(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**9, 10**9, 5 * 2**20))
    with pytest.raises(SystemExit, match=r"is full: 5 MB are free, and Otvet needs 900 MB\.$"):
        install(place, monkeypatch)
    assert not (place / ".venv").exists()


def test_the_pins_of_one_package_end_before_the_next() -> None:
    assert venv.pins_of("uv", REQUIREMENTS) == REQUIREMENTS[: REQUIREMENTS.index("other")]


def test_the_pins_of_this_project_hold_uv_with_hashes_and_no_address() -> None:
    text = (venv.PROJECT / "requirements.txt").read_text()
    assert venv.pins_of("uv", text).count("--hash=sha256:") > 1
    assert "://" not in text


def test_an_old_python_is_told_what_is_needed() -> None:
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer; this is Python 3\.9 "):
        venv.refuse_old_python((3, 9))
    venv.refuse_old_python((3, 11))


@pytest.mark.parametrize("file", ["manage.py", "config/__init__.py", "config/venv.py"])
def test_an_old_python_can_read_what_tells_it_so(file: str) -> None:
    ast.parse((venv.PROJECT / file).read_text(), feature_version=(3, 6))


@pytest.mark.parametrize("absent", ["venv", "ensurepip"])
def test_a_python_without_venv_is_told_the_package_of_debian(absent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == absent else object())
    with pytest.raises(SystemExit, match=r"sudo apt install python3\.\d+-venv$"):
        venv.refuse_python_without_venv()


def test_a_folder_of_somebody_else_is_named(tmp_path: Path) -> None:
    assert str(tmp_path) in venv.sentence_for(PermissionError(13, "Permission denied"), tmp_path / ".venv")


def test_the_stamp_is_the_hash_of_the_requirements(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(place, monkeypatch)
    stamp = (place / ".venv/otvet-installed").read_text()
    assert stamp == hashlib.sha256(REQUIREMENTS.encode()).hexdigest()


def test_bytecode_is_kept_even_where_the_machine_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setattr(sys, "prefix", str(venv.PROJECT / ".venv"))
    monkeypatch.setattr(venv, "is_whole", lambda *_: True)
    venv.enter()
    assert not sys.dont_write_bytecode
