"""What this connector understands of a webhook's body or an answer of the API, for an admin who wonders about it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from connectors import described
from connectors.contract import Content
from connectors.facebook.carriers import things
from connectors.facebook.reading import understood
from connectors.facebook.shapes import decoded


def describe(path: Path) -> Mapping[str, object]:
    """What `connectors.described` tells of a file; never raises for a bad one."""
    return described.describe(path, _contents)


def _contents(body: bytes) -> Sequence[Content]:
    return [content for thing in things(decoded(body)) for content in understood(thing, thing.account)]
