"""Things as the API shows them: only the fields that were asked for, and what the expansions add."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from connectors.sandbox.x.fields import FOR_POSTS, Wanted, wanted
from connectors.sandbox.x.messaging import may_message
from connectors.sandbox.x.posting import live, mentions
from connectors.sandbox.x.switches import Rules
from connectors.sandbox.x.things import Account, Media, Message, Post
from connectors.sandbox.x.wording import MENTION, Link, Shown, show
from connectors.sandbox.x.world import World

MEDIA_HOST = "https://pbs.twimg.com/media"
MESSAGE_MEDIA_HOST = "https://ton.twitter.com/1.1/ton/data/dm"
EVERYTHING = wanted(
    {
        "tweet.fields": "conversation_id,created_at,in_reply_to_user_id,referenced_tweets,entities,lang",
        "user.fields": "created_at,protected",
        "media.fields": "url,variants",
        "expansions": "author_id,attachments.media_keys",
    },
    FOR_POSTS,
)


def instant(milliseconds: int) -> str:
    """As X writes a time: 2026-07-24T21:05:48.000Z."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{milliseconds % 1000:03d}Z"


def shown_text(world: World, rules: Rules, post: Post) -> Shown:
    """The text of a post as readers get it."""
    names = [world.get(Account, who).username for who in post.implied] if rules.shows_implied_mentions else []
    author = world.get(Account, post.author).username
    page = f"https://x.com/{author}/status/{post.id}/photo/1"
    media = [Link(f"https://t.co/{post.history[0][-10:]}", page, world.get(Media, one).key) for one in post.media]
    return show(post.text, names, media, escaped=rules.escapes_text)


