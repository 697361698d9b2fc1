"""A provider that does what a test says, in the place of the real one; what is sent is composed by the real Email."""

from collections.abc import Iterator

import pytest

from inbox.outbound import deliver, reconcile
from inbox.outbound.liveness import this_process
from tests.inbox.outbound.provider import Provider


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """All channels send through this, and look here for what they sent."""
    stand_in = Provider()
    for module in (deliver, reconcile):
        monkeypatch.setattr(module, "renewed", lambda channel, now: stand_in)
    yield stand_in
    # Held for as long as a worker lives; the test database could not be dropped under it.
    if this_process._connection is not None:
        this_process._connection.close()
        this_process._connection = None
