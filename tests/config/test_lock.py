from pathlib import Path

import pytest

from config.lock import Held, Lock


def test_one_holds_it_and_the_other_learns_who(tmp_path: Path) -> None:
    first, second = Lock(tmp_path / "lock"), Lock(tmp_path / "lock")
    first.take("start at http://127.0.0.1:8000/")
    with pytest.raises(Held, match="start at http"):
        second.take("migrate")
    first.release()
    second.take("migrate")
    with pytest.raises(Held, match=r"^migrate$"):
        first.take("again")
    second.release()
