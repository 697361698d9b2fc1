"""New posts, oldest first, out of timelines that give the newest first.

What is new mostly fits on one page. After an outage it does not: then we walk back page by page, remember the ids at
which the pages end, and bring the oldest page first. A kill in between loses nothing: the way is in the cursor.

The list of mentions ends after 800 of them. What is older is searched for on the way back, as far as X searches.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from connectors.twitter.api import Api
from connectors.twitter.carriers import Thing
from connectors.twitter.cursor import Posts
from connectors.twitter.moments import made_at
from connectors.twitter.pages import Page, in_a_query, page_of, sized
from connectors.twitter.wanted import POST

MENTIONS_A_PAGE, REPLIES_A_PAGE = 40, 10  # together as many as one fetch may bring
PAGES_AT_ONCE = 8
MOST_A_PAGE = 100  # where it matters only how often is asked
_GOES_ON = "older ones are searched for"
SEARCHED = timedelta(days=7) - timedelta(minutes=5)  # the recent search knows seven days, and refuses older ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """One of the lists of posts we follow. `price` is what each post on it costs, `reach` how far back it goes.

    `beyond` is where more of the same is to be had when this one has come to its end.
    """

    api: Api
    path: str
    limit: str
    price: str
    size: int
    query: str = ""
    reach: timedelta | None = None
    beyond: "Timeline | None" = None

    def between(self, place: Posts, until: str, now: datetime) -> Page:
        """The newest of what is not here and lies before the id `until`, if that is given."""
        page = self.page(*self.begin(place, now), until)
        if page.next_token or not until or self.beyond is None:
            return page
        older = self.beyond.between(place, page.oldest or until, now)
        rests_until = max(page.rests_until, older.rests_until)
        if not older.ids:
            return replace(page, rests_until=rests_until)
        if not page.ids:
            return replace(older, rests_until=rests_until)
        return replace(page, next_token=_GOES_ON, rests_until=rests_until)

    def page(self, since: str, begin: datetime, until: str = "") -> Page:
        """The newest of what lies after the id `since` (or the time `begin`) and before the id `until`."""
        asked = sized(POST, self.size)
        asked |= {"since_id": since} if since else {"start_time": in_a_query(begin)}
        asked |= {"until_id": until} if until else {}
        asked |= {"query": self.query} if self.query else {}
        return page_of(self.api.get(self.path, asked, limit=self.limit), self.price)

    def begin(self, place: Posts, now: datetime) -> tuple[str, datetime]:
        """Where to begin: at an id if that is within reach, else at a time."""
        floor = datetime.fromisoformat(place.floor)
        if self.reach is None:
            return place.since, floor
        reached = now - self.reach
        if place.since and made_at(place.since) > reached:
            return place.since, reached
        return "", max(floor, reached)


def mentions(api: Api, account: str, username: str, *, owned: bool) -> Timeline:
    """Posts that name us, answers among them (GET /2/users/:id/mentions). Cheaper where the account owns the app."""
    price = "owned_read" if owned else "post_read"
    searched = _found(api, f"@{username} -from:{username} -is:retweet", MENTIONS_A_PAGE) if username else None
    return Timeline(
        api=api,
        path=f"/2/users/{account}/mentions",
        limit="mentions",
        price=price,
        size=MENTIONS_A_PAGE,
        beyond=searched,
    )


def replies(api: Api, username: str) -> Timeline:
    """Answers to us that do not name us, which X leaves out of the mentions. Mostly none, and then it costs nothing."""
    return _found(api, f"to:{username} -@{username} -from:{username} -is:retweet", REPLIES_A_PAGE)


def _found(api: Api, query: str, size: int) -> Timeline:
    """What is found by a search of the last seven days."""
    return Timeline(
        api=api,
        path="/2/tweets/search/recent",
        limit="search",
        price="post_read",
        size=size,
        query=query,
        reach=SEARCHED,
    )


def fetch(timeline: Timeline, place: Posts, now: datetime) -> tuple[Sequence[Thing], Posts]:
    """Bring the oldest page of what is new, and say where we stand then. Raise a ChannelError."""
    for _ in range(PAGES_AT_ONCE):
        end = place.bounds[-1] if place.bounds else ""
        page = timeline.between(place, end, now)
        place = replace(place, rests_until=page.rests_until)
        if not page.leads_back(end):
            newest = max(page.newest, place.since, key=_as_number)
            return page.things, replace(place, since=newest, bounds=place.bounds[:-1])
        place = replace(place, bounds=(*place.bounds, page.oldest))
        if page.rests_until:
            break
    return [], place


def _as_number(identity: str) -> int:
    return int(identity or 0)


def recent(timeline: Timeline, begin: datetime, now: datetime) -> Iterator[Thing]:
    """What lies in the timeline since then, the newest first. Raise TryLater where X wants to be left alone."""
    place, end = Posts(floor=begin.isoformat()), ""
    timeline = replace(timeline, size=MOST_A_PAGE)
    while True:
        page = timeline.between(place, end, now)
        yield from page.things
        if not page.leads_back(end):
            return
        page.go_on()
        end = page.oldest
