"""Answers about posts: reading, publishing, deleting, hiding."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import msgspec

from connectors.sandbox.x import posting
from connectors.sandbox.x.asking import Ask, Id, looked_up, one, page
from connectors.sandbox.x.fields import FOR_POSTS
from connectors.sandbox.x.posting import Draft
from connectors.sandbox.x.problems import Problem, forbidden, invalid, missing
from connectors.sandbox.x.rendering import shown_text
from connectors.sandbox.x.searching import Search
from connectors.sandbox.x.things import Account, Media, Post
from connectors.sandbox.x.wording import POST_WEIGHT, weight

MENTIONS_KEPT = 800
OWN_KEPT = 3200
SEARCH_MILLISECONDS = 7 * 24 * 3600 * 1000


class Answering(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    in_reply_to_tweet_id: Id
    exclude_reply_user_ids: Sequence[Id] = ()
    auto_populate_reply_metadata: bool = True


class Attached(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    media_ids: Sequence[Id]
    tagged_user_ids: Sequence[Id] = ()


class Editing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    previous_post_id: Id


class NewPost(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of POST /2/tweets."""

    text: str = ""
    reply: Answering | None = None
    media: Attached | None = None
    quote_tweet_id: Id = ""
    reply_settings: Literal["following", "mentionedUsers", "subscribers", "verified"] | None = None
    made_with_ai: bool = False
    paid_partnership: bool = False
    nullcast: bool = False
    for_super_followers_only: bool = False
    share_with_followers: bool = False
    direct_message_deep_link: str = ""
    edit_options: Editing | None = None


class Hiding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    hidden: bool


def mentions(ask: Ask) -> dict[str, Any]:
    wanted = _account(ask).id
    kept = [
        post
        for post in posting.shown_posts(ask.world)
        if post.author != wanted and wanted in posting.mentions(ask.world, post)
    ]
    return _timeline(ask, kept[-MENTIONS_KEPT:], ask.number("max_results", 5, 100, 10))


def own(ask: Ask) -> dict[str, Any]:
    wanted = _account(ask).id
    leaves_out = set(ask.query.get("exclude", "").split(","))
    kept = [
        post
        for post in posting.shown_posts(ask.world)
        if post.author == wanted and not (post.parent and "replies" in leaves_out)
    ]
    return _timeline(ask, kept[-OWN_KEPT:], ask.number("max_results", 5, 100, 10))


def search(ask: Ask) -> dict[str, Any]:
    finds = Search(ask.world).compiled(ask.query.get("query", ""))
    since = ask.world.now() - SEARCH_MILLISECONDS
    kept = [post for post in posting.shown_posts(ask.world) if post.at >= since and finds(post)]
    return _timeline(ask, kept, ask.number("max_results", 10, 100, 10))


def by_ids(ask: Ask) -> dict[str, Any]:
    return _found(ask, ask.listed("ids"), "ids")


def by_id(ask: Ask) -> dict[str, Any]:
    return one(_found(ask, [ask.path["id"]], "id"), ask.platform.rules)


def publish(ask: Ask) -> dict[str, Any]:
    """Take a post. Nothing is held against a text that was posted before: asking twice posts twice."""
    new = ask.json(NewPost)
    media = [_media(ask, wanted) for wanted in new.media.media_ids] if new.media else []
    _check(new, media)
    if new.edit_options is not None:
        previous = _mine(ask, new.edit_options.previous_post_id)
        return _published(ask, posting.edit(ask.world, ask.account, previous.id, new.text))
    _check_invitation(ask, new)
    draft = Draft(
        text=new.text,
        parent=new.reply.in_reply_to_tweet_id if new.reply else "",
        quoted=new.quote_tweet_id,
        media=[one.id for one in media],
        spared=new.reply.exclude_reply_user_ids if new.reply else (),
    )
    return _published(ask, posting.post(ask.world, ask.account, draft))


def delete(ask: Ask) -> dict[str, Any]:
    posting.delete(ask.world, ask.account, _mine(ask, ask.path["id"]).id)
    return {"data": {"deleted": True}}


def hide(ask: Ask) -> dict[str, Any]:
    hidden = ask.json(Hiding).hidden
    reply = _existing(ask, ask.path["id"])
    if not reply.parent or ask.world.get(Post, reply.root).author != ask.account.id:
        raise forbidden()
    posting.hide(ask.world, ask.account, reply.id, hidden=hidden)
    return {"data": {"hidden": hidden}}


