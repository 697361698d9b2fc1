"""Answers about webhooks and about what is sent to them."""

import hmac
import secrets
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec
import requests
from msgspec.structs import replace

from connectors.sandbox.x.asking import Ask, Id
from connectors.sandbox.x.callers import App, Login
from connectors.sandbox.x.events import ALL_OF_AAA, KNOWN, PRIVATE
from connectors.sandbox.x.problems import forbidden, invalid, webhook_refused
from connectors.sandbox.x.rendering import instant
from connectors.sandbox.x.things import Account, Subscription, Webhook

LONGEST_URL = 200
CHECK_SECONDS = 10


class NewWebhook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    url: str


class Replaying(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    webhook_id: Id
    from_date: str
    to_date: str


class Filter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    user_id: Id
    direction: str = ""


class NewSubscription(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    event_type: str
    filter: Filter
    tag: str = ""
    webhook_id: Id = ""


class ChangedSubscription(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    tag: str = ""
    webhook_id: Id = ""


def create(ask: Ask) -> dict[str, Any]:
    url = ask.json(NewWebhook).url
    there = [webhook for webhook in ask.world.all(Webhook) if not webhook.deleted]
    if not _is_acceptable(url):
        raise webhook_refused(
            "UrlValidationFailed", "The URL must be https, without a port, of at most 200 characters."
        )
    if any(webhook.url == url for webhook in there):
        raise webhook_refused("DuplicateUrlFailed", "The URL is registered already.")
    if len(there) >= ask.platform.rules.webhooks_most:
        raise webhook_refused("WebhookLimitExceeded", "The app has as many webhooks as it may have.")
    if not answers_challenge(url, ask.platform.app):
        raise webhook_refused("CrcValidationFailed", "The URL did not answer the challenge as it must.")
    webhook = Webhook(ask.world.new_id(), url, ask.world.now())
    ask.world.put(webhook)
    return {"data": _shown(webhook)}


def webhooks(ask: Ask) -> dict[str, Any]:
    there = [_shown(webhook) for webhook in ask.world.all(Webhook) if not webhook.deleted]
    return {"data": there, "meta": {"result_count": len(there)}} if there else {"meta": {"result_count": 0}}


def check_again(ask: Ask) -> dict[str, Any]:
    """Ask the challenge once more; a good answer makes an invalid webhook valid."""
    webhook = _webhook(ask, ask.path["id"])
    if not answers_challenge(webhook.url, ask.platform.app):
        ask.world.put(replace(webhook, valid=False))
        raise webhook_refused("CrcValidationFailed", "The URL did not answer the challenge as it must.")
    ask.world.put(replace(webhook, valid=True))
    return {"data": {"valid": True}}


def delete(ask: Ask) -> dict[str, Any]:
    ask.world.put(replace(_webhook(ask, ask.path["id"]), deleted=True))
    return {"data": {"deleted": True}}


def replay(ask: Ask) -> dict[str, Any]:
    """Send the events of a part of the last 24 hours once more, as they were."""
    wanted = ask.json(Replaying)
    webhook = _webhook(ask, wanted.webhook_id)
    start, end = _minute(wanted.from_date), _minute(wanted.to_date)
    if not ask.world.now() / 1000 - 24 * 3600 <= start < end:
        raise invalid("from_date must lie within the last 24 hours, before to_date.", from_date=wanted.from_date)
    seen: set[str] = set()
    for delivery in ask.platform.hooks.log():
        if delivery.about.split()[0] == webhook.id and start <= delivery.at < end and delivery.about not in seen:
            seen.add(delivery.about)
            ask.platform.hooks.post(webhook.url, delivery.body, delivery.headers, delivery.about)
    return {"data": {"job_id": ask.world.new_id(), "created_at": instant(ask.world.now())}}


def subscribe(ask: Ask) -> dict[str, Any]:
    new = ask.json(NewSubscription)
    if new.event_type not in KNOWN:
        raise invalid(f"event_type [{new.event_type}] is not one of {sorted(KNOWN)}", event_type=new.event_type)
    _check_right(ask, new.event_type, new.filter.user_id)
    if new.webhook_id:
        _webhook(ask, new.webhook_id)
    if ask.world.find(Account, new.filter.user_id) is None:
        raise invalid("The user does not exist.", user_id=new.filter.user_id)
    same = (new.event_type, new.filter.user_id, new.webhook_id)
    for there in _subscriptions(ask):
        if (there.event_type, there.account, there.webhook) == same:
            raise invalid("There is such a subscription already.", event_type=new.event_type)
    made = Subscription(
        id=ask.world.new_id(),
        event_type=new.event_type,
        account=new.filter.user_id,
        webhook=new.webhook_id,
        at=ask.world.now(),
        tag=new.tag,
        direction=new.filter.direction,
    )
    ask.world.put(made)
    return _answered(ask, made)


def subscriptions(ask: Ask) -> dict[str, Any]:
    there = [_subscription_shown(one) for one in _subscriptions(ask)]
    return {"data": there, "meta": {"result_count": len(there)}} if there else {"meta": {"result_count": 0}}


def change_subscription(ask: Ask) -> dict[str, Any]:
    new = ask.json(ChangedSubscription)
    old = _subscription(ask)
    if new.webhook_id:
        _webhook(ask, new.webhook_id)
    changed = replace(old, tag=new.tag or old.tag, webhook=new.webhook_id or old.webhook)
    ask.world.put(changed)
    return _answered(ask, changed)


def unsubscribe(ask: Ask) -> dict[str, Any]:
    ask.world.put(replace(_subscription(ask), deleted=True))
    return {"data": {"deleted": True}}


def subscribe_to_all(ask: Ask) -> dict[str, Any]:
    """The older Account Activity: everything of whoever is logged in."""
    webhook = _webhook(ask, ask.path["id"])
    made = Subscription(ask.world.new_id(), ALL_OF_AAA, ask.account.id, webhook.id, ask.world.now())
    if not any((one.event_type, one.account) == (ALL_OF_AAA, ask.account.id) for one in _subscriptions(ask)):
        ask.world.put(made)
    return {"data": {"subscribed": True}}


def answers_challenge(url: str, app: App) -> bool:
    """Whether the receiver proves that it knows the consumer secret."""
    token = secrets.token_urlsafe(24)
    try:
        answer = requests.get(url, params={"crc_token": token}, timeout=CHECK_SECONDS, allow_redirects=False)
        given = answer.json()["response_token"]
    except (requests.RequestException, ValueError, KeyError, TypeError):
        return False
    return answer.status_code == 200 and hmac.compare_digest(str(given), app.sign(token.encode()))


def _is_acceptable(url: str) -> bool:
    """https without a port; of this machine anything, because only the sandbox is there."""
    parts = urlsplit(url)
    if len(url) > LONGEST_URL:
        return False
    on_loopback = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost"}
    return on_loopback or (parts.scheme == "https" and ":" not in parts.netloc and bool(parts.netloc))


def _check_right(ask: Ask, event_type: str, user: str) -> None:
    """Private events need a login of that person by OAuth 2, and dm.read for messages."""
    if event_type not in PRIVATE:
        return
    own = ask.caller.login is Login.OAUTH2 and ask.account.id == user
    scope = "dm.read" if event_type.startswith("dm.") else "tweet.read"
    if not own or scope not in ask.caller.scopes:
        raise forbidden(f"{event_type} needs an OAuth 2.0 login of that user with {scope}.")


def _webhook(ask: Ask, wanted: str) -> Webhook:
    found = ask.world.find(Webhook, wanted)
    if found is None or found.deleted:
        raise webhook_refused("WebhookIdInvalid", f"There is no webhook {wanted}.")
    return found


def _subscriptions(ask: Ask) -> list[Subscription]:
    return [one for one in ask.world.all(Subscription) if not one.deleted]


def _subscription(ask: Ask) -> Subscription:
    for one in _subscriptions(ask):
        if one.id == ask.path["id"]:
            return one
    raise invalid("There is no such subscription.", subscription_id=ask.path["id"])


def _answered(ask: Ask, subscription: Subscription) -> dict[str, Any]:
    """The answer in one of the three shapes that are documented."""
    shown = _subscription_shown(subscription)
    shapes: dict[str, Any] = {"list": [shown], "object": shown, "nested": {"subscription": shown}}
    return {"data": shapes[ask.platform.rules.subscription_answer]}


def _shown(webhook: Webhook) -> dict[str, Any]:
    return {"id": webhook.id, "url": webhook.url, "valid": webhook.valid, "created_at": instant(webhook.at)}


def _subscription_shown(one: Subscription) -> dict[str, Any]:
    filtered = {"user_id": one.account, **({"direction": one.direction} if one.direction else {})}
    shown = {"subscription_id": one.id, "event_type": one.event_type, "filter": filtered, "tag": one.tag}
    return {**shown, "webhook_id": one.webhook, "created_at": instant(one.at), "updated_at": instant(one.at)}


def _minute(given: str) -> float:
    try:
        return datetime.strptime(given, "%Y%m%d%H%M").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise invalid("A date is written yyyymmddhhmm.", from_date=given) from None
