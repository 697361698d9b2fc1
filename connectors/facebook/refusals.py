"""What Facebook means when it says no: told apart by code and subcode, never by text.

Sources: developers.facebook.com, messenger-platform/error-codes and graph-api/guides/error-handling.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TypeAlias

from connectors.errors import (
    ChannelError,
    CredentialsRefused,
    CreditsSpent,
    OutcomeUnknown,
    Rejected,
    TryLater,
    gettext_noop,
)
from connectors.facebook.shapes import Json, mapping, text_in
from connectors.http import Answer


class Gone(Rejected):
    """What was asked for is not there, or is not shown to us: Facebook does not tell which."""


class WindowShut(Rejected):
    """By the clock of Facebook the customer's last message is too old for what was sent."""


_Made: TypeAlias = tuple[Callable[[str, str], ChannelError], str]

WINDOW_IS_SHUT = gettext_noop(
    "Facebook lets a Page answer within 24 hours after the customer's last message, and a person within 7 days. That "
    "time is over: wait until he writes again, or write to him on another channel."
)
_LOGGED_OUT = gettext_noop("Facebook does not let us in any more. Connect the Page again.")
_MAY_NOT = gettext_noop(
    "Facebook does not allow this to our app. Check that the app is live, that its permissions were approved, and that "
    "whoever connected the Page still manages it; then connect the Page again."
)
_UNAVAILABLE = gettext_noop("This person takes no messages from us: he has blocked the Page or closed his account.")
_GONE = gettext_noop("It is not on Facebook any more: it was deleted, or is not shown to us.")
_TOO_LARGE = gettext_noop("The file is too large for Facebook, which takes 25 MB.")
_WRONG_FILE = gettext_noop("Facebook does not take this kind of file. Send it in another format.")
_BLOCKED = gettext_noop(
    "Facebook has blocked what we send as abusive. Nothing more is sent: look at the support inbox of the Page, and "
    "resume this channel when the block has ended."
)
_TOO_OFTEN = gettext_noop("Facebook asks us to come less often.")
_OUT_OF_ORDER = gettext_noop("Facebook is out of order. It will be tried again.")
_WHO_KNOWS = gettext_noop("Facebook failed while it was asked; it may have acted or not.")
_NOT_UNDERSTOOD = gettext_noop("Facebook answered something we do not understand. It will be tried again.")
_REFUSED = gettext_noop("Facebook refused this.")
_CODE_IS_OLD = gettext_noop("The permission from Facebook was used already, or is too old. Connect the Page again.")

_RATE_LIMITS = frozenset({4, 17, 32, 613, 80001, 80006})
_TRANSIENT = frozenset({1, 2, 1200})
_PERMISSION = 10