def _published(ask: Ask, post: Post) -> dict[str, Any]:
    text = shown_text(ask.world, ask.platform.rules, post).text
    return {"data": {"id": post.id, "text": text, "edit_history_tweet_ids": list(post.history)}}


def _account(ask: Ask) -> Account:
    found = ask.world.find(Account, ask.path["id"])
    if found is None or found.suspended:
        raise Problem(404, missing("user", "id", ask.path["id"]))
    return found


def _timeline(ask: Ask, kept: Sequence[Post], size: int) -> dict[str, Any]:
    """One page, the newest first, of those between the ids and times that the query names."""
    since, until = ask.id("since_id"), ask.id("until_id")
    start, end = ask.instant("start_time"), ask.instant("end_time")
    tests: Sequence[Callable[[Post], bool]] = [
        lambda post: since is None or int(post.id) > since,
        lambda post: until is None or int(post.id) < until,
        lambda post: start is None or post.at >= start,
        lambda post: end is None or post.at < end,
    ]
    chosen = [post for post in reversed(kept) if all(test(post) for test in tests)]
    shown, meta = page(chosen, lambda post: post.id, size, ask.token())
    rendering = ask.rendering(FOR_POSTS)
    data = [rendering.post(post) for post in shown]
    if not data:
        return {"meta": meta}
    includes = rendering.includes()
    ids = {"newest_id": shown[0].id, "oldest_id": shown[-1].id}
    return {"data": data, **({"includes": includes} if includes else {}), "meta": {**meta, **ids}}


def _found(ask: Ask, ids: Sequence[str], parameter: str) -> dict[str, Any]:
    for strange in (wanted for wanted in ids if not wanted.isdigit() or len(wanted) > 19):
        message = f"The `{parameter}` query parameter value [{strange}] does not match ^[0-9]{{1,19}}$"
        raise invalid(message, **{parameter: strange})
    rendering = ask.rendering(FOR_POSTS)
    return looked_up({wanted: _live(ask, wanted) for wanted in ids}, "tweet", parameter, rendering.post, rendering)


def _live(ask: Ask, wanted: str) -> Post | None:
    try:
        return posting.live(ask.world, wanted)
    except LookupError:
        return None


def _existing(ask: Ask, wanted: str) -> Post:
    found = _live(ask, wanted)
    if found is None:
        raise Problem(404, missing("tweet", "id", wanted))
    return found


def _mine(ask: Ask, wanted: str) -> Post:
    found = _existing(ask, wanted)
    if found.author != ask.account.id:
        raise forbidden("You are not authorized to change this Tweet.")
    return found


def _check(new: NewPost, media: Sequence[Media]) -> None:
    if not new.text and not media:
        raise invalid("Either text or media must be given.", text=new.text)
    if weight(new.text) > POST_WEIGHT:
        raise forbidden("Your Tweet text is too long. You are not permitted to perform this action.")
    moving = [one for one in media if not one.category.endswith("image")]
    if len(media) > 4 or (moving and len(media) > 1):
        raise invalid("A post has at most 4 photos, or 1 GIF, or 1 video.", media_ids=[one.id for one in media])


def _media(ask: Ask, wanted: str) -> Media:
    found = ask.world.find(Media, wanted)
    if found is None or found.owner != ask.account.id or found.state != "succeeded":
        raise invalid("Your media IDs are invalid.", media_ids=wanted)
    if not found.category.startswith("tweet_"):
        raise invalid(f"The media {wanted} was uploaded as {found.category}.", media_ids=wanted)
    return found


def _check_invitation(ask: Ask, new: NewPost) -> None:
    """What self-serve apps may answer or quote since 2026-02-23."""
    rules = ask.platform.rules
    for wanted in filter(None, (new.reply.in_reply_to_tweet_id if new.reply else "", new.quote_tweet_id)):
        other = _live(ask, wanted)
        if other is None:
            raise forbidden("You attempted to reply to a Tweet that is deleted or not visible to you.")
        if rules.summoned_only and not posting.is_invited(ask.world, ask.account, other):
            raise forbidden(rules.refusal)
