"""What Facebook hands over, taken apart by structure alone: a webhook's body, or an answer of the Graph API.

Each thing has a key that names it and not its carrier, so that a webhook and a poll agree. Shapes: developers.facebook
.com, messenger-platform/reference/webhook-events, graph-api/webhooks/reference/page, and the reference of the API.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from connectors.errors import Unreadable, gettext_noop
from connectors.facebook.shapes import Json, id_in, listed, mapping, sequence, short_hash, text_in

_EVENTS = ("message", "message_edit", "reaction", "delivery", "read", "postback", "referral")
_OF_POSTS = frozenset({"status", "post", "photo", "video", "share", "album", "event", "link", "note"})
ADDED = "add"
UNNAMED = "unnamed"


class Kind(StrEnum):
    """What kinds of things we take in."""

    EVENT = "event"  # of Messenger, by webhook
    COMMENT = "comment"
    POST = "post"
    MENTION = "mention"
    SHOWN_MESSAGE = "shown-message"  # as the API shows it
    SHOWN_COMMENT = "shown-comment"
    SHOWN_POST = "shown-post"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One thing: `account` is the Page it is for (empty where an answer does not say), `part` where it stands.

    `told_at` is the time of its entry, in whatever unit.
    """

    kind: Kind
    account: str
    part: str
    data: Json
    told_at: object = None

    @property
    def source_key(self) -> str:
        """What names this thing, whoever carried it; what has no id is named by its bytes, and nobody can read it."""
        key = _KEYS[self.kind](self)
        return key if key.split(":")[1] else f"{UNNAMED}:{short_hash(msgspec.json.encode(self.data))}"


def things(body: Json, part: str | None = None) -> Sequence[Thing]:
    """Everything in a body that concerns us, in its order, or its `part` alone. Raise Unreadable for others.

    Likes, opt-ins, hand-overs and the Page's own new comments are left out. Of these a webhook does not tell whom they
    answer; a poll does.
    """
    found = _pushed(body, part) if "entry" in body or body.get("object") == "page" else _shown(body, "")
    return [thing for thing in found if part in (None, thing.part)]


def contact_of(event: Json, account: str) -> str:
    """Who is at the other end: in echoes sender and recipient stand either way round."""
    ends = (mapping(event.get("sender")), mapping(event.get("recipient")))
    named = [id_in(end) or id_in(end, "user_ref") for end in ends]
    return next((end for end in named if end and end != account), "")


def author_of(value: Json) -> str:
    """Who made a post or a comment; empty where Facebook does not say."""
    return id_in(mapping(value.get("from"))) or id_in(value, "sender_id")


def verb_of(value: Json) -> str:
    """`add`, `edited`, `remove`, `hide` or `unhide`."""
    verb = text_in(value, "verb")
    return {"edit": "edited", "delete": "remove", "update": "edited"}.get(verb, verb)


# -- a webhook's body


def _pushed(body: Json, part: str | None) -> Iterator[Thing]:
    if body.get("object") != "page":
        raise Unreadable(gettext_noop("This is not about a Page of Facebook."))
    for place, entry in enumerate(sequence(body.get("entry"))):
        account, told_at = id_in(entry), entry.get("time")
        for list_name in ("messaging", "standby", "changes"):
            take = _change if list_name == "changes" else _event
            for number, each in enumerate(sequence(entry.get(list_name))):
                if part in (None, where := f"{place}/{list_name}/{number}"):  # a body may hold a thousand
                    yield from take(each, account, where, told_at)


def _event(event: Json, account: str, part: str, told_at: object) -> Iterator[Thing]:
    if any(isinstance(event.get(name), dict) for name in _EVENTS):
        yield Thing(kind=Kind.EVENT, account=account, part=part, data=event, told_at=told_at)


def _change(change: Json, account: str, part: str, told_at: object) -> Iterator[Thing]:
    value, field = mapping(change.get("value")), change.get("field")
    if field not in ("feed", "mention"):
        yield from _event(value, account, part, told_at)  # the "Test" button of the app's page sends events so
        return
    item = text_in(value, "item")
    if field == "mention":
        kind = None if id_in(value, "post_id").startswith(f"{account}_") else Kind.MENTION  # the feed tells those
    elif item == "comment":
        kind = None if author_of(value) == account and verb_of(value) == ADDED else Kind.COMMENT
    else:
        kind = Kind.POST if _is_of_visitors(value, item, account) else None
    if kind:
        yield Thing(kind=kind, account=account, part=part, data=value, told_at=told_at)


def _is_of_visitors(value: Json, item: str, account: str) -> bool:
    return item in _OF_POSTS and bool(id_in(value, "post_id")) and author_of(value) != account


# -- an answer of the API


def _shown(body: Json, part: str) -> Iterator[Thing]:
    if "data" in body:
        for place, each in enumerate(listed(body)):
            yield from _shown(each, f"{part}data/{place}")
    elif "messages" in body or id_in(body).startswith("t_"):
        for place, each in enumerate(listed(body.get("messages"))):
            yield from _node(Kind.SHOWN_MESSAGE, each, f"{part}/messages/{place}")
    elif id_in(body).startswith(("m_", "mid.")) or "to" in body:
        yield from _node(Kind.SHOWN_MESSAGE, body, part)
    elif any(name in body for name in ("object", "parent", "attachment", "is_hidden", "can_reply_privately")):
        yield from _node(Kind.SHOWN_COMMENT, body, part)
    elif "created_time" in body or "comments" in body:
        yield from _shown_post(body, part)
    else:
        raise Unreadable(gettext_noop("This is not what Facebook sends: neither an event nor an answer of its API."))


