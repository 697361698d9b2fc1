"""What is said where the data cannot be used."""

import os
from pathlib import Path

import pytest

from config import ground


def test_data_of_a_user_without_a_name_is_refused_with_his_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def owner(_: Path) -> str:
        raise KeyError

    (tmp_path / "keys.env").touch()
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "stat", lambda *_, **__: os.stat_result((0o100600, 1, 1, 1, 61000, 61000, 0, 0, 0, 0)))
    monkeypatch.setattr(Path, "owner", owner)
    monkeypatch.setattr(Path, "mkdir", lambda *_, **__: None)
    with pytest.raises(SystemExit, match=r"belongs to user number 61000: start Otvet as that user, not as root"):
        ground._make_data_folder(tmp_path)
