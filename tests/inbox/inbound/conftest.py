"""What opening mails needs: the reading children end with the tests that used them."""

from collections.abc import Iterator

import pytest

from inbox import parser


@pytest.fixture(scope="module")
def reader() -> Iterator[None]:
    """The children that read mail."""
    yield
    parser._shared.close()
