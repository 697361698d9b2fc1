"""What was said in public: comments, posts of visitors, mentions elsewhere; by webhook, or as the API shows it.

All that one person says under one post is one thread. Where Facebook does not say who it was, nobody can be told apart
from anybody: each such thing has an author of its own.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from types import MappingProxyType

from connectors.contract import Change, Content, Echo, Incoming, Person, Post, Verb
from connectors.facebook import attachments
from connectors.facebook.carriers import ADDED, Kind, Thing, author_of, verb_of
from connectors.facebook.moments import moment
from connectors.facebook.shapes import Json, id_in, mapping, text_in

LINK = "https://www.facebook.com/{}"
_VERBS = MappingProxyType({"edited": Verb.EDITED, "remove": Verb.DELETED, "hide": Verb.HIDDEN, "unhide": Verb.SHOWN})
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def pushed(thing: Thing, account: str) -> Sequence[Content]:
    """What a change of a webhook says; nothing for a verb that nobody knows."""
    value, verb = thing.data, verb_of(thing.data)
    identity = id_in(value, "comment_id") or id_in(value, "post_id")
    if verb == ADDED:
        return [_said(thing, account, identity)]
    if verb not in _VERBS:
        return []
    at = moment(thing.told_at) or moment(value.get("created_time")) or _LONG_AGO
    told = verb != "remove" and author_of(value) not in ("", account)
    whole = _said(thing, account, identity) if told and text_in(value, "message") else None
    text = text_in(value, "message") if verb == "edited" else ""
    return [Change(provider_id=identity, verb=_VERBS[verb], at=at, text=text, said=whole)]


def shown_post(post: Json, account: str) -> Sequence[Content]:
    """A post of a visitor on our wall; nothing for our own."""
    if author_of(post) in ("", account):
        return []
    return [_incoming(post, account, id_in(post), id_in(post), shown(post))]


def shown_comment(comment: Json, account: str) -> Sequence[Content]:
    """A comment. One of ours is the echo of an answer; nothing if it answers nobody."""
    under = mapping(comment.get("object"))
    post = shown(under)
    parent = id_in(mapping(comment.get("parent")))
    root = post.reference or parent or id_in(comment)
    if author_of(comment) != account or not account:
        return [_incoming(comment, account, id_in(comment), root, post if post.reference else None)]
    answered = _person(mapping(comment.get("answers")), account, "")
    if not answered.address or answered.address == account:
        return []
    said = Incoming(
        provider_id=id_in(comment),
        reference=id_in(comment),
        sender=_person(comment, account, id_in(comment)),
        to=(answered,),
        text=text_in(comment, "message"),
        sent_at=moment(comment.get("created_time")),
        parents=(parent,) if parent else (),
        thread_key=f"public:{root}:{answered.address}",
        public=True,
        post=post,
        remote=attachments.of_a_shown_post(comment),
    )
    return [Echo(said=said)]


def shown(post: Json) -> Post:
    """A post as people see it above what was said under it."""
    return Post(
        reference=id_in(post),
        author=text_in(mapping(post.get("from")), "name"),
        text=text_in(post, "message"),
        link=text_in(post, "permalink_url") or LINK.format(id_in(post)),
        at=moment(post.get("created_time")),
    )


def _incoming(node: Json, account: str, identity: str, root: str, post: Post | None) -> Incoming:
    sender = _person(node, account, identity)
    parent = id_in(mapping(node.get("parent")))
    return Incoming(
        provider_id=identity,
        reference=identity,
        sender=sender,
        text=text_in(node, "message"),
        sent_at=moment(node.get("created_time")),
        parents=(parent,) if parent else (),
        thread_key=f"public:{root}:{sender.address}",
        public=True,
        post=post,
        remote=attachments.of_a_shown_post(node),
    )


def _said(thing: Thing, account: str, identity: str) -> Incoming:
    """A comment or post out of a webhook. A comment's post is only named there: its words are asked for later."""
    value = thing.data
    root, parent = id_in(value, "post_id") or identity, id_in(value, "parent_id")
    sender = _author(thing, account, identity)
    return Incoming(
        provider_id=identity,
        reference=identity,
        sender=sender,
        text=text_in(value, "message") or _shared(value),
        sent_at=moment(value.get("created_time")) or moment(thing.told_at),
        parents=(parent,) if parent not in ("", root) else (),
        thread_key=f"public:{root}:{sender.address}",
        public=True,
        post=_itself(value, sender, root) if identity == root else None,
        remote=attachments.of_a_post(value),
    )


def _author(thing: Thing, account: str, identity: str) -> Person:
    """Who said it. A mention never says so, but a post's id begins with whose wall it stands on."""
    if thing.kind is Kind.MENTION and not author_of(thing.data) and thing.data.get("item") != "comment":
        return Person(address=identity.partition("_")[0], scope=account)
    return _person(thing.data, account, identity)


def _person(value: Json, account: str, identity: str) -> Person:
    address = author_of(value)
    if not address:
        unknown = f"author-of-{identity}" if identity else ""
        return Person(address=unknown, name=f"Facebook {identity}", scope=account)
    name = text_in(mapping(value.get("from")), "name") or text_in(value, "sender_name")
    return Person(address=address, name=name, scope=account)


def _itself(value: Json, sender: Person, root: str) -> Post:
    return Post(
        reference=root,
        author=sender.name,
        text=text_in(value, "message"),
        link=text_in(mapping(value.get("post")), "permalink_url") or LINK.format(root),
        at=moment(value.get("created_time")),
    )


def _shared(value: Json) -> str:
    """What is said by sharing something without a word."""
    return text_in(value, "link") if text_in(value, "item") not in ("photo", "video") else ""
