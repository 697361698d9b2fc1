"""Everything this X answers, on one page: who may ask, what may be asked, how often."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from connectors.sandbox.x import people, private, public, uploads, webhooks
from connectors.sandbox.x.asking import Ask, File
from connectors.sandbox.x.callers import Login
from connectors.sandbox.x.fields import FOR_MESSAGES, FOR_POSTS, FOR_USERS
from connectors.sandbox.x.limits import DAY, Limit, Per

ANYBODY = (Login.OAUTH1, Login.OAUTH2, Login.APP)
A_USER = (Login.OAUTH1, Login.OAUTH2)
OAUTH2 = (Login.OAUTH2,)
THE_APP = (Login.APP,)
NOBODY: Sequence[Login] = ()  # no login is asked for
READ = frozenset({"tweet.read", "users.read"})
WRITE = READ | {"tweet.write"}
DM_READ = READ | {"dm.read"}
DM_WRITE = DM_READ | {"dm.write"}
MEDIA = frozenset({"media.write"})
NONE = frozenset[str]()
_WINDOW = ("max_results", "pagination_token", "since_id", "until_id", "start_time", "end_time")
_DM_PAGE = frozenset({*FOR_MESSAGES, "max_results", "pagination_token", "event_types"})


class Takes(StrEnum):
    """The body of a request."""

    NOTHING = "no body"
    JSON = "application/json"
    MEDIA = "application/json or multipart/form-data"


@dataclass(frozen=True, slots=True)
class Call:
    """One method of one path. `scopes` are those a login by OAuth 2 needs, `query` the parameters it knows."""

    method: str
    path: str
    answer: Callable[[Ask], Mapping[str, Any] | File]
    logins: Sequence[Login]
    scopes: frozenset[str] = NONE
    limits: Sequence[Limit] = ()
    query: frozenset[str] = NONE
    takes: Takes = Takes.NOTHING
    status: int = 200

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


def _limits(app: int | None, user: int | None, *others: Limit) -> Sequence[Limit]:
    """Calls in a quarter of an hour, and what else is counted."""
    pairs = ((app, Per.APP), (user, Per.USER))
    return [*(Limit(calls, per) for calls, per in pairs if calls is not None), *others]


_POSTS = frozenset(FOR_POSTS)
_USERS = frozenset(FOR_USERS)
_SEARCH = _POSTS | {*_WINDOW, "query", "next_token", "sort_order"}
_DM_LIMITS = _limits(None, 15, Limit(1440, Per.USER, DAY), Limit(1440, Per.APP, DAY))
_FEW = _limits(450, 450)

CALLS: Sequence[Call] = (
    Call("GET", "/2/users/me", people.me, A_USER, READ, _limits(None, 75), _USERS),
    Call("GET", "/2/users", people.by_ids, ANYBODY, READ, _limits(300, 900), _USERS | {"ids"}),
    Call("GET", "/2/users/by", people.by_usernames, ANYBODY, READ, _limits(300, 900), _USERS | {"usernames"}),
    Call("GET", "/2/users/by/username/{username}", people.by_username, ANYBODY, READ, _limits(300, 900), _USERS),
    Call("GET", "/2/users/{id}", people.by_id, ANYBODY, READ, _limits(300, 900), _USERS),
    Call("GET", "/2/users/{id}/mentions", public.mentions, ANYBODY, READ, _limits(450, 300), _POSTS | {*_WINDOW}),
    Call("GET", "/2/users/{id}/tweets", public.own, ANYBODY, READ, _limits(10000, 900), _POSTS | {*_WINDOW, "exclude"}),
    Call("GET", "/2/tweets/search/recent", public.search, ANYBODY, READ, _limits(450, 300), _SEARCH),
    Call("GET", "/2/tweets", public.by_ids, ANYBODY, READ, _limits(3500, 5000), _POSTS | {"ids"}),
    Call(
        "POST",
        "/2/tweets",
        public.publish,
        A_USER,
        WRITE,
        _limits(None, 100, Limit(10_000, Per.APP, DAY)),
        takes=Takes.JSON,
        status=201,
    ),
    Call("GET", "/2/tweets/{id}", public.by_id, ANYBODY, READ, _limits(450, 900), _POSTS),
    Call("DELETE", "/2/tweets/{id}", public.delete, A_USER, WRITE, _limits(None, 50)),
    Call(
        "PUT",
        "/2/tweets/{id}/hidden",
        public.hide,
        A_USER,
        READ | {"tweet.moderate.write"},
        _limits(None, 50),
        takes=Takes.JSON,
    ),
    Call("GET", "/2/dm_events", private.events, A_USER, DM_READ, _limits(None, 15), _DM_PAGE),
    Call("GET", "/2/dm_events/{id}", private.event, A_USER, DM_READ, _limits(None, 15), frozenset(FOR_MESSAGES)),
    Call("DELETE", "/2/dm_events/{id}", private.hide, A_USER, DM_WRITE, _limits(None, 300, Limit(1500, Per.USER, DAY))),
    Call(
        "GET",
        "/2/dm_conversations/with/{participant_id}/dm_events",
        private.events_with,
        A_USER,
        DM_READ,
        _limits(None, 15),
        _DM_PAGE,
    ),
    Call("GET", "/2/dm_conversations/{id}/dm_events", private.events_of, A_USER, DM_READ, _limits(None, 15), _DM_PAGE),
    Call("GET", "/2/dm_conversations/media/{dm_id}/{media_id}/{resource_id}", private.media, OAUTH2, DM_READ),
    Call(
        "POST",
        "/2/dm_conversations/with/{participant_id}/messages",
        private.write_to,
        A_USER,
        DM_WRITE,
        _DM_LIMITS,
        takes=Takes.JSON,
        status=201,
    ),
    Call(
        "POST",
        "/2/dm_conversations/{id}/messages",
        private.write_into,
        A_USER,
        DM_WRITE,
        _DM_LIMITS,
        takes=Takes.JSON,
        status=201,
    ),
    Call(
        "POST", "/2/dm_conversations", private.begin_group, A_USER, DM_WRITE, _DM_LIMITS, takes=Takes.JSON, status=201
    ),
    Call("POST", "/2/media/upload/initialize", uploads.initialize, A_USER, MEDIA, takes=Takes.JSON),
    Call("POST", "/2/media/upload/{id}/append", uploads.append, A_USER, MEDIA, takes=Takes.MEDIA),
    Call("POST", "/2/media/upload/{id}/finalize", uploads.finalize, A_USER, MEDIA),
    Call("GET", "/2/media/upload", uploads.status, A_USER, MEDIA, query=frozenset({"command", "media_id"})),
    Call("POST", "/2/media/upload", uploads.one_shot, A_USER, MEDIA, takes=Takes.MEDIA),
    Call("POST", "/2/webhooks", webhooks.create, THE_APP, limits=_FEW, takes=Takes.JSON),
    Call("GET", "/2/webhooks", webhooks.webhooks, THE_APP, limits=_FEW),
    Call("POST", "/2/webhooks/replay", webhooks.replay, THE_APP, limits=_limits(100, None), takes=Takes.JSON),
    Call("PUT", "/2/webhooks/{id}", webhooks.check_again, THE_APP, limits=_FEW),
    Call("DELETE", "/2/webhooks/{id}", webhooks.delete, THE_APP, limits=_FEW),
    Call(
        "POST",
        "/2/activity/subscriptions",
        webhooks.subscribe,
        ANYBODY,
        limits=_limits(500, 500),
        takes=Takes.JSON,
    ),
    Call("GET", "/2/activity/subscriptions", webhooks.subscriptions, THE_APP, limits=_limits(500, None)),
    Call(
        "PUT",
        "/2/activity/subscriptions/{id}",
        webhooks.change_subscription,
        THE_APP,
        limits=_limits(500, None),
        takes=Takes.JSON,
    ),
    Call("DELETE", "/2/activity/subscriptions/{id}", webhooks.unsubscribe, THE_APP, limits=_limits(500, None)),
    Call(
        "POST",
        "/2/account_activity/webhooks/{id}/subscriptions/all",
        webhooks.subscribe_to_all,
        A_USER,
        limits=_limits(500, 500),
    ),
    Call("GET", "/media/{name}", uploads.served, NOBODY),
)
