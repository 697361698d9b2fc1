"""What X hands over, taken apart by structure alone: an activity event, an account-activity body, an API answer.

Each thing has a key that names it and not its carrier, so that a webhook and a poll agree. Shapes:
docs.x.com, "X Activity API event payload examples", "Account Activity API v2", and the reference of API v2.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

import msgspec

from connectors.errors import Unreadable, gettext_noop

Json: TypeAlias = Mapping[str, Any]
_OURS_TOO = ("post.create", "post.mention.create", "post.reply.create", "post.quote.create")


class Kind(StrEnum):
    """What kinds of things we take in."""

    POST = "post"
    POST_DELETED = "post-delete"
    DM = "dm"
    DM_READ = "dm-read"
    CHAT = "chat"
    REVOKED = "revoke"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What came along with things: people and posts by id, media by key."""

    users: Mapping[str, Json] = field(default_factory=dict)
    posts: Mapping[str, Json] = field(default_factory=dict)
    media: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One thing: `account` is ours that it is for (empty in an API answer), `part` where it stands in the body."""

    kind: Kind
    account: str
    part: str
    data: Json
    known: Known

    @property
    def source_key(self) -> str:
        return source_key(self.kind, self.data)


def source_key(kind: Kind, data: Json) -> str:
    """What names this thing, whoever carried it. An edited post is a thing of its own."""
    match kind:
        case Kind.POST:
            edited = first_version(data) != id_of(data)
            return f"post-edit:{id_of(data)}" if edited else f"post:{id_of(data)}"
        case Kind.POST_DELETED:
            return f"post-delete:{id_of(mapping(data.get('status')) or data)}"
        case Kind.DM_READ:
            return f"dm-read:{data.get('sender_id', '')}:{data.get('last_read_event_id', '')}"
        case Kind.REVOKED:
            return f"revoke:{data.get('user_id', '')}:{data.get('date_time', '')}"
        case _:
            return f"{kind}:{id_of(data)}"


def id_of(data: Json) -> str:
    return str(data.get("id_str") or data.get("id") or "")


def first_version(post: Json) -> str:
    """The id a post was born with. It gets a new one with every edit."""
    versions = history(post)
    return versions[0] if versions else id_of(post)


def history(post: Json) -> list[str]:
    """The ids of all versions of a post, oldest first, under either spelling."""
    found = post.get("edit_history_post_ids") or post.get("edit_history_tweet_ids")
    found = found or mapping(post.get("edit_history")).get("initial_tweet_id")
    return [found] if isinstance(found, str) else words(found)


def decoded(body: bytes) -> Json:
    """The body as an object. Raise Unreadable."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreadable(gettext_noop("This is not JSON, which X always sends."), str(error)[:200]) from None
    except RecursionError:
        raise Unreadable(gettext_noop("This is not what X sends: it is nested too deeply.")) from None
    if not isinstance(found, dict):
        raise Unreadable(gettext_noop("This is not what X sends: an object was expected."))
    return found


def things(body: Json) -> Sequence[Thing]:
    """Everything in a body that concerns us, in its order. Raise Unreadable for what is not of X, or has no id."""
    found = list(_found(body))
    if any(thing.source_key.endswith(":") for thing in found):
        raise Unreadable(gettext_noop("This is not what X sends: something in it has no id."))
    return found


def _found(body: Json) -> Iterator[Thing]:
    if "for_user_id" in body or "user_event" in body:
        return _account_activity(body)
    data = body.get("data")
    if isinstance(data, dict) and "event_type" in data and ("payload" in data or "filter" in data):
        return _activity(data)
    if data is not None or "meta" in body or "includes" in body:
        return _answer(body)
    raise Unreadable(gettext_noop("This is not what X sends: neither an event nor an answer of its API."))


def _activity(event: Json) -> Iterator[Thing]:
    """X Activity API: one event in an envelope."""
    payload = mapping(event.get("payload"))
    account = str(mapping(event.get("filter")).get("user_id") or payload.get("user_id") or "")
    known = _known(event.get("includes"), payload.get("users"))
    match str(event.get("event_type") or ""):
        case name if name in _OURS_TOO:
            yield from _post(account, "", payload, known)
        case "post.delete":
            yield Thing(kind=Kind.POST_DELETED, account=account, part="", data=payload, known=known)
        case "dm.received" | "dm.sent":
            yield from _v1_messages(account, payload, known)
        case "dm.read":
            yield from _reads(account, payload, known)
        case "chat.received":
            yield Thing(kind=Kind.CHAT, account=account, part="", data=payload, known=known)
        case "oauth.revoke":
            yield Thing(kind=Kind.REVOKED, account=account, part="", data=payload, known=known)


