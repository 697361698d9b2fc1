"""The gap check of the wall: also what was said lately under posts that are too old for a poll to list.

The newest posts are listed each time. Behind them it goes on through the older ones, some at each check, and begins
again when it has come to the end; under each it looks back to when it was there before. The posts under which people
are talking with us are asked for by their ids, so that those of ads are among them, which no wall shows. (To list all
of those, Facebook wants the permission to manage ads: too much for who answers comments.)
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from connectors.errors import Rejected
from connectors.facebook.api import Api
from connectors.facebook.carriers import Thing
from connectors.facebook.cursor import Looked
from connectors.facebook.feed import COMMENTS, said_under, stretch
from connectors.facebook.looking import looked_at
from connectors.facebook.moments import moment
from connectors.facebook.shapes import Json, id_in
from connectors.facebook.wanted import POST

NEWEST = 100  # posts that each check lists
OLDER = 100  # and those behind them that it goes through
REACH = timedelta(days=90)  # how old a post may be
LOOK_BACK = timedelta(hours=24)  # at what was said, at least
OVERLAP = timedelta(minutes=10)
_AT_ONCE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """The wall of a Page at the moment of a check. Of what was said before `floor` nothing is brought."""

    api: Api
    page: str
    floor: datetime
    now: datetime

    def said(self, posts: Sequence[Json], since: datetime) -> Iterator[Thing]:
        """What was said since in these posts, and under them."""
        return said_under(self.api, self.page, posts, max(since, self.floor))


def said(wall: Wall, talked_under: Sequence[str], found: list[Thing], place: Looked | None) -> Looked:
    """Add what was said to `found`, whether we have it or not. Return where the next check goes on.

    Raise a ChannelError; what was found before it stays there.
    """
    recently = wall.now - LOOK_BACK
    place = place or Looked(since=recently, began=wall.now)
    newest, behind = _listed(wall, NEWEST)
    found.extend(wall.said(newest, recently))
    listed = {id_in(post) for post in newest}
    found.extend(
        wall.said(list(_by_their_ids(wall.api, [each for each in talked_under if each not in listed])), recently)
    )
    if wall.api.usage.rests_until(wall.now):
        return place  # the way through the older ones can wait
    try:
        older, after = _listed(wall, OLDER, place.after or behind) if place.after or behind else ([], "")
    except Rejected:
        return replace(place, after="")  # the cursor is too old, or its post is gone: begin again
    found.extend(wall.said(older, min(place.since, recently)))
    oldest = moment(older[-1].get("created_time")) if older else None
    if after and (oldest is None or oldest > wall.now - REACH):
        return replace(place, after=after)
    return Looked(since=place.began - OVERLAP, began=wall.now)


def _listed(wall: Wall, count: int, after: str = "") -> tuple[list[Json], str]:
    """So many posts behind a cursor, and the cursor behind them; empty where the wall ends."""
    posts: list[Json] = []
    while len(posts) < count:
        more, after = stretch(wall.api, wall.page, after)
        posts += more
        if not after:
            break
    return posts, after


def _by_their_ids(api: Api, ids: Sequence[str]) -> Iterator[Json]:
    """Those that are still there."""
    wanted = [each for each in ids if each.replace("_", "").isdecimal()]
    for start in range(0, len(wanted), _AT_ONCE):
        for _, post in looked_at(api, wanted[start : start + _AT_ONCE], f"{POST},{COMMENTS}"):
            if post:
                yield post
