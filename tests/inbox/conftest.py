"""What the tests of the inbox share: a desk of five."""

from pathlib import Path

import pytest
from django.core.cache import cache
from pytest_django import Settings

from tests.inbox.desk_of_five import Desk, five


@pytest.fixture
def desk(db: None, settings: Settings, tmp_path: Path) -> Desk:
    """Five people and two mailboxes; files of mails in a folder of the test's own."""
    settings.BLOBS = tmp_path / "blobs"
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # the file server warns of a folder that is not there
    cache.clear()
    return five()
