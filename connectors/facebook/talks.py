"""New messages of all conversations. Facebook lists those with the latest news first, and their newest messages first.

Of an older message it may show no more than its id; there is nothing to bring of those.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from connectors.errors import TryLater
from connectors.facebook.api import Api
from connectors.facebook.carriers import Kind, Thing, author_of
from connectors.facebook.cursor import Talk, Talks
from connectors.facebook.looking import looked_at
from connectors.facebook.moments import moment
from connectors.facebook.pages import next_after, pages
from connectors.facebook.shapes import Json, id_in, listed, mapping, text_in
from connectors.facebook.wanted import MESSAGE

OVERLAP = timedelta(minutes=10)  # between our clock and theirs, and for news that turn up late in the list
SETTLED = timedelta(seconds=2)  # times are whole seconds: within one of them more may have been said since
ENOUGH = 50  # things, after which no further conversation is begun
MOST = 50  # of one conversation at once
AT_ONCE = 10  # conversations that one call asks for
_A_PAGE, _LIST = "25", "50"
_TALK = f"id,updated_time,messages.limit({_A_PAGE}){{{MESSAGE}}}"


def fetch(api: Api, page: str, place: Talks, now: datetime) -> tuple[Sequence[Thing], Talks]:
    """Bring some of what is new, and say where we stand then. Raise a ChannelError."""
    if not place.pending:
        place = replace(place, pending=tuple(_changed(api, page, place)), listed_at=now)
    todo, brought, rests = place.pending, list[Thing](), list[Talk]()
    try:
        for done, (talk, shown) in enumerate(_shown(api, todo), start=1):
            things = [_thing(message) for message in _said_in(api, shown, talk.since)]
            if rest := _goes_on(talk, things):
                things = things[:MOST]
                rests.append(rest)
            elif _has_settled(talk, place.listed_at or now):
                place = replace(place, seen={**place.seen, talk.id: talk.updated})
            place = replace(place, pending=(*rests, *todo[done:]))
            brought += things
            if len(brought) >= ENOUGH and done % AT_ONCE == 0:
                break
    except TryLater:
        if not brought:
            raise  # else it is kept; the next fetch goes on here
    return brought, place if place.pending else _arrived(place)


def recent(api: Api, page: str, since: datetime) -> Iterator[Thing]:
    """Everything that was said since, whether we have it or not."""
    for talk in pages(api, f"{page}/conversations", platform="messenger", fields=_TALK, limit=_A_PAGE):
        if not _is_young(text_in(talk, "updated_time"), since):
            return
        for message in _whole(api, talk):
            if not author_of(message) or not _is_young(text_in(message, "created_time"), since):
                break
            yield _thing(message)


def _changed(api: Api, page: str, place: Talks) -> Sequence[Talk]:
    """The conversations with news, the oldest news first."""
    found: list[Talk] = []
    for talk in pages(api, f"{page}/conversations", platform="messenger", fields="id,updated_time", limit=_LIST):
        updated = text_in(talk, "updated_time")
        if not _is_young(updated, place.since):
            break
        if place.seen.get(id_in(talk)) != updated:
            found.append(Talk(id=id_in(talk), updated=updated, since=place.since))
    return found[::-1]


def _shown(api: Api, talks: Sequence[Talk]) -> Iterator[tuple[Talk, Json]]:
    """Each with its newest messages; with nothing if it is not there any more. Several are asked for in one call."""
    for start in range(0, len(talks), AT_ONCE):
        asked = talks[start : start + AT_ONCE]
        answers = looked_at(api, [talk.id for talk in asked], _TALK)
        yield from ((talk, shown or {}) for talk, (_, shown) in zip(asked, answers, strict=True))


def _said_in(api: Api, talk: Json, since: datetime) -> Sequence[Json]:
    """What was said there since, oldest first."""
    found: list[Json] = []
    for message in _whole(api, talk):
        if not author_of(message) or not _is_young(text_in(message, "created_time"), since):
            break
        found.append(message)
    return found[::-1]


def _whole(api: Api, talk: Json) -> Iterator[Json]:
    """The messages that came with a conversation, and those on its further pages."""
    messages = mapping(talk.get("messages"))
    yield from listed(messages)
    if after := next_after(messages):
        yield from pages(api, f"{id_in(talk)}/messages", after=after, fields=MESSAGE, limit=_A_PAGE)


def _goes_on(talk: Talk, things: Sequence[Thing]) -> Talk | None:
    """Where to go on in a conversation in which too much was said for one batch."""
    if len(things) <= MOST:
        return None
    until = moment(things[MOST - 1].data.get("created_time")) or talk.since
    return replace(talk, since=until) if until > talk.since else None


def _has_settled(talk: Talk, listed_at: datetime) -> bool:
    """Whether more news in this conversation would show a later time, so that this one need not be read again."""
    updated = moment(talk.updated)
    return updated is not None and listed_at - updated >= SETTLED


def _arrived(place: Talks) -> Talks:
    """All of the list is read: what changed before it was asked for is here."""
    since = max(place.since, place.listed_at - OVERLAP) if place.listed_at else place.since
    young = {talk: updated for talk, updated in place.seen.items() if _is_young(updated, since)}
    return Talks(since=since, seen=young)


def _is_young(told: str, since: datetime) -> bool:
    at = moment(told)
    return at is not None and at >= since.replace(microsecond=0)


def _thing(message: Json) -> Thing:
    return Thing(kind=Kind.SHOWN_MESSAGE, account="", part="", data=message)