_BY_SUBCODE: Mapping[tuple[int, int], _Made] = MappingProxyType(
    {
        (190, 458): (
            CredentialsRefused,
            gettext_noop("Whoever connected the Page has removed our app. Connect the Page again."),
        ),
        (190, 459): (
            CredentialsRefused,
            gettext_noop("Facebook wants whoever connected the Page to log in at facebook.com first."),
        ),
        (190, 460): (
            CredentialsRefused,
            gettext_noop("Whoever connected the Page has changed his password. Connect the Page again."),
        ),
        (190, 463): (
            CredentialsRefused,
            gettext_noop("The permission of whoever connected the Page has ended. Connect the Page again."),
        ),
        (10, 2018278): (WindowShut, WINDOW_IS_SHUT),
        (10, 2534022): (WindowShut, WINDOW_IS_SHUT),
        (10, 2018065): (WindowShut, WINDOW_IS_SHUT),
        (10, 2018108): (Rejected, _UNAVAILABLE),
        (10, 1893063): (
            Rejected,
            gettext_noop("Facebook has restricted this Page for a while. Look at the support inbox of the Page."),
        ),
        (200, 1545041): (Rejected, _UNAVAILABLE),
        (200, 2018028): (
            CredentialsRefused,
            gettext_noop("The app is not live at Facebook yet: it may write only to its own testers."),
        ),
        (100, 2018001): (Rejected, _UNAVAILABLE),
        (100, 2018218): (Rejected, gettext_noop("Facebook shows no profile of this person.")),
        (100, 2018047): (Rejected, _WRONG_FILE),
        (100, 2018109): (Rejected, _TOO_LARGE),
        (100, 1893061): (Rejected, gettext_noop("Facebook does not know the label under which this was sent.")),
        (100, 33): (Gone, _GONE),
        (100, 36007): (CredentialsRefused, _CODE_IS_OLD),
        (100, 36009): (CredentialsRefused, _CODE_IS_OLD),
    }
)
_BY_CODE: Mapping[int, _Made] = MappingProxyType(
    {
        190: (CredentialsRefused, _LOGGED_OUT),
        102: (CredentialsRefused, _LOGGED_OUT),
        104: (CredentialsRefused, _LOGGED_OUT),
        101: (CredentialsRefused, gettext_noop("Facebook does not know our app. Check its App ID.")),
        3: (CredentialsRefused, _MAY_NOT),
        10: (CredentialsRefused, _MAY_NOT),
        200: (CredentialsRefused, _MAY_NOT),
        230: (CredentialsRefused, _MAY_NOT),
        368: (CreditsSpent, _BLOCKED),  # the class that pauses the channel at once: each further try prolongs a block
        803: (Gone, _GONE),
        551: (Rejected, _UNAVAILABLE),
        2200: (
            Rejected,
            gettext_noop(
                "Facebook called our address and was not answered rightly. The address must be open to the internet "
                "with HTTPS."
            ),
        ),
        10900: (Rejected, gettext_noop("This comment was answered in private already. Facebook allows that once.")),
        10903: (Rejected, gettext_noop("Facebook does not let us answer this comment in private.")),
    }
)


def refusal(answer: Answer, *, has_effect: bool, until: datetime | None = None) -> ChannelError:
    """The error that an answer means. `until` is when calls are free again, as its headers tell.

    A clear refusal says that nothing was done; only an answer that is none leaves that open where the call
    `has_effect`.
    """
    error = mapping(answer.json().get("error"))
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    words = words_of(answer.status, error)
    if not error:
        return unclear(words, has_effect=has_effect)
    if (code, subcode) in _BY_SUBCODE:
        return _made(_BY_SUBCODE[code, subcode], words)
    if code in _RATE_LIMITS:
        return TryLater(_TOO_OFTEN, words, until)
    if code in _TRANSIENT or error.get("is_transient") is True:
        return TryLater(_OUT_OF_ORDER, words)
    if code == _PERMISSION and subcode:
        return Rejected(_REFUSED, words)  # about this one message: what is missing for good comes without a subcode
    if code not in _BY_CODE and answer.status >= 500:
        return unclear(words, has_effect=has_effect)
    return _made(_BY_CODE.get(code, (Rejected, _REFUSED)), words)


def token_error(error: Json) -> CredentialsRefused:
    """Why `debug_token` finds a token dead."""
    made = _BY_SUBCODE.get((190, _number(error.get("subcode"))), (CredentialsRefused, _LOGGED_OUT))
    return CredentialsRefused(made[1], text_in(error, "message")[:500])


def unclear(words: str, *, has_effect: bool) -> ChannelError:
    """What an answer means that says neither yes nor no: a page of HTML, or nothing we know."""
    return OutcomeUnknown(_WHO_KNOWS, words) if has_effect else TryLater(_NOT_UNDERSTOOD, words)


def words_of(status: int, error: Json) -> str:
    """What Facebook itself said, short enough for a log, with the trace that its support asks for."""
    numbers = "/".join(str(error[name]) for name in ("code", "error_subcode") if name in error)
    said = [numbers, text_in(error, "message"), text_in(error, "error_user_msg"), text_in(error, "fbtrace_id")]
    return ": ".join([f"HTTP {status}", *dict.fromkeys(each for each in said if each)])[:500]


def _made(made: _Made, words: str) -> ChannelError:
    kind, sentence = made
    return kind(sentence, words)


def _number(value: object) -> int:
    return value if isinstance(value, int) else int(value) if isinstance(value, str) and value.isdecimal() else 0
