"""From what X handed over to what was said: posts and direct messages, whoever carried them.

Pure; runs in the limited reader. Ours is told from theirs by the fact `account`, or by what the body itself says.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from connectors.contract import (
    Change,
    Content,
    Echo,
    Incoming,
    Payload,
    Person,
    Post,
    Progress,
    Receipt,
    Revoked,
    Verb,
)
from connectors.errors import Unreadable, gettext_noop
from connectors.twitter import direct
from connectors.twitter.carriers import (
    Json,
    Kind,
    Thing,
    author_of,
    decoded,
    first_version,
    id_of,
    mapping,
    partner_of,
    referenced,
    things,
)
from connectors.twitter.media import files_of
from connectors.twitter.moments import made_at, moment
from connectors.twitter.people import known_person, person
from connectors.twitter.texts import text_of, without_leading_mentions

LINK = "https://x.com/i/web/status/{}"


def read(payload: Payload, folder: Path) -> Sequence[Content]:
    """What a payload says; of a webhook's body only the piece that its fact `part` names. Raise Unreadable."""
    body = decoded(payload.read())
    part, account = payload.facts.get("part"), payload.facts.get("account", "")
    wanted = [thing for thing in things(body) if part is None or thing.part == part]
    if not wanted:
        raise Unreadable(gettext_noop("There is nothing in it that somebody said to us."))
    return [content for thing in wanted for content in understood(thing, account or thing.account)]


def understood(thing: Thing, account: str) -> Sequence[Content]:
    """What one thing means; nothing for one of our own posts that answers nobody."""
    return _READERS[thing.kind](thing, account)


def _post(thing: Thing, account: str) -> Sequence[Content]:
    post = thing.data
    ours = bool(account) and author_of(post) == account
    if ours and not partner_of(post, account):
        return []
    said = _said(thing, account, ours=ours)
    if first_version(post) != id_of(post):
        original = replace(said, provider_id=first_version(post), reference=first_version(post))
        at = moment(post.get("created_at")) or made_at(id_of(post))
        return [Change(provider_id=original.provider_id, verb=Verb.EDITED, at=at, text=said.text, said=original)]
    return [Echo(said=said)] if ours else [said]


def _said(thing: Thing, account: str, *, ours: bool) -> Incoming:
    post, users = thing.data, thing.known.users
    author = author_of(post)
    sender = person(mapping(post.get("user"))) if post.get("user") else known_person(author, users)
    partner = partner_of(post, account) if ours else author
    text, parents = text_of(post), parents_of(post)
    language = str(post.get("lang") or "")
    return Incoming(
        provider_id=id_of(post),
        reference=id_of(post),
        sender=sender,
        to=(known_person(partner, users),) if ours else (),
        text=text,
        reply_text=without_leading_mentions(text, post) if parents else text,
        sent_at=moment(post.get("created_at")),
        parents=parents,
        thread_key=f"public:{root_of(post)}:{partner}",
        public=True,
        post=_said_under(thing),
        remote=files_of(post, thing.known.media),
        language=language if len(language) == 2 else "",
    )


def parents_of(post: Json) -> tuple[str, ...]:
    """The post that this one answers."""
    told = [id_of(each) for each in referenced(post) if each.get("type") == "replied_to"]
    older = post.get("in_reply_to_post_id") or post.get("in_reply_to_tweet_id")
    older = older or post.get("in_reply_to_status_id_str") or post.get("in_reply_to_status_id")
    return tuple(dict.fromkeys([*told, *([str(older)] if older else [])]))


def root_of(post: Json) -> str:
    """The first post of the tree. Version 1.1 does not tell it: there it is the nearest one that is known."""
    return str(post.get("conversation_id") or next(iter(parents_of(post)), first_version(post)))


def _said_under(thing: Thing) -> Post | None:
    """The root of the tree, or the post that was quoted; with its words where they came along."""
    post = thing.data
    quoted = next((id_of(each) for each in referenced(post) if each.get("type") == "quoted"), "")
    quoted = quoted or str(post.get("quoted_status_id_str") or "")
    reference = root_of(post) if parents_of(post) else quoted
    if not reference:
        return None
    inside = mapping(post.get("quoted_status"))
    return shown(thing.known.posts.get(reference) or (inside if id_of(inside) == reference else {}), reference, thing)


def shown(post: Json, reference: str, thing: Thing) -> Post:
    """A post as people see it above what was said under it."""
    author = author_of(post)
    name = person(mapping(post.get("user"))).name if post.get("user") else known_person(author, thing.known.users).name
    return Post(
        reference=reference,
        author=name,
        text=text_of(post),
        link=LINK.format(reference),
        at=moment(post.get("created_at")),
    )


def _deleted(thing: Thing, account: str) -> Sequence[Content]:
    gone = mapping(thing.data.get("status")) or thing.data
    return [Change(provider_id=id_of(gone), verb=Verb.DELETED, at=_told_at(thing) or made_at(id_of(gone)))]


def _told_at(thing: Thing) -> datetime | None:
    return moment(thing.data.get("timestamp_ms") or thing.data.get("date_time"))


def _message(thing: Thing, account: str) -> Sequence[Content]:
    said = direct.said(thing, account)
    return [Echo(said=said)] if account and said.sender.address == account else [said]


def _was_read(thing: Thing, account: str) -> Sequence[Content]:
    at = moment(thing.data.get("created_timestamp"))
    reader = str(thing.data.get("sender_id") or "")
    last = str(thing.data.get("last_read_event_id") or "")
    if reader == account:
        return []
    return [Receipt(provider_id=last, progress=Progress.READ, at=at, recipient=reader, up_to=at or made_at(last))]


def _encrypted(thing: Thing, account: str) -> Sequence[Content]:
    """A message of the encrypted chat: that it came is all we can know."""
    sender = str(thing.data.get("sender_id") or "")
    return [
        Incoming(
            provider_id=id_of(thing.data),
            reference=id_of(thing.data),
            sender=Person(address=sender, name=known_person(sender, thing.known.users).name),
            text="",
            sent_at=moment(thing.data.get("created_at_msec")),
            thread_key=f"dm:{sender}",
            notices=("x-chat",),
        )
    ]


def _revoked(thing: Thing, account: str) -> Sequence[Content]:
    return [Revoked(at=_told_at(thing))]


_READERS: Mapping[Kind, Callable[[Thing, str], Sequence[Content]]] = MappingProxyType(
    {
        Kind.POST: _post,
        Kind.POST_DELETED: _deleted,
        Kind.DM: _message,
        Kind.DM_READ: _was_read,
        Kind.CHAT: _encrypted,
        Kind.REVOKED: _revoked,
    }
)
