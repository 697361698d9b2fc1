"""New comments and posts of visitors. The wall gives its newest posts first, each with its newest comments.

The comments of a post are asked for as a stream, both levels in one list and the newest first (graph-api/reference,
object/comments: `filter` and `order`): so an answer is found however old the comment is under which it stands. What is
said under a post that is older than those comes by webhook, or when we look again at what was missed (`older`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from operator import itemgetter
from types import MappingProxyType

from connectors.errors import Rejected, TryLater
from connectors.facebook.api import Api
from connectors.facebook.carriers import Kind, Thing, answered, author_of, comments_under, parent_of
from connectors.facebook.cursor import Wall
from connectors.facebook.moments import moment
from connectors.facebook.pages import next_after, pages
from connectors.facebook.pages import page as one_page
from connectors.facebook.shapes import Json, id_in, listed, mapping, short_hash
from connectors.facebook.wanted import COMMENT, VISITOR_POST

OVERLAP = timedelta(minutes=10)
POSTS = 25
ASKED_AT_ONCE = 50  # calls for whom an answer of ours is
COMMENTS = f"comments.filter(stream).order(reverse_chronological).limit(25){{{COMMENT}}}"
_WALL = MappingProxyType({"fields": f"{VISITOR_POST},{COMMENTS}", "limit": str(POSTS)})
_THREAD = "id,from,created_time,comments.order(reverse_chronological).limit(25){id,from,created_time}"


def fetch(api: Api, page: str, place: Wall, room: int, now: datetime) -> tuple[Sequence[Thing], Wall, bool]:
    """Bring at most so many of what is new, say where we stand then and whether there is more. Raise a ChannelError."""
    seen = set(place.seen)
    found = ((said_at(thing), short_hash(thing.source_key), thing) for thing in recent(api, page, place.since, POSTS))
    young = sorted(found, key=itemgetter(0))
    fresh = [each for each in young if each[1] not in seen]
    things = all_addressed(api, page, [thing for _, _, thing in fresh[:room]])
    taken = fresh[: len(things)]
    more = len(fresh) > len(taken)
    since = place.since if more else max(place.since, now - OVERLAP)
    here = seen | {name for _, name, _ in taken}
    kept = tuple(name for at, name, _ in young if at >= since.replace(microsecond=0) and name in here)
    return things, Wall(since=since, seen=kept), more


def all_addressed(api: Api, page: str, things: Sequence[Thing]) -> Sequence[Thing]:
    """Each `addressed`, as many as may be asked for at once. Raise TryLater if Facebook tells of none."""
    found: list[Thing] = []
    asked = 0
    for thing in things:
        try:
            found.append(addressed(api, page, thing))
        except TryLater:
            if not found:
                raise
            break
        asked += found[-1] is not thing
        if asked == ASKED_AT_ONCE:
            break  # what was asked for is kept before more is
    return found


def recent(api: Api, page: str, since: datetime, posts: int) -> Iterator[Thing]:
    """All that others, and we, said since under the newest posts, whether we have it or not."""
    yield from said_under(api, page, islice(pages(api, f"{page}/feed", **_WALL), posts), since)


def stretch(api: Api, page: str, after: str) -> tuple[Sequence[Json], str]:
    """The next posts behind a cursor, each with its newest comments, and the cursor behind them; empty at the end."""
    return one_page(api, f"{page}/feed", after=after, **_WALL)


def said_under(api: Api, page: str, posts: Iterable[Json], since: datetime) -> Iterator[Thing]:
    """What was said since in these posts, and under them."""
    for post in posts:
        if author_of(post) not in ("", page):
            bare = {name: value for name, value in post.items() if name != "comments"}
            yield from _young([Thing(kind=Kind.SHOWN_POST, account=page, part="", data=bare)], since)
        yield from _young(_comments(api, post, since), since)


def addressed(api: Api, page: str, thing: Thing) -> Thing:
    """The thing; an answer of ours with whom it answers, also where he spoke long before. Raise a ChannelError."""
    comment, above = thing.data, parent_of(thing.data)
    if not above or author_of(comment) != page or author_of(mapping(comment.get("answers"))):
        return thing
    try:
        top = api.get(above, fields=_THREAD)
    except Rejected:
        return thing  # what it stood under is not there any more, and nobody is answered
    whom = answered(comment, [*listed(top.get("comments")), top])
    return replace(thing, data={**comment, "answers": {"from": whom}})


def said_at(thing: Thing) -> datetime:
    """When it was said; where Facebook does not tell, before all others."""
    return moment(thing.data.get("created_time")) or datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _comments(api: Api, post: Json, since: datetime) -> Iterator[Thing]:
    """The comments that came with a post, and older ones as long as they are young enough."""
    came = mapping(post.get("comments"))
    stream, after = list(listed(came)), next_after(came)
    if after and stream and _is_young(stream[-1], since):
        query = {"filter": "stream", "order": "reverse_chronological", "limit": "100"}
        for comment in pages(api, f"{id_in(post)}/comments", after=after, fields=COMMENT, **query):
            stream.append(comment)
            if not _is_young(comment, since):
                break
    return comments_under({**post, "comments": {"data": stream}})


def _young(things: Iterator[Thing] | Sequence[Thing], since: datetime) -> Iterator[Thing]:
    return (thing for thing in things if _is_young(thing.data, since))


def _is_young(said: Json, since: datetime) -> bool:
    at = moment(said.get("created_time"))
    return at is not None and at >= since.replace(microsecond=0)
