"""New direct messages of all conversations. X lists the newest first, for 30 days, and takes no id to begin at."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from connectors.errors import Rejected
from connectors.twitter.api import Api
from connectors.twitter.carriers import Thing
from connectors.twitter.cursor import Messages
from connectors.twitter.pages import Page, page_of, said_at, sized
from connectors.twitter.wanted import MESSAGE

SHORT_PAGE = 10  # each message on a page is paid for on the first reading of a day, also those that we have
LONG_PAGE = 50
PAUSE = timedelta(seconds=55)  # 15 calls in 15 minutes


def is_due(place: Messages, now: datetime) -> bool:
    """Once a minute at most, unless we are on a long way back."""
    return not place.asked_at or bool(place.token) or now - datetime.fromisoformat(place.asked_at) >= PAUSE


def page_size(place: Messages) -> int:
    """How many messages the next fetch may bring."""
    return SHORT_PAGE if place.since and not place.token else LONG_PAGE


def fetch(api: Api, place: Messages, now: datetime) -> tuple[Sequence[Thing], Messages]:
    """Bring the next page of what is new, and say where we stand then. Raise a ChannelError."""
    try:
        page = _page(api, place)
    except Rejected:
        if not place.token:
            raise
        return fetch(api, replace(place, token="", top=""), now)  # the token has grown old: begin again
    fresh = [thing for thing in page.things if _is_new(thing, place)]
    top = place.top or page.newest or place.since
    if page.next_token and len(fresh) == len(page.ids):
        place = replace(place, token=page.next_token, top=top)
    else:
        place = replace(place, since=max(top, place.since, key=lambda each: int(each or 0)), token="", top="")
    return fresh, replace(place, asked_at=now.isoformat(), rests_until=page.rests_until)


def recent(api: Api, begin: datetime) -> Iterator[Thing]:
    """The messages since then, newest first. Raise TryLater where X wants to be left alone."""
    token = end = ""
    while True:
        page = _asked(api, LONG_PAGE if token else SHORT_PAGE, token)  # what a poll asks for is paid for today
        since = [thing for thing in page.things if said_at(thing.data) >= begin]
        yield from since
        if len(since) < len(page.things) or not page.leads_back(end):
            return
        page.go_on()
        token, end = page.next_token, page.oldest


def _page(api: Api, place: Messages) -> Page:
    return _asked(api, page_size(place), place.token)


def _asked(api: Api, size: int, token: str) -> Page:
    asked = sized(MESSAGE, size) | ({"pagination_token": token} if token else {})
    return page_of(api.get("/2/dm_events", asked, limit="dm_read"), "dm_read")


def _is_new(thing: Thing, place: Messages) -> bool:
    if place.since:
        return int(thing.data["id"]) > int(place.since)
    return said_at(thing.data) >= datetime.fromisoformat(place.floor)
