"""Whether something that we may have sent is there: in our own timeline, or in the conversation."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import takewhile

from connectors.contract import Outgoing
from connectors.twitter.api import Api
from connectors.twitter.carriers import Json, author_of, id_of, mapping
from connectors.twitter.composing import Message, Post, loads
from connectors.twitter.pages import Page, in_a_query, page_of, said_at, sized
from connectors.twitter.reading import parents_of
from connectors.twitter.texts import text_of, without_leading_mentions
from connectors.twitter.wanted import MESSAGE, POST
from connectors.twitter.weights import without_links

_SKEW = timedelta(seconds=2)  # between our clock and that of X; the same words may have been said shortly before
_POSTS_A_PAGE, _MESSAGES_A_PAGE = 100, 50


def find(api: Api, account: str, outgoing: Outgoing) -> str | None:
    """The id of what was sent since its first attempt began, or None if it is certainly not there."""
    letter = loads(outgoing.body)
    begin = outgoing.since - _SKEW
    if isinstance(letter, Post):
        answers = outgoing.previous or letter.answers
        found = (post for post in _own_posts(api, account, begin) if _is_post(post, letter, answers))
    else:
        # Two photos without words look the same: what comes newest first is ours only down to the part before.
        behind = takewhile(lambda each: id_of(each) != outgoing.previous, _messages(api, letter, begin))
        found = (each for each in behind if _is_message(each, letter, account))
    return next((id_of(each) for each in found), None)


def _own_posts(api: Api, account: str, begin: datetime) -> Iterator[Json]:
    token = ""
    while True:
        asked = sized(POST, _POSTS_A_PAGE) | {"start_time": in_a_query(begin)}
        asked |= {"pagination_token": token} if token else {}
        page = page_of(api.get(f"/2/users/{account}/tweets", asked, limit="own_posts"), "post_read")
        yield from (thing.data for thing in page.things if said_at(thing.data) >= begin)
        token = page.next_token
        if not token:
            return


def _messages(api: Api, letter: Message, begin: datetime) -> Iterator[Json]:
    whose = letter.group or f"with/{letter.to}"
    token = ""
    while True:
        asked = sized(MESSAGE, _MESSAGES_A_PAGE) | ({"pagination_token": token} if token else {})
        page = page_of(api.get(f"/2/dm_conversations/{whose}/dm_events", asked, limit="dm_read"), "dm_read")
        fresh = [thing.data for thing in page.things if said_at(thing.data) >= begin]
        yield from fresh
        token = _older(page, fresh)
        if not token:
            return


def _older(page: Page, fresh: list[Json]) -> str:
    return page.next_token if len(fresh) == len(page.ids) else ""


def _is_post(post: Json, letter: Post, answers: str) -> bool:
    said, meant = (without_leading_mentions(text, post) for text in (text_of(post), letter.text))
    return answers in parents_of(post) and _same(said, meant) and _has_files(post) == bool(letter.files)


def _is_message(message: Json, letter: Message, account: str) -> bool:
    ours = author_of(message) == account or str(message.get("sender_id")) == account
    return ours and _same(text_of(message), letter.text) and _has_files(message) == bool(letter.files)


def _same(there: str, ours: str) -> bool:
    """Equal but for links, which X rewrites, and for blanks."""
    return without_links(there).split() == without_links(ours).split()


def _has_files(data: Json) -> bool:
    return bool(mapping(data.get("attachments")).get("media_keys"))