class Rendering:
    """Shows things to one reader, `viewer`, none for an app, and collects what else must be included."""

    def __init__(self, world: World, rules: Rules, wanted: Wanted, viewer: Account | None) -> None:
        self._world = world
        self._rules = rules
        self._wanted = wanted
        self._viewer = viewer
        self._users: dict[str, Account] = {}
        self._posts: dict[str, Post] = {}
        self._media: dict[str, dict[str, Any]] = {}

    def post(self, post: Post) -> dict[str, Any]:
        shown = self._post(post)
        self._expand(post)
        return shown

    def user(self, account: Account) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "id": account.id,
            "name": account.name,
            "username": account.username,
            "created_at": instant(account.at),
            "protected": False,
            "verified": False,
            "verified_type": "none",
            "description": "",
            "profile_image_url": "https://abs.twimg.com/sticky/default_profile_images/default_profile_normal.png",
        }
        if self._viewer is not None:
            fields["receives_your_dm"] = may_message(self._world, self._viewer, account)
        return {name: value for name, value in fields.items() if name in self._wanted.user}

    def message(self, message: Message) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "id": message.id,
            "event_type": message.kind,
            "dm_conversation_id": message.conversation,
            "created_at": instant(message.at),
            "sender_id": message.sender,
        }
        if message.kind == "MessageCreate":
            fields["text"] = message.text
        else:
            fields["participant_ids"] = list(message.participants)
        if message.media:
            media = self._world.get(Media, message.media)
            fields["attachments"] = {"media_keys": [media.key]}
            if "attachments.media_keys" in self._wanted.expansions:
                self._include_media(media, f"{MESSAGE_MEDIA_HOST}/{message.id}/{media.id}/{media.name}")
        if "sender_id" in self._wanted.expansions:
            self._include_users([message.sender])
        if "participant_ids" in self._wanted.expansions:
            self._include_users(message.participants)
        return {name: value for name, value in fields.items() if name in self._wanted.message}

    def includes(self) -> dict[str, Any]:
        """What the expansions of everything shown so far ask for; empty if nothing."""
        found = {
            "users": [self.user(account) for account in self._users.values()],
            "tweets": [self._post(post) for post in self._posts.values()],
            "media": list(self._media.values()),
        }
        return {name: things for name, things in found.items() if things}

    def _post(self, post: Post) -> dict[str, Any]:
        shown = shown_text(self._world, self._rules, post)
        fields: dict[str, Any] = {
            "id": post.id,
            "text": shown.text,
            "edit_history_tweet_ids": list(post.history),
            "author_id": post.author,
            "conversation_id": post.root,
            "created_at": instant(post.at),
            "lang": "und",
            "reply_settings": "everyone",
            "possibly_sensitive": False,
        }
        optional: dict[str, Any] = {
            "in_reply_to_user_id": self._answered(post),
            "referenced_tweets": _references(post),
            "attachments": {"media_keys": [self._world.get(Media, one).key for one in post.media]}
            if post.media
            else {},
            "entities": self.entities(shown),
        }
        fields |= {name: value for name, value in optional.items() if value}
        return {name: value for name, value in fields.items() if name in self._wanted.post}

    def entities(self, shown: Shown) -> dict[str, Any]:
        """Mentions and links of a text; start and end count code points."""
        named = [
            {"start": found.start(), "end": found.end(), "username": account.username, "id": account.id}
            for found in MENTION.finditer(shown.text)
            if (account := self._world.named(found[1])) is not None
        ]
        urls = [_url(shown.text, link) for link in shown.links]
        return {name: found for name, found in (("mentions", named), ("urls", urls)) if found}

    def _answered(self, post: Post) -> str:
        parent = self._world.find(Post, post.parent)
        return parent.author if parent is not None else ""

    def _expand(self, post: Post) -> None:
        expansions = self._wanted.expansions
        if "author_id" in expansions:
            self._include_users([post.author])
        if "in_reply_to_user_id" in expansions and (answered := self._answered(post)):
            self._include_users([answered])
        if "entities.mentions.username" in expansions:
            self._include_users(mentions(self._world, post))
        if "attachments.media_keys" in expansions:
            for media in (self._world.get(Media, one) for one in post.media):
                self._include_media(media, f"{MEDIA_HOST}/{media.name}")
        referenced = self._referenced(post)
        if {"referenced_tweets.id", "referenced_tweets.id.author_id"} & expansions:
            self._posts |= {other.id: other for other in referenced}
        if "referenced_tweets.id.author_id" in expansions:
            self._include_users(other.author for other in referenced)

    def _referenced(self, post: Post) -> list[Post]:
        found = []
        for reference in _references(post):
            try:
                found.append(live(self._world, reference["id"]))
            except LookupError:
                continue  # deleted since
        return found

    def _include_users(self, wanted: Iterable[str]) -> None:
        self._users |= {who: self._world.get(Account, who) for who in wanted}

    def _include_media(self, media: Media, url: str) -> None:
        moving = "animated_gif" if media.category.endswith("gif") else "video"
        kind = "photo" if media.category.endswith("image") else moving
        fields: dict[str, Any] = {"media_key": media.key, "type": kind}
        if kind == "photo":
            fields["url"] = url
        else:
            fields["variants"] = [{"content_type": media.mime, "bit_rate": 2176000, "url": url}]
            fields["duration_ms"] = 1000
        self._media[media.key] = {name: value for name, value in fields.items() if name in self._wanted.media}


def _references(post: Post) -> list[dict[str, str]]:
    pairs: Sequence[tuple[str, str]] = (("replied_to", post.parent), ("quoted", post.quoted))
    return [{"type": kind, "id": wanted} for kind, wanted in pairs if wanted]


def _url(text: str, link: Link) -> dict[str, Any]:
    start = text.index(link.url)
    plain = link.expanded.removeprefix("https://").removeprefix("http://")
    found = {"start": start, "end": start + len(link.url), "url": link.url, "expanded_url": link.expanded}
    return {**found, "display_url": plain, **({"media_key": link.media_key} if link.media_key else {})}
