"""One poll of a Page: messages and what was said on its wall. It is the safety net under the webhooks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import msgspec

from connectors.contract import Batch, Fetched, GapCheck
from connectors.errors import TryLater
from connectors.facebook import cursor as cursors
from connectors.facebook import feed, mentions, older, talks
from connectors.facebook.api import Api
from connectors.facebook.carriers import Kind, Thing, author_of, parent_of
from connectors.facebook.cursor import Cursor
from connectors.facebook.feed import said_at
from connectors.facebook.shapes import id_in, mapping

MOST_PAYLOADS = 500  # of a wall, which one answer tells of: small, and asked for again would cost as much


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """Whose things are brought: the Page's id, and the API as the Page."""

    api: Api
    id: str


def fetch(page: Followed, cursor: str, floor: datetime, now: datetime) -> Batch:
    """Bring what is new, as much as fits into a batch. What uses up our limits makes the next poll wait."""
    places = cursors.loads(cursor, floor)
    brought, place = talks.fetch(page.api, page.id, places.talks, now)
    said: Sequence[Thing] = ()
    wall, more = places.wall, True
    # The wall is asked for as a whole, so it comes once, after the conversations; at once where the next batch waits.
    if not place.pending or page.api.usage.rests_until(now):
        try:
            said, wall, more = feed.fetch(page.api, page.id, places.wall, MOST_PAYLOADS, now)
        except TryLater:
            if not brought:
                raise
            more = False  # what was brought so far is kept; Facebook is not asked again at once
    rests_until = page.api.usage.rests_until(now)
    return Batch(
        payloads=_kept([*brought, *said], page.id, now),
        cursor=cursors.dumps(Cursor(talks=place, wall=wall, floor=places.floor)),
        more=(more or bool(place.pending)) and rests_until is None,
        backlog=len(place.pending),
        again_at=rests_until,
    )


def missed(page: Followed, check: GapCheck, now: datetime) -> Batch:
    """Bring what the last day holds there and we do not have; of the wall also what stands under older posts.

    And who mentions us elsewhere, which no poll tells.
    """
    floor = cursors.loads(check.cursor, now - older.LOOK_BACK).floor or now - older.LOOK_BACK
    wall = older.Wall(api=page.api, page=page.id, floor=floor, now=now)
    there: list[Thing] = []
    place = check.place
    try:
        there.extend(talks.recent(page.api, page.id, max(now - older.LOOK_BACK, floor)))
        place = cursors.dumps(older.said(wall, check.posts, there, cursors.looked(place)))
        if not page.api.usage.rests_until(now):
            there.extend(mentions.recent(page.api, page.id, max(now - mentions.LOOK_BACK, floor)))
    except TryLater:
        if not there:
            raise  # else what was found is brought, and the next check looks there again
    have = check.known([thing.source_key for thing in there])
    lost = [thing for thing in there if thing.source_key not in have and _may_concern_us(thing, page.id)]
    brought = feed.all_addressed(page.api, page.id, lost[:MOST_PAYLOADS])
    more = len(brought) < len(lost)
    return Batch(payloads=_kept(brought, page.id, now), cursor=check.place if more else place, more=more)


def _kept(things: Sequence[Thing], page: str, now: datetime) -> Sequence[Fetched]:
    """In the order in which they were said, each once."""
    once = {thing.source_key: thing for thing in sorted(things, key=said_at) if _concerns_us(thing, page)}
    return [_fetched(key, thing, page, now) for key, thing in once.items()]


def _concerns_us(thing: Thing, page: str) -> bool:
    """Whether somebody said it to us, or we to somebody."""
    if thing.kind is Kind.SHOWN_MESSAGE or author_of(thing.data) != page:
        return True
    return id_in(mapping(mapping(thing.data.get("answers")).get("from"))) not in ("", page)


def _may_concern_us(thing: Thing, page: str) -> bool:
    """The same, before it is asked whom an answer of ours is for."""
    return _concerns_us(thing, page) or bool(parent_of(thing.data))


def _fetched(key: str, thing: Thing, page: str, now: datetime) -> Fetched:
    told = mentions.as_told(thing.data, page) if thing.kind is Kind.MENTION else thing.data
    body = msgspec.json.encode(told)
    at = said_at(thing)
    return Fetched(
        source_key=key,
        body=body,
        sha256=sha256(body).hexdigest(),
        size=len(body),
        received_at=at if at.year > 1970 else now,
        facts={"account": page},
    )
