"""Looking things up: people, posts, what became of comments, and which of them may be answered in private."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from connectors.contract import Change, Person, Post, Verb
from connectors.errors import Rejected
from connectors.facebook.api import Api
from connectors.facebook.refusals import Gone
from connectors.facebook.shapes import Json, mapping, text_in
from connectors.facebook.wall import shown
from connectors.facebook.wanted import POST

MOST_AT_ONCE = 100


def people(api: Api, page: str, ids: Sequence[str]) -> Mapping[str, Person]:
    """Who has these ids, one call for each: of several one unknown would spoil all. Raise a ChannelError."""
    found: dict[str, Person] = {}
    for address in [each for each in ids if each.isdecimal()][:MOST_AT_ONCE]:
        try:
            told = api.get(address, fields="name,first_name,last_name")
        except Rejected:
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
    """Each with its fields, or with nothing if it is not there. Raise a ChannelError.

    One that is not there spoils the call for all of them: they are halved until it is found.
    """
    if not ids:
        return
    try:
        found = api.get("", ids=",".join(ids), fields=fields)
    except Gone:
        middle = len(ids) // 2
        if not middle:
            yield ids[0], None
            return
        yield from looked_at(api, ids[:middle], fields)
        yield from looked_at(api, ids[middle:], fields)
    else:
        yield from ((each, mapping(found.get(each))) for each in ids)


def _changes(identity: str, node: Json | None, now: datetime) -> Iterator[Change]:
    """Whoever has it so already is changed by nothing of this. What came without words may have had a link for them."""
    if node is None:
        yield Change(provider_id=identity, verb=Verb.DELETED, at=now)
        return
    if text := text_in(node, "message"):
        yield Change(provider_id=identity, verb=Verb.EDITED, at=now, text=text)
    if isinstance(hidden := node.get("is_hidden"), bool):
        yield Change(provider_id=identity, verb=Verb.HIDDEN if hidden else Verb.SHOWN, at=now)
