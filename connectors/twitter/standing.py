"""How our account stands at X: who we are, what we may do, what is missing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from connectors import meter
from connectors.contract import Report
from connectors.errors import ChannelError, CredentialsRefused, gettext_noop
from connectors.twitter.api import Api, object_in
from connectors.twitter.carriers import mapping, sequence
from connectors.twitter.people import person

# What a scope of OAuth 2.0 lets us do, and what is said where it is missing.
_MAY: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "tweet.read": (gettext_noop("Read posts"), gettext_noop("We may not read posts.")),
        "tweet.write": (gettext_noop("Answer posts"), gettext_noop("We may not answer posts.")),
        "tweet.moderate.write": (
            gettext_noop("Hide answers to our posts"),
            gettext_noop("We may not hide answers to our posts."),
        ),
        "dm.read": (gettext_noop("Read direct messages"), gettext_noop("We may not read direct messages.")),
        "dm.write": (gettext_noop("Write direct messages"), gettext_noop("We may not write direct messages.")),
        "media.write": (gettext_noop("Send photos and videos"), gettext_noop("We may not send photos and videos.")),
        "offline.access": (
            gettext_noop("Stay connected"),
            gettext_noop("The connection ends after two hours. Connect the account again and allow it to stay."),
        ),
    }
)
# What the header of a signed call tells (docs.x.com, fundamentals/authentication/oauth-1-0a).
_LEVELS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "read": frozenset({"tweet.read", "offline.access"}),
        "read-write": frozenset(_MAY) - {"dm.read", "dm.write"},
        "read-write-directmessages": frozenset(_MAY),
    }
)
_WEBHOOK_WORKS = gettext_noop("X tells us of news at once.")
_WEBHOOK_INVALID = gettext_noop("X has given up calling us: it found our address wrong or closed. Register it again.")
_NO_WEBHOOK = gettext_noop("X does not call us. We ask it every minute instead.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """The account that a key belongs to. `scopes` are what the key is good for, as far as X told."""

    id: str
    username: str
    name: str
    scopes: frozenset[str]


def me(api: Api, scopes: str = "") -> Me:
    """Ask who we are. `scopes` are those of the consent, if there was one. Raise a ChannelError."""
    answer = api.get("/2/users/me", limit="me")
    user = mapping(object_in(answer).get("data"))
    if not user.get("id"):
        raise CredentialsRefused(gettext_noop("X does not say whose key this is. Connect the account again."))
    meter.read("user_read", [str(user["id"])])
    level = _LEVELS.get(answer.headers.get("x-access-level", ""), frozenset(_MAY))
    return Me(
        id=str(user["id"]),
        username=str(user.get("username") or ""),
        name=person(user).name,
        scopes=frozenset(scopes.split()) or level,
    )


def report(whom: Me, app: Api | None) -> Report:
    """Put it into words. `app` is the API as the app, by which webhooks are known; None without its bearer token."""
    return Report(
        name=whom.name,
        may=tuple(can for scope, (can, _) in _MAY.items() if scope in whom.scopes),
        missing=tuple(cannot for scope, (_, cannot) in _MAY.items() if scope not in whom.scopes),
        webhook=_webhook(app),
    )


def _webhook(app: Api | None) -> str:
    if app is None:
        return _NO_WEBHOOK
    try:
        states = list(_states(app))
    except ChannelError as error:
        return error.sentence
    if not states:
        return _NO_WEBHOOK
    return _WEBHOOK_WORKS if any(states) else _WEBHOOK_INVALID


def _states(app: Api) -> Iterator[bool]:
    for webhook in webhooks(app):
        yield webhook.get("valid") is True


def webhooks(app: Api) -> list[Mapping[str, Any]]:
    """The webhooks of the app. Raise a ChannelError."""
    return list(sequence(object_in(app.get("/2/webhooks")).get("data")))
