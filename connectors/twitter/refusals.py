"""What X means when it says no: told apart by status and problem type, never by wording alone.

X answers with problem documents (RFC 9457), with the older `{"errors": [{"code": 88}]}`, or with a page of HTML.
The words of a 403 only choose the sentence that people read; that it is final does not depend on them.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from connectors.errors import (
    ChannelError,
    CredentialsRefused,
    CreditsSpent,
    OutcomeUnknown,
    Rejected,
    TryLater,
    gettext_noop,
)
from connectors.http import Answer, retry_after

# A quarter of an hour, and the longer windows of writing.
_WINDOWS = ("x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour")
_RATE_LIMITED = 88  # code of version 1.1
_SPENT = frozenset({"credits", "usage-capped"})
_WRONG_APP = frozenset({"client-forbidden", "oauth1-permissions", "unsupported-authentication"})

_NO_CREDITS = gettext_noop(
    "The credits of the developer account at X are used up. Buy credits at developer.x.com, then resume this channel."
)
_LOGGED_OUT = gettext_noop("X does not let this account in any more. Connect the account again.")
_APP_MAY_NOT = gettext_noop(
    "X does not allow this to our app. Check at developer.x.com that the app belongs to a project and may read, write "
    "and use direct messages, then connect the account again."
)
_NOT_THERE = gettext_noop("It is not on X any more: it was deleted, or is not shown to us.")
TOO_OFTEN = gettext_noop("X asks us to come less often.")
_OUT_OF_ORDER = gettext_noop("X is out of order. It will be tried again.")
_WHO_KNOWS = gettext_noop("X failed while it was asked; it may have acted or not.")
_REFUSED = gettext_noop("X refused this.")

# Words of the details of a 403 that have been seen, and what an agent is told.
_FORBIDDEN: Mapping[str, str] = MappingProxyType(
    {
        "mentioned": gettext_noop(
            "X lets us answer only posts that mention us or quote one of ours, and this one does neither. "
            "Ask the customer to mention us, or continue in private if that is offered."
        ),
        "reply to this conversation": gettext_noop("The author of the first post has limited who may reply to it."),
        "permission to dm": gettext_noop("This person takes no direct messages from us."),
        "cannot send messages": gettext_noop("This person takes no direct messages from us."),
        "duplicate": gettext_noop("X does not take the same text twice in a row. Change a word and send it again."),
        "blocked": gettext_noop("This person has blocked us on X."),
    }
)
_FORBIDDEN_OTHERWISE = gettext_noop("X does not allow this for this post or this person.")


def refusal(answer: Answer, *, has_effect: bool) -> ChannelError:
    """The error that an answer other than 2xx means. `has_effect`: whether X may have acted before it failed."""
    problem = answer.json()
    words = words_of(answer.status, problem)
    if answer.status == 402 or (answer.status in (403, 429) and _is_spent(problem)):
        return CreditsSpent(_NO_CREDITS, words)
    if answer.status == 401:
        return CredentialsRefused(_LOGGED_OUT, words)
    if answer.status == 403:
        return _forbidden(problem, words)
    if answer.status == 429 or _RATE_LIMITED in _codes(problem):
        return TryLater(TOO_OFTEN, words, resets_at(answer.headers))
    if answer.status == 404:
        return Rejected(_NOT_THERE, words)
    if 300 <= answer.status < 500 and answer.status != 408:
        return Rejected(_REFUSED, words)
    return OutcomeUnknown(_WHO_KNOWS, words) if has_effect else TryLater(_OUT_OF_ORDER, words)


def resets_at(headers: Mapping[str, str]) -> datetime | None:
    """When all limits that are used up are whole again (headers tell seconds since 1970), or when we may come back."""
    used_up = [window for window in _WINDOWS if headers.get(f"{window}-remaining") == "0"]
    told = [headers.get(f"{window}-reset", "") for window in used_up or _WINDOWS[:1]]
    if ends := [int(end) for end in told if end.isdigit()]:
        return datetime.fromtimestamp(max(ends), UTC)
    return retry_after(headers.get("Retry-After", ""), retry_after(headers.get("Date", ""), None))


def words_of(status: int, problem: Mapping[str, Any]) -> str:
    """What X itself said, short enough for a log."""
    said = [problem.get("title"), problem.get("detail") or problem.get("error_description")]
    said += [each.get("message") or each.get("detail") for each in _errors(problem)]
    return ": ".join([f"HTTP {status}", *dict.fromkeys(str(each) for each in said if each)])[:500]


def is_missing(problem: Mapping[str, Any]) -> bool:
    """Whether a partial error says that something is gone, or hidden from us."""
    return _type(problem) in ("resource-not-found", "not-authorized-for-resource")


def _forbidden(problem: Mapping[str, Any], words: str) -> ChannelError:
    if _type(problem) in _WRONG_APP:
        return CredentialsRefused(_APP_MAY_NOT, words)
    known = (sentence for clue, sentence in _FORBIDDEN.items() if clue in words.lower())
    return Rejected(next(known, _FORBIDDEN_OTHERWISE), words)


def _is_spent(problem: Mapping[str, Any]) -> bool:
    return _type(problem) in _SPENT or problem.get("title") == "CreditsDepleted"


def _type(problem: Mapping[str, Any]) -> str:
    """The last part of a problem's type: its host was renamed, and the older one is still in use."""
    return str(problem.get("type") or "").rstrip("/").rpartition("/")[2]


def _errors(problem: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    errors = problem.get("errors")
    return [each for each in errors if isinstance(each, dict)] if isinstance(errors, list) else []


def _codes(problem: Mapping[str, Any]) -> set[object]:
    return {each.get("code") for each in _errors(problem)}
