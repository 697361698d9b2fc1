"""Looking single things up: people, posts, and what became of posts."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from connectors import meter
from connectors.contract import Change, Person, Post, Verb
from connectors.errors import Rejected
from connectors.twitter.api import Api, object_in
from connectors.twitter.carriers import Kind, Known, Thing, author_of, history, id_of, mapping, sequence
from connectors.twitter.moments import made_at
from connectors.twitter.people import person
from connectors.twitter.reading import shown, understood
from connectors.twitter.refusals import is_missing
from connectors.twitter.wanted import POST, POST_FIELDS

MOST_AT_ONCE = 100
_NEW_EDITS = timedelta(days=2)  # a post can be edited for an hour; what was edited long ago was told then


def people(api: Api, ids: Sequence[str]) -> Mapping[str, Person]:
    """Who has these ids; who has left X, or was thrown out, is not there. Raise a ChannelError."""
    wanted = [each for each in ids if each.isdigit()][:MOST_AT_ONCE]
    if not wanted:
        return {}
    users = sequence(object_in(api.get("/2/users", {"ids": ",".join(wanted)}, limit="users")).get("data"))
    meter.read("user_read", map(id_of, users))
    return {id_of(user): person(user) for user in users}


def may_write_to(api: Api, address: str) -> bool:
    """Whether this person takes direct messages from us. Raise a ChannelError."""
    answer = api.get(f"/2/users/{address}", {"user.fields": "receives_your_dm"}, limit="users")
    user = mapping(object_in(answer).get("data"))
    meter.read("user_read", [address] if user else [])
    return user.get("receives_your_dm") is True


def post(api: Api, reference: str, own: Person) -> Post | None:
    """A post as people see it; its author is named only if he is ourselves, others cost. Raise a ChannelError."""
    try:
        answer = object_in(api.get(f"/2/tweets/{reference}", {"tweet.fields": POST_FIELDS}, limit="posts"))
    except Rejected:
        return None
    found = mapping(answer.get("data"))
    if not found:
        return None
    meter.read("post_read", [id_of(found)])
    known = Known(users={own.address: {"name": own.name}} if author_of(found) == own.address else {})
    return shown(found, reference, Thing(kind=Kind.POST, account="", part="", data=found, known=known))


def rechecked(api: Api, ids: Sequence[str], now: datetime) -> Sequence[Change]:
    """Which of these posts are gone or have become others. Raise a ChannelError."""
    wanted = [each for each in ids if each.isdigit()][:MOST_AT_ONCE]
    if not wanted:
        return []
    answer = _posts(api, wanted)
    gone = {
        str(each.get("resource_id") or each.get("value")) for each in sequence(answer.get("errors")) if is_missing(each)
    }
    deleted = [Change(provider_id=each, verb=Verb.DELETED, at=now) for each in wanted if each in gone]
    return [*deleted, *_edited(api, sequence(answer.get("data")), now)]


def _edited(api: Api, posts: Sequence[Mapping[str, Any]], now: datetime) -> Sequence[Change]:
    newest = {history(each)[-1]: each for each in posts if len(history(each)) > 1}
    fresh = {each for each in newest if now - made_at(each) < _NEW_EDITS}
    here = [each for each in posts if id_of(each) in fresh]
    asked = sorted(fresh - {id_of(each) for each in here})
    found = sequence(_posts(api, asked).get("data")) if asked else []
    return [change for each in [*here, *found] if (change := _as_change(each))]


def _as_change(post: Mapping[str, Any]) -> Change | None:
    known = Known()
    read = understood(Thing(kind=Kind.POST, account="", part="", data=post, known=known), "")
    return next((each for each in read if isinstance(each, Change)), None)


def _posts(api: Api, ids: Sequence[str]) -> Mapping[str, Any]:
    answer = object_in(api.get("/2/tweets", {**POST, "ids": ",".join(ids)}, limit="posts"))
    meter.read("post_read", map(id_of, sequence(answer.get("data"))))
    return answer
