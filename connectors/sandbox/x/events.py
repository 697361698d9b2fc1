"""What is told to webhooks when something takes place: X Activity by default, the older Account Activity by a rule.

Messages of groups are told to nobody unless a rule says so: the documented payload has no place for a group's id.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import msgspec

from connectors.sandbox.x.asking import Platform
from connectors.sandbox.x.fields import respelled
from connectors.sandbox.x.posting import explicit_mentions
from connectors.sandbox.x.rendering import EVERYTHING, MESSAGE_MEDIA_HOST, Rendering, shown_text
from connectors.sandbox.x.switches import Events, Groups, Spelling
from connectors.sandbox.x.things import Account, Effect, Media, Message, Post, Subscription, Webhook

SIGNATURE = "x-twitter-webhooks-signature"
APP_ID = "29820954"
_OLD_ENTITIES = ("hashtags", "symbols", "user_mentions", "urls")
ALL_OF_AAA = "account_activity.all"
PRIVATE = {"dm.received", "dm.sent", "dm.read", "dm.indicate_typing", "post.mention.create", "post.reply.create"}
KNOWN = PRIVATE | {"post.create", "post.delete", "post.quote.create", "oauth.revoke"}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that one account is told, in both shapes: an XAA payload with includes, and the keys of an AAA body."""

    type: str
    account: str
    payload: dict[str, Any]
    includes: dict[str, Any]
    old: dict[str, Any]


