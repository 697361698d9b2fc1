"""How far we have read the conversations and the wall, as the text that the inbox keeps between two fetches."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A conversation of which something is to be brought: what was said `since`, as it was at `updated`."""

    id: str
    updated: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Talks:
    """Where we stand in the list of conversations, which gives those with the latest news first.

    Of all that changed before `since` everything is here. `pending` are those still to be read, the oldest news first,
    of a list that was asked for at `listed_at`. `seen` tells of young ones how they were when they were read.
    """

    since: datetime
    pending: tuple[Talk, ...] = ()
    listed_at: datetime | None = None
    seen: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """Where we stand on the wall: what was said before `since` is here, and so is what `seen` names of the rest."""

    since: datetime
    seen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Both. `floor` is where we began: nothing older is brought."""

    talks: Talks
    wall: Wall
    floor: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Where the gap check stands on its way through older posts: behind the cursor `after`, empty at the beginning.

    It set out at `began`. All that was said under them before `since` was looked for on the way before.
    """

    since: datetime
    began: datetime
    after: str = ""


def loads(cursor: str, floor: datetime) -> Cursor:
    """The cursor; for the first fetch ever one that begins at `floor`."""
    if cursor:
        return msgspec.json.decode(cursor, type=Cursor)
    return Cursor(talks=Talks(since=floor), wall=Wall(since=floor), floor=floor)


def looked(place: str) -> Looked | None:
    """The place of the gap check; None before the first."""
    return msgspec.json.decode(place, type=Looked) if place else None


def dumps(cursor: Cursor | Looked) -> str:
    return msgspec.json.encode(cursor).decode()
