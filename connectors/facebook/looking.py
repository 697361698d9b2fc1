"""Looking things up: people, posts, what became of comments, and which of them may be answered in private."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from connectors.contract import Change, Person, Post, Verb
from connectors.errors import Rejected
from connectors.facebook.api import Api
from connectors.facebook.refusals import Gone, unclear
from connectors.facebook.shapes import Json, text_in
from connectors.facebook.wall import shown
from connectors.facebook.wanted import POST

MOST_AT_ONCE = 100
A_BATCH = 50  # as many as Facebook takes


def people(api: Api, page: str, ids: Sequence[str]) -> Mapping[str, Person]:
    """Who has these ids; whoever is not shown to us is left out. Raise a ChannelError."""
    wanted = [each for each in ids if each.isdecimal()][:MOST_AT_ONCE]
    found = {}
    for address, told in _asked(api, wanted, "name,first_name,last_name"):
        if isinstance(told, Rejected):
            continue
        name = text_in(told, "name") or f"{text_in(told, 'first_name')} {text_in(told, 'last_name')}".strip()
        found[address] = Person(address=address, name=name, scope=page)
    return found


def post(api: Api, reference: str) -> Post | None:
    """A post as people see it; None if it is not there for us. Raise another ChannelError."""
    try:
        return shown(api.get(reference, fields=POST))
    except Rejected:
        return None


def may_write_to(api: Api, comment: str) -> bool:
    """Whether this comment may be answered in private: once, within 7 days. Raise a ChannelError."""
    try:
        return api.get(comment, fields="can_reply_privately").get("can_reply_privately") is True
    except Rejected:
        return False


def became(api: Api, ids: Sequence[str], now: datetime) -> Sequence[Change]:
    """How these comments and posts are now, and which of them are not shown to us any more. Raise a ChannelError."""
    wanted = [each for each in ids if each.replace("_", "").isdecimal()][:MOST_AT_ONCE]
    found = looked_at(api, wanted, "id,message,is_hidden")
    return [change for each, node in found for change in _changes(each, node, now)]


def looked_at(api: Api, ids: Sequence[str], fields: str) -> Iterator[tuple[str, Json | None]]:
    """Each with its fields, in this order; with nothing if it is not there. Raise a ChannelError."""
    for each, told in _asked(api, ids, fields):
        if isinstance(told, Rejected) and not isinstance(told, Gone):
            raise told
        yield each, None if isinstance(told, Rejected) else told


def _asked(api: Api, ids: Sequence[str], fields: str) -> Iterator[tuple[str, Json | Rejected]]:
    """Each with what it is answered, in this order; what Facebook had no time for is asked again. Raise a ChannelError.

    Several ids in one address (`?ids=`) would be simpler, but are refused in all versions since 27 October 2026
    (graph-api/changelog/version26.0; for new apps also developers.facebook.com/blog/post/2026/11/04).
    """
    waiting, told = list(dict.fromkeys(ids)), dict[str, Json | Rejected]()
    while waiting:
        some = waiting[:A_BATCH]
        answers = zip(some, api.get_many(some, fields=fields), strict=True)
        done = {each: answer for each, answer in answers if answer is not None}
        if not done:
            raise unclear("no time for any of a batch", has_effect=False)
        told |= done
        waiting = [each for each in waiting if each not in done]
    yield from ((each, told[each]) for each in ids)


def _changes(identity: str, node: Json | None, now: datetime) -> Iterator[Change]:
    """Whoever has it so already is changed by nothing of this. What came without words may have had a link for them."""
    if node is None:
        yield Change(provider_id=identity, verb=Verb.DELETED, at=now)
        return
    if text := text_in(node, "message"):
        yield Change(provider_id=identity, verb=Verb.EDITED, at=now, text=text)
    if isinstance(hidden := node.get("is_hidden"), bool):
        yield Change(provider_id=identity, verb=Verb.HIDDEN if hidden else Verb.SHOWN, at=now)
