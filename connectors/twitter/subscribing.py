"""Telling X where to call us, and of what (docs.x.com, webhooks/quickstart and activity/quickstart)."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from connectors.errors import ChannelError, Rejected, gettext_noop
from connectors.twitter.api import Api, object_in
from connectors.twitter.carriers import mapping, sequence
from connectors.twitter.standing import webhooks

# A mention event leaves out answers that name us only by being answers, so both are needed. Each event costs.
NEEDED = ("post.mention.create", "post.reply.create", "post.quote.create", "dm.received")
# What polls tell too, or what not every account may have: without them all goes on.
WELCOME = ("post.create", "post.delete", "dm.sent", "dm.read", "chat.received")
_PRIVATE = ("dm.", "chat.")
OF_THE_APP = "oauth.revoke"  # for all accounts of the app; it takes no filter


def subscribe(app: Api, user: Api, account: str, address: str, *, messages: bool) -> None:
    """Have the account's events sent to `address`; what is so already stays. Raise a ChannelError.

    `app` and `user` are the API as the app and as the account, which alone may ask for its private events. Without
    `messages` nothing is told of direct messages, which cost.
    """
    webhook = _registered(app, address)
    there = {_identity(each): each for each in _subscriptions(app)}
    for event in (event for event in (*NEEDED, *WELCOME) if messages or not event.startswith(_PRIVATE)):
        wanted = {"event_type": event, "filter": {"user_id": account}, "tag": event, "webhook_id": webhook}
        with suppress(*(() if event in NEEDED else (Rejected,))):
            _ensure(user, wanted, there)
    revoked = {"event_type": OF_THE_APP, "tag": OF_THE_APP, "webhook_id": webhook}
    # The documentation names no filter for it; where one is asked for all the same, the account is one.
    for each in ({}, {"user_id": account}):
        with suppress(Rejected):
            _ensure(app, {**revoked, "filter": each}, there)
            break


def _registered(app: Api, address: str) -> str:
    """The id of the webhook at this address; X tries the address before it says yes."""
    known = next((each for each in webhooks(app) if each.get("url") == address), None)
    if known is None:
        try:
            made = object_in(app.post("/2/webhooks", {"url": address}, has_effect=False))
        except Rejected as error:
            raise _why(error) from None
        return str(mapping(made.get("data")).get("id") or made.get("id") or "")
    if known.get("valid") is not True:
        app.put(f"/2/webhooks/{known.get('id')}")  # it is tried once more
    return str(known.get("id"))


def _why(error: Rejected) -> ChannelError:
    if "CrcValidationFailed" in error.words:
        sentence = gettext_noop(
            "X called our address and was not answered rightly. The address must be open to the internet with HTTPS, "
            "and the API Key Secret of the app must be the one X signs with."
        )
    elif "WebhookLimitExceeded" in error.words:
        sentence = gettext_noop("The app has all the webhooks it may have. Delete one at developer.x.com.")
    elif "UrlValidationFailed" in error.words:
        sentence = gettext_noop("X calls only addresses that begin with https:// and name no port.")
    else:
        return error
    return Rejected(sentence, error.words)


def _subscriptions(app: Api) -> Iterator[Mapping[str, Any]]:
    """All of the app's, whichever of the documented shapes they come in."""
    token = ""
    while True:
        body = object_in(app.get("/2/activity/subscriptions", {"pagination_token": token} if token else None))
        data = body.get("data")
        yield from sequence(mapping(data).get("subscriptions") or ([data] if isinstance(data, dict) else data))
        token = str(mapping(body.get("meta")).get("next_token") or "")
        if not token:
            return


def _identity(subscription: Mapping[str, Any]) -> tuple[str, str]:
    return str(subscription.get("event_type")), str(mapping(subscription.get("filter")).get("user_id") or "")


def _ensure(api: Api, wanted: Mapping[str, Any], there: Mapping[tuple[str, str], Mapping[str, Any]]) -> None:
    known = there.get(_identity(wanted))
    if known is None:
        api.post("/2/activity/subscriptions", wanted, has_effect=False)
    elif str(known.get("webhook_id") or "") != wanted["webhook_id"]:
        identity = known.get("subscription_id") or known.get("id")
        api.put(f"/2/activity/subscriptions/{identity}", {"tag": wanted["tag"], "webhook_id": wanted["webhook_id"]})