def _shown_post(post: Json, part: str) -> Iterator[Thing]:
    account = id_in(post).partition("_")[0]
    if author_of(post) != account and "created_time" in post:
        yield Thing(kind=Kind.SHOWN_POST, account=account, part=part, data=post)
    for thing in comments_under(post):
        yield Thing(kind=thing.kind, account=account, part=f"{part}/{thing.part}", data=thing.data)


def comments_under(post: Json) -> Iterator[Thing]:
    """The comments of a shown post, each with its `object`; what was said to a comment also with whom it `answers`.

    They stand in two levels or, where they were asked for as a stream, in one list.
    """
    bare = {name: value for name, value in post.items() if name != "comments"}
    there = list(_of_both_levels(listed(post.get("comments"))))
    threads: dict[str, list[Json]] = {}
    for _, comment in there:
        threads.setdefault(parent_of(comment) or id_in(comment), []).append(comment)
    for part, comment in there:
        above = parent_of(comment)
        whom = {"answers": {"from": answered(comment, threads[above])}} if above else {}
        yield Thing(kind=Kind.SHOWN_COMMENT, account="", part=part, data={**comment, "object": bare, **whom})


def answered(comment: Json, thread: Sequence[Json]) -> Json:
    """Whom it is meant for: Facebook has two levels, so it is who spoke there last before. Empty if nobody is known."""
    at, own = text_in(comment, "created_time"), author_of(comment)
    before = [each for each in thread if author_of(each) != own and text_in(each, "created_time") <= at]
    return mapping(max(before, key=lambda each: text_in(each, "created_time"), default={}).get("from"))


def parent_of(comment: Json) -> str:
    """The comment under which this one stands; empty for one of the first level."""
    return id_in(mapping(comment.get("parent")))


def _of_both_levels(comments: Sequence[Json]) -> Iterator[tuple[str, Json]]:
    for place, comment in enumerate(comments):
        part = f"comments/{place}"
        yield part, {name: value for name, value in comment.items() if name != "comments"}
        for number, below in enumerate(listed(comment.get("comments"))):
            yield f"{part}/comments/{number}", {"parent": {"id": id_in(comment)}, **below}


def _node(kind: Kind, node: Json, part: str) -> Iterator[Thing]:
    yield Thing(kind=kind, account="", part=part, data=node)


# -- keys


def _event_key(thing: Thing) -> str:
    event = thing.data
    contact, at = contact_of(event, thing.account), event.get("timestamp") or thing.told_at
    name = next(name for name in _EVENTS if isinstance(event.get(name), dict))
    inside = mapping(event.get(name))
    mid = id_in(inside, "mid")
    match name:
        case "message":
            return f"unsend:{mid}" if inside.get("is_deleted") is True else f"mid:{mid}"
        case "message_edit":
            return f"edit:{mid}:{inside.get('num_edit', at)}"
        case "reaction":
            return f"reaction:{mid}:{contact}:{at}"
        case "postback":
            return f"postback:{mid}" if mid else f"postback:{contact}:{at}"
        case "delivery":
            return f"delivery:{contact}:{short_hash(inside.get('watermark'), inside.get('mids'))}"
        case _:
            return f"{name}:{contact}:{inside.get('watermark', at)}"


def _comment_key(thing: Thing) -> str:
    return f"comment:{id_in(thing.data, 'comment_id')}:{_what_happened(thing)}"


def _post_key(thing: Thing) -> str:
    return f"post:{id_in(thing.data, 'post_id')}:{_what_happened(thing)}"


def _mention_key(thing: Thing) -> str:
    return _comment_key(thing) if thing.data.get("item") == "comment" else _post_key(thing)


def _what_happened(thing: Thing) -> str:
    """The verb and a hash. What may happen twice, as hiding, is told apart by its time; `add` agrees with polls."""
    verb, message = verb_of(thing.data), text_in(thing.data, "message")
    if verb == ADDED:
        return f"{verb}:{short_hash(message)}"
    return f"{verb}:{short_hash(message, thing.data.get('created_time'), thing.told_at)}"


def _shown_key(thing: Thing) -> str:
    word = "comment" if thing.kind is Kind.SHOWN_COMMENT else "post"
    return f"{word}:{id_in(thing.data)}:{ADDED}:{short_hash(text_in(thing.data, 'message'))}"


_KEYS = {
    Kind.EVENT: _event_key,
    Kind.COMMENT: _comment_key,
    Kind.POST: _post_key,
    Kind.MENTION: _mention_key,
    Kind.SHOWN_MESSAGE: lambda thing: f"mid:{id_in(thing.data)}",
    Kind.SHOWN_COMMENT: _shown_key,
    Kind.SHOWN_POST: _shown_key,
}
