import base64
import os
from pathlib import Path

import pytest

from config import keys


@pytest.fixture(autouse=True)
def _our_own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SECRET_KEY", "INBOX_KEYS"):
        monkeypatch.setenv(name, "")


def test_keys_are_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "keys.env"
    keys.lay_out(file)
    first = (os.environ["SECRET_KEY"], os.environ["INBOX_KEYS"])
    keys.lay_out(file)
    assert (os.environ["SECRET_KEY"], os.environ["INBOX_KEYS"]) == first
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_key_of_the_vault_holds_32_bytes_and_names_itself() -> None:
    kid, _, key = keys.made()["INBOX_KEYS"].partition(":")
    assert (kid, len(base64.b64decode(key, validate=True))) == ("k1", 32)


def test_a_write_that_was_cut_short_is_not_taken_for_keys(tmp_path: Path) -> None:
    (tmp_path / "keys.half-made").write_text("SECRET_KEY=")
    keys.lay_out(tmp_path / "keys.env")
    assert len(os.environ["SECRET_KEY"]) > 40
    assert not (tmp_path / "keys.half-made").exists()
