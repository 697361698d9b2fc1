"""New comments and posts of visitors. The wall gives its newest posts first, each with its newest comments.

What is said under a post that is older than those comes by webhook, or when we look again at what was missed.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from operator import itemgetter

from connectors.facebook.api import Api
from connectors.facebook.carriers import Kind, Thing, author_of, comments_under
from connectors.facebook.cursor import Wall
from connectors.facebook.moments import moment
from connectors.facebook.pages import next_after, pages
from connectors.facebook.shapes import Json, id_in, mapping, short_hash
from connectors.facebook.wanted import COMMENT, VISITOR_POST

OVERLAP = timedelta(minutes=10)
POSTS = 25
_ANSWERS = f"comments.limit(25).order(reverse_chronological){{{COMMENT}}}"
_COMMENTS = f"comments.limit(25).order(reverse_chronological){{{COMMENT},{_ANSWERS}}}"


def fetch(api: Api, page: str, place: Wall, room: int, now: datetime) -> tuple[Sequence[Thing], Wall, bool]:
    """Bring at most so many of what is new, say where we stand then and whether there is more. Raise a ChannelError."""
    seen = set(place.seen)
    found = ((said_at(thing), short_hash(thing.source_key), thing) for thing in recent(api, page, place.since, POSTS))
    young = sorted(found, key=itemgetter(0))
    fresh = [each for each in young if each[1] not in seen]
    taken = fresh[:room]
    more = len(fresh) > len(taken)
    since = place.since if more else max(place.since, now - OVERLAP)
    here = seen | {name for _, name, _ in taken}
    kept = tuple(name for at, name, _ in young if at >= since.replace(microsecond=0) and name in here)
    return [thing for _, _, thing in taken], Wall(since=since, seen=kept), more


def recent(api: Api, page: str, since: datetime, posts: int) -> Iterator[Thing]:
    """All that others, and we, said since under the newest posts, whether we have it or not."""
    there = pages(api, f"{page}/feed", fields=f"{VISITOR_POST},{_COMMENTS}", limit=str(POSTS))
    for post in islice(there, posts):
        if author_of(post) not in ("", page):
            bare = {name: value for name, value in post.items() if name != "comments"}
            yield from _young([Thing(kind=Kind.SHOWN_POST, account=page, part="", data=bare)], since)
        yield from _young(_comments(api, post, since), since)


def said_at(thing: Thing) -> datetime:
    """When it was said; where Facebook does not tell, before all others."""
    return moment(thing.data.get("created_time")) or datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _comments(api: Api, post: Json, since: datetime) -> Iterator[Thing]:
    """The comments that came with a post, and older ones as long as they are young enough."""
    yield from (came := list(comments_under(post)))
    after = next_after(mapping(post.get("comments")))
    tops = [thing for thing in came if "answers" not in thing.data]
    if not after or not tops or said_at(tops[-1]) < since:
        return
    query = {"order": "reverse_chronological", "limit": "25"}
    for comment in pages(api, f"{id_in(post)}/comments", after=after, fields=f"{COMMENT},{_ANSWERS}", **query):
        things = list(comments_under({**post, "comments": {"data": [comment]}}))
        yield from things
        if said_at(things[0]) < since:
            return


def _young(things: Iterator[Thing] | Sequence[Thing], since: datetime) -> Iterator[Thing]:
    return (thing for thing in things if said_at(thing) >= since.replace(microsecond=0))
