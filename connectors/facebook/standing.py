"""How our Page stands at Facebook: who we are, what we may do, what is missing, and until when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from connectors.contract import Report
from connectors.errors import ChannelError, CredentialsRefused, gettext_noop
from connectors.facebook.api import Api
from connectors.facebook.moments import moment
from connectors.facebook.refusals import token_error
from connectors.facebook.shapes import Json, id_in, listed, mapping, sequence, text_in
from connectors.facebook.subscribing import FIELDS

# What a permission lets us do, and what is said where it is missing.
PERMISSIONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "pages_messaging": (
            gettext_noop("Read and write messages in Messenger"),
            gettext_noop("We may not read and write messages in Messenger (pages_messaging)."),
        ),
        "pages_read_engagement": (
            gettext_noop("Read the posts of the Page"),
            gettext_noop("We may not read the posts of the Page (pages_read_engagement)."),
        ),
        "pages_read_user_content": (
            gettext_noop("Read comments and posts of visitors"),
            gettext_noop("We may not read comments and posts of visitors (pages_read_user_content)."),
        ),
        "pages_manage_engagement": (
            gettext_noop("Answer, like and hide comments"),
            gettext_noop("We may not answer, like and hide comments (pages_manage_engagement)."),
        ),
        "pages_manage_metadata": (
            gettext_noop("Be told of news at once"),
            gettext_noop("We may not ask to be told of news at once (pages_manage_metadata)."),
        ),
        "pages_show_list": (
            gettext_noop("See which Pages there are"),
            gettext_noop("We may not see which Pages there are (pages_show_list)."),
        ),
    }
)
# What whoever connected the Page must be allowed on it.
TASKS: Mapping[str, str] = MappingProxyType(
    {
        "MESSAGING": gettext_noop("Whoever connected the Page may not answer its messages. Another person must do it."),
        "MODERATE": gettext_noop("Whoever connected the Page may not answer its comments. Another person must do it."),
    }
)
_WEBHOOK_WORKS = gettext_noop("Facebook tells us of news at once.")
_WEBHOOK_IN_PART = gettext_noop("Facebook tells us of some news only. Register the webhook again.")
_NO_WEBHOOK = gettext_noop("Facebook does not call us. We ask it every two minutes instead.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """Whose token this is."""

    id: str
    name: str


def me(api: Api) -> Me:
    """Ask who we are. Raise a ChannelError."""
    told = api.get("me", fields="id,name")
    return Me(id=id_in(told), name=text_in(told, "name"))


def report(api: Api, app: Api, page: str, tasks: Sequence[str]) -> Report:
    """Put it into words. `app` is the API as our app; `tasks` are those of whoever connected the Page.

    Raise CredentialsRefused for a dead token, else another ChannelError.
    """
    token = _debugged(app, api.token)
    granted = _granted(token, page)
    missing = [cannot for name, (_, cannot) in PERMISSIONS.items() if name not in granted]
    missing += [cannot for task, cannot in TASKS.items() if tasks and task not in tasks]
    return Report(
        name=me(api).name,
        may=tuple(can for name, (can, _) in PERMISSIONS.items() if name in granted),
        missing=tuple(missing),
        expires_at=_ends_at(token),
        webhook=_webhook(api, page, id_in(token, "app_id")),
    )


def may(app: Api, token: str, page: str, permission: str) -> bool:
    """Whether this token has a permission for the Page. Raise CredentialsRefused for a dead one."""
    return permission in _granted(_debugged(app, token), page)


def _debugged(app: Api, token: str) -> Json:
    told = mapping(app.get("debug_token", input_token=token).get("data"))
    if told.get("is_valid") is not True:
        raise token_error(mapping(told.get("error")))
    return told


def _granted(token: Json, page: str) -> set[str]:
    """The permissions that count for this Page: a finer one may name the Pages it is for."""
    scopes = token.get("scopes")
    granted = {str(scope) for scope in scopes} if isinstance(scopes, list) else set()
    for fine in sequence(token.get("granular_scopes")):
        targets = fine.get("target_ids")
        if isinstance(targets, list) and targets and page not in map(str, targets):
            granted.discard(text_in(fine, "scope"))
    return granted


def _ends_at(token: Json) -> datetime | None:
    """When somebody must consent again: the token ends, or our access to the data does. 0 is never."""
    ends = [moment(told) for name in ("expires_at", "data_access_expires_at") if (told := token.get(name))]
    return min((end for end in ends if end), default=None)


def _webhook(api: Api, page: str, app_id: str) -> str:
    try:
        apps = listed(api.get(f"{page}/subscribed_apps"))
    except CredentialsRefused:
        raise
    except ChannelError as error:
        return error.sentence
    ours = next((each for each in apps if id_in(each) == app_id), {})
    told = ours.get("subscribed_fields")
    there = {str(name) for name in told} if isinstance(told, list) else set()
    if not there:
        return _NO_WEBHOOK
    return _WEBHOOK_WORKS if there.issuperset(FIELDS) else _WEBHOOK_IN_PART
