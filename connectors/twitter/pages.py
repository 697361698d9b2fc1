"""One page of an answer, and its things as they are handed over: each with just what it needs to be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec

from connectors import meter
from connectors.contract import Fetched
from connectors.errors import TryLater
from connectors.http import Answer
from connectors.twitter.api import object_in
from connectors.twitter.carriers import (
    Json,
    Kind,
    Thing,
    author_of,
    id_of,
    mapping,
    partner_of,
    referenced,
    sequence,
    things,
    words,
)
from connectors.twitter.moments import made_at, moment
from connectors.twitter.refusals import TOO_OFTEN, resets_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page holds, newest first. `next_token` leads to older ones; empty on the last page.

    `ids` are those of everything on it, also of what does not concern us. `rests_until` is set when it used up the
    last call that X allows for now.
    """

    things: Sequence[Thing]
    ids: Sequence[str]
    next_token: str
    rests_until: str

    @property
    def newest(self) -> str:
        return max(self.ids, key=int, default="")

    @property
    def oldest(self) -> str:
        return min(self.ids, key=int, default="")

    def go_on(self) -> None:
        """Raise TryLater if X allows no further call for now."""
        if self.rests_until:
            raise TryLater(TOO_OFTEN, until=datetime.fromisoformat(self.rests_until))

    def leads_back(self, end: str) -> bool:
        """Whether older ones follow; a page that gets no further than the one before, down to `end`, is the last."""
        return bool(self.next_token and self.oldest) and (not end or int(self.oldest) < int(end))


def page_of(answer: Answer, price: str) -> Page:
    """Understand an answer, and tell what it cost. Raise a ChannelError."""
    body = object_in(answer)
    ids = [id_of(each) for each in sequence(body.get("data"))]
    includes = mapping(body.get("includes"))
    meter.read(price, ids)
    meter.read("user_read", map(id_of, sequence(includes.get("users"))))
    reset = resets_at(answer.headers) if answer.headers.get("x-rate-limit-remaining") == "0" else None
    return Page(
        things=things(body),
        ids=ids,
        next_token=str(mapping(body.get("meta")).get("next_token") or ""),
        rests_until=reset.isoformat() if reset else "",
    )


def concerns_us(thing: Thing, account: str) -> bool:
    """Whether it is to be brought: not a post of ours that answers nobody."""
    return thing.kind is not Kind.POST or author_of(thing.data) != account or bool(partner_of(thing.data, account))


def kept(thing: Thing, account: str) -> Fetched:
    """One thing, in the shape of an answer about it alone."""
    includes = {
        "media": [thing.known.media[key] for key in _media_keys(thing.data) if key in thing.known.media],
        "users": [thing.known.users[user] for user in _people(thing.data) if user in thing.known.users],
        "tweets": [thing.known.posts[post] for post in map(id_of, referenced(thing.data)) if post in thing.known.posts],
    }
    body = msgspec.json.encode(
        {"data": thing.data, "includes": {name: all_ for name, all_ in includes.items() if all_}}
    )
    return Fetched(
        source_key=thing.source_key,
        body=body,
        sha256=sha256(body).hexdigest(),
        size=len(body),
        received_at=said_at(thing.data),
        facts={"account": account},
    )


def said_at(data: Json) -> datetime:
    """When X took it in: told, or held in its id."""
    return moment(data.get("created_at")) or made_at(id_of(data))


def _media_keys(data: Json) -> Sequence[str]:
    return words(mapping(data.get("attachments")).get("media_keys"))


def _people(data: Json) -> Sequence[str]:
    return [author_of(data) or str(data.get("sender_id") or "")]


def in_a_query(at: datetime) -> str:
    """A time as the API takes it: RFC 3339, whole seconds, UTC."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def sized(query: Mapping[str, str], size: int) -> dict[str, Any]:
    return {**query, "max_results": str(size)}
