"""The journeys prove something only if what they run is real: no queue that is none, nothing patched on the way out."""

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FAKED = {
    "an eager Celery": r"task_always_eager|CELERY_TASK_ALWAYS_EAGER|\.apply\(",
    "a patched way out": r"setattr\([^)]*(deliver|reconcile|smtp|outbox|wake|connect|\"send|'send|renewed)",
    "mocks": r"unittest\.mock|mocker|MagicMock",
    "a frozen clock": r"freezegun|time_machine",
}
MAY_NAME_THEM = {Path(__file__).name}


@pytest.mark.parametrize("path", sorted(HERE.glob("*.py")), ids=lambda path: path.name)
def test_no_journey_is_faked(path: Path) -> None:
    if path.name not in MAY_NAME_THEM:
        assert [name for name, pattern in FAKED.items() if re.search(pattern, path.read_text())] == []


@pytest.mark.parametrize(
    "line",
    [
        "settings.CELERY_TASK_ALWAYS_EAGER = True",
        "app.conf.task_always_eager = True",
        'monkeypatch.setattr(deliver, "send", lambda *_: None)',
        'monkeypatch.setattr("inbox.outbound.deliver.send", fake)',
        'monkeypatch.setattr(Email, "send", fake)',
        "from unittest.mock import patch",
    ],
)
def test_a_fake_would_be_seen(line: str) -> None:
    assert any(re.search(pattern, line) for pattern in FAKED.values())
