"""How far we have read each kind of thing, as the text that the inbox keeps between two fetches."""

from dataclasses import dataclass
from datetime import datetime

import msgspec


@dataclass(frozen=True, slots=True, kw_only=True)
class Posts:
    """Where we stand in a timeline that gives the newest first and takes `since_id` and `until_id`.

    All up to `since` is here. `bounds` is a way back through what is not: each page that was seen on it ends at one
    of these ids, the newest first, and the oldest page is brought first. `floor` (ISO 8601) is where to begin while
    nothing is here yet. `rests_until` is set when X wants no calls before.
    """

    floor: str
    since: str = ""
    bounds: tuple[str, ...] = ()
    rests_until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """Where we stand in the list of messages, which gives the newest first and takes only a page's token.

    All up to `since` is here. While a long way back is walked, `token` is its next page and `top` the newest id that
    was seen at its beginning.
    """

    floor: str
    since: str = ""
    token: str = ""
    top: str = ""
    asked_at: str = ""
    rests_until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """All three: posts that mention us, answers that do not, and direct messages."""

    mentions: Posts
    replies: Posts
    messages: Messages


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """When the last gap check that saw the whole of each list began (ISO 8601); empty before the first."""

    mentions: str = ""
    replies: str = ""
    messages: str = ""


def looked(place: str) -> Looked:
    """The place of the gap check."""
    return msgspec.json.decode(place, type=Looked) if place else Looked()


def loads(cursor: str, floor: datetime) -> Cursor:
    """The cursor; for the first fetch ever one that begins at `floor`."""
    if cursor:
        return msgspec.json.decode(cursor, type=Cursor)
    begin = floor.isoformat()
    posts = Posts(floor=begin)
    return Cursor(mentions=posts, replies=posts, messages=Messages(floor=begin))


def dumps(cursor: Cursor | Looked) -> str:
    return msgspec.json.encode(cursor).decode()
