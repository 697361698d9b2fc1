"""Reports look at the same desk as the tests of the inbox."""

from tests.inbox.conftest import desk

__all__ = ["desk"]