def _account_activity(body: Json) -> Iterator[Thing]:
    """Account Activity API: lists of events of several kinds for one account."""
    account = str(body.get("for_user_id") or "")
    known = _known(None, body.get("users"))
    for place, post in enumerate(sequence(body.get("tweet_create_events"))):
        yield from _post(account, f"tweet_create_events/{place}", post, known)
    for place, gone in enumerate(sequence(body.get("tweet_delete_events"))):
        part = f"tweet_delete_events/{place}"
        yield Thing(kind=Kind.POST_DELETED, account=account, part=part, data=gone, known=known)
    yield from _v1_messages(account, body, known)
    yield from _reads(account, body, known)
    revoked = mapping(mapping(body.get("user_event")).get("revoke"))
    if revoked:
        user = str(mapping(revoked.get("source")).get("user_id") or account)
        data = {"user_id": user, "date_time": revoked.get("date_time", "")}
        yield Thing(kind=Kind.REVOKED, account=user, part="", data=data, known=known)


def _answer(body: Json) -> Iterator[Thing]:
    """An answer of API v2: one thing, or a page of them."""
    known = _known(body.get("includes"), None)
    data = body.get("data")
    alone = isinstance(data, dict)
    for place, each in enumerate(sequence([data] if alone else data)):
        part = "" if alone else f"data/{place}"
        if each.get("event_type") == "MessageCreate":
            yield Thing(kind=Kind.DM, account="", part=part, data=each, known=known)
        elif "event_type" not in each and "text" in each:
            yield from _post("", part, each, known)


def _post(account: str, part: str, post: Json, known: Known) -> Iterator[Thing]:
    """A post, unless it is a mere repost or one of our own that answers nobody."""
    if post.get("retweeted_status") or any(each.get("type") == "retweeted" for each in referenced(post)):
        return
    if account and author_of(post) == account and not partner_of(post, account):
        return
    yield Thing(kind=Kind.POST, account=account, part=part, data=post, known=known)


def author_of(post: Json) -> str:
    return str(post.get("author_id") or id_of(mapping(post.get("user"))))


def partner_of(post: Json, account: str) -> str:
    """Whom one of our own posts answers: not ourselves, where it goes on with a thread of ours."""
    answered = str(post.get("in_reply_to_user_id_str") or post.get("in_reply_to_user_id") or "")
    if not answered or answered != account:
        return answered
    return next((user for user, _ in mentions(post) if user and user != account), "")


def mentions(post: Json) -> list[tuple[str, str]]:
    """The ids and names of those whom a post mentions, in its order."""
    entities = mapping(post.get("entities"))
    found = sequence(entities.get("mentions") or entities.get("user_mentions"))
    return [(id_of(each), str(each.get("username") or each.get("screen_name") or "")) for each in found]


def referenced(post: Json) -> Sequence[Json]:
    """The posts that a post of API v2 answers, quotes or repeats, under either spelling."""
    return sequence(post.get("referenced_posts") or post.get("referenced_tweets"))


def _v1_messages(account: str, body: Json, known: Known) -> Iterator[Thing]:
    """Direct messages, but for one of a group that is not named: a poll brings it, and tells which group it is of."""
    for place, message in enumerate(sequence(body.get("direct_message_events"))):
        if message.get("type", "message_create") == "message_create" and not _is_of_a_nameless_group(message, account):
            part = f"direct_message_events/{place}"
            yield Thing(kind=Kind.DM, account=account, part=part, data=message, known=known)


def _is_of_a_nameless_group(message: Json, account: str) -> bool:
    """Whether we hear what one person said to another: it can only be of a group that both and we are in."""
    said = mapping(message.get("message_create"))
    ends = {str(said.get("sender_id") or ""), str(mapping(said.get("target")).get("recipient_id") or "")}
    return bool(account) and "" not in ends and account not in ends and not message.get("dm_conversation_id")


def _reads(account: str, body: Json, known: Known) -> Iterator[Thing]:
    for place, read in enumerate(sequence(body.get("direct_message_mark_read_events"))):
        part = f"direct_message_mark_read_events/{place}"
        yield Thing(kind=Kind.DM_READ, account=account, part=part, data=read, known=known)


def _known(includes: object, users: object) -> Known:
    told = mapping(includes)
    people = [_unwrapped(each) for each in sequence(told.get("users"))]
    people += [_unwrapped({"id": key, **value}) for key, value in mapping(users).items() if isinstance(value, dict)]
    posts = [*sequence(told.get("posts")), *sequence(told.get("tweets"))]
    return Known(
        users={id_of(each): each for each in people},
        posts={id_of(each): each for each in posts},
        media={str(each.get("media_key")): each for each in sequence(told.get("media"))},
    )


def _unwrapped(user: Json) -> Json:
    """Some events wrap each user in an object `data` of its own."""
    inner = user.get("data")
    return inner if isinstance(inner, dict) else user


def mapping(value: object) -> Json:
    """The value if it is an object, else an empty one: hostile and partial bodies have anything anywhere."""
    return value if isinstance(value, dict) else {}


def words(value: object) -> list[str]:
    """The entries of a list of ids or keys."""
    return [str(each) for each in value] if isinstance(value, list) else []


def sequence(value: object) -> Sequence[Json]:
    """The objects of a list, without what is none."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