class Herald:
    """Tells subscribed webhooks of each effect."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._world = platform.world

    def finish_last(self) -> None:
        """Tell what a kill between the journal and the hooks left untold: at most something of the last effect."""
        effects = self._world.log()
        if effects:
            self.tell(effects[-1], {delivery.about for delivery in self._platform.hooks.log()})

    def tell(self, effect: Effect, known: Container[str] = ()) -> None:
        """Have every subscribed webhook told, but for the deliveries that are `known`."""
        subscriptions = [one for one in self._world.all(Subscription) if not one.deleted]
        for event in self._events(effect) if subscriptions else ():
            for subscription in subscriptions:
                wanted = subscription.event_type in {event.type, ALL_OF_AAA} and subscription.at <= effect.at
                fits = wanted and subscription.account == event.account
                webhook = self._world.find(Webhook, subscription.webhook) if fits else None
                uuid = _uuid(effect, subscription, event)
                if webhook is None or not webhook.valid or webhook.deleted or f"{webhook.id} {uuid}" in known:
                    continue
                self._send(webhook, subscription, event, uuid)

    def _send(self, webhook: Webhook, subscription: Subscription, event: Event, uuid: str) -> None:
        rules = self._platform.rules
        if rules.events is Events.ACCOUNT_ACTIVITY or subscription.event_type == ALL_OF_AAA:
            body: dict[str, Any] = {"for_user_id": event.account, **event.old}
        else:
            data = {
                "event_uuid": uuid,
                "filter": {} if event.type == "oauth.revoke" else {"user_id": event.account},
                "event_type": event.type,
                "tag": subscription.tag,
                "payload": event.payload,
            }
            body = {"data": {**data, **({"includes": event.includes} if event.includes else {})}}
            body = respelled(body) if rules.spelling is Spelling.POST else body
        raw = msgspec.json.encode(body)
        headers = {"content-type": "application/json", SIGNATURE: self._platform.app.sign(raw)}
        self._platform.hooks.post(webhook.url, raw, headers, f"{webhook.id} {uuid}")

    def _events(self, effect: Effect) -> Iterator[Event]:
        if effect.what in {"posted", "edited"}:
            yield from self._of_post(self._world.get(Post, effect.about))
        elif effect.what == "deleted":
            payload = {"id": effect.about, "author_id": effect.by}
            status = {"id": effect.about, "user_id": effect.by}
            old = {"tweet_delete_events": [{"status": status, "timestamp_ms": str(effect.at)}]}
            yield Event("post.delete", effect.by, payload, self._users(effect.by, wrapped=True), old)
        elif effect.what == "messaged":
            yield from self._of_message(self._world.get(Message, effect.about))
        elif effect.what == "revoked":
            at = datetime.fromtimestamp(effect.at // 1000, UTC).isoformat()
            revoke = {"date_time": at, "user_id": effect.by, "app_id": APP_ID}
            ends = {"target": {"app_id": APP_ID}, "source": {"user_id": effect.by}}
            yield Event("oauth.revoke", effect.by, revoke, {}, {"user_event": {"revoke": {"date_time": at, **ends}}})

    def _of_post(self, post: Post) -> Iterator[Event]:
        told = [("post.mention.create", who) for who in explicit_mentions(self._world, post.text)]
        for kind, other in (("post.reply.create", post.parent), ("post.quote.create", post.quoted)):
            answered = self._world.find(Post, other)
            told += [(kind, answered.author)] if answered is not None else []
        rendering = Rendering(self._world, self._platform.rules, EVERYTHING, None)
        payload = rendering.post(post)
        payload |= {"in_reply_to_tweet_id": post.parent} if post.parent else {}
        includes = rendering.includes()
        if self._platform.rules.wrapped_users:
            includes["users"] = [{"data": user} for user in includes["users"]]
        old = {"tweet_create_events": [self._old_post(post)]}
        payload, includes = _with_twins(payload), _with_twins(includes)
        yield Event("post.create", post.author, payload, includes, old)
        for kind, account in dict.fromkeys(told):
            if account != post.author:
                yield Event(kind, account, payload, includes, old)

    def _of_message(self, message: Message) -> Iterator[Event]:
        in_group = "-" not in message.conversation
        if in_group and self._platform.rules.groups is Groups.UNTOLD:
            return
        others = [who for who in message.participants if who != message.sender]
        both = {who: self._world.get(Account, who) for who in message.participants}
        rendering = Rendering(self._world, self._platform.rules, EVERYTHING, None)
        users = {who: {"data": rendering.user(account)} for who, account in both.items()}
        old_users = {who: _old_user(account) for who, account in both.items()}
        for told in (*others, message.sender):
            target = next((who for who in others if in_group and who != told), others[0])
            event = {"direct_message_events": [self._old_message(message, target)]}
            kind = "dm.sent" if told == message.sender else "dm.received"
            yield Event(kind, told, {**event, "users": users}, {}, {**event, "users": old_users})

    def _old_message(self, message: Message, target: str) -> dict[str, Any]:
        """A message in the shape of v1.1."""
        data: dict[str, Any] = {"text": message.text, "entities": {kind: [] for kind in _OLD_ENTITIES}}
        if message.media:
            data["attachment"] = {"type": "media", "media": self._old_media(message)}
        named = "-" not in message.conversation and self._platform.rules.groups is Groups.NAMED
        return {
            "type": "message_create",
            "id": message.id,
            "created_timestamp": str(message.at),
            **({"dm_conversation_id": message.conversation} if named else {}),
            "message_create": {
                "target": {"recipient_id": target},
                "sender_id": message.sender,
                "message_data": data,
            },
        }

    def _users(self, account: str, *, wrapped: bool) -> dict[str, Any]:
        rendering = Rendering(self._world, self._platform.rules, EVERYTHING, None)
        user = rendering.user(self._world.get(Account, account))
        return {"users": [{"data": user} if wrapped else user]}

    def _old_media(self, message: Message) -> dict[str, Any]:
        media = self._world.get(Media, message.media)
        url = f"{MESSAGE_MEDIA_HOST}/{message.id}/{media.id}/{media.name}"
        kind = "photo" if media.category.endswith("image") else "video"
        return {"id": int(media.id), "id_str": media.id, "media_url": url, "media_url_https": url, "type": kind}

    def _old_post(self, post: Post) -> dict[str, Any]:
        """A post in the shape of v1.1."""
        parent = self._world.find(Post, post.parent)
        answered = self._world.get(Account, parent.author) if parent is not None else None
        text = shown_text(self._world, self._platform.rules, post).text
        return {
            "created_at": datetime.fromtimestamp(post.at / 1000, UTC).strftime("%a %b %d %H:%M:%S +0000 %Y"),
            "id": int(post.id),
            "id_str": post.id,
            "text": text if len(text) <= 140 else f"{text[:139]}…",
            "truncated": len(text) > 140,
            **({"extended_tweet": {"full_text": text}} if len(text) > 140 else {}),
            "in_reply_to_status_id_str": parent.id if parent is not None else None,
            "in_reply_to_user_id_str": answered.id if answered is not None else None,
            "in_reply_to_screen_name": answered.username if answered is not None else None,
            "user": _old_user(self._world.get(Account, post.author)),
            "timestamp_ms": str(post.at),
        }


def _with_twins(told: Any) -> Any:
    """Each number of an entity once more as text, as events have them."""
    if isinstance(told, dict):
        twins = {f"{name}_str": str(value) for name, value in told.items() if name in ("start", "end")}
        return {name: _with_twins(value) for name, value in told.items()} | twins
    return [_with_twins(each) for each in told] if isinstance(told, list) else told


def _uuid(effect: Effect, subscription: Subscription, event: Event) -> str:
    """The event's id: any 64 bits, as a number with its sign; always the same for the same event."""
    about = f"{effect.sequence} {subscription.id} {event.type}"
    return str(int.from_bytes(sha256(about.encode()).digest()[:8], "big", signed=True))


def _old_user(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "created_timestamp": str(account.at),
        "name": account.name,
        "screen_name": account.username,
        "protected": False,
        "verified": False,
    }
