"""How this X behaves, kept in files so that another process can switch it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from threading import Lock

from connectors.sandbox.switch import Switch


class Spelling(StrEnum):
    """The names of fields in answers: the rename of August 2026 is under way, both are seen."""

    TWEET = "tweet"
    POST = "post"


class Events(StrEnum):
    """The shape of webhooks: X Activity, or the older Account Activity."""

    ACTIVITY = "XAA"
    ACCOUNT_ACTIVITY = "AAA"


class Groups(StrEnum):
    """What webhooks tell of messages of groups: the documented payload, in the shape of v1.1, has no place for one."""

    UNTOLD = "untold"
    NAMED = "named"  # the message says which conversation it is of, as in API v2
    NAMELESS = "nameless"  # told to everybody in the group, as if it were between sender and somebody else


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What X has changed, or leaves open: each can be switched both ways."""

    spelling: Spelling = Spelling.TWEET
    events: Events = Events.ACTIVITY
    groups: Groups = Groups.UNTOLD
    summoned_only: bool = True  # replies only to who mentioned or quoted us (since 2026-02-23, self-serve)
    refusal: str = (
        "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged"
        " by the author of the post you are replying to."
    )
    shows_implied_mentions: bool = True  # a reply's text begins with the @names it answers
    escapes_text: bool = True  # & < > of a post come as HTML entities
    missing_is_404: bool = False  # looking up one thing that is not there; else 200 with errors
    subscription_answer: str = "list"  # data is a list, an object, or holds a subscription: list, object, nested
    wrapped_users: bool = False  # includes.users of an event wrap each user in data
    media_polls: int = 2  # how often STATUS is asked until a video or GIF is ready
    media_fails: bool = False
    webhooks_most: int = 1  # of an app
    limits: Mapping[str, int] = field(
        default_factory=dict
    )  # "GET /2/dm_events": calls a window, instead of the table's


class Answer(StrEnum):
    """What is answered instead of the truth."""

    TRUE = ""
    RATE_PROBLEM = "429"
    RATE_CODE_88 = "429 code 88"
    UNAUTHORIZED = "401"
    NO_CREDITS = "402"
    NO_CREDITS_403 = "402 as 403"
    FORBIDDEN = "403"
    NO_DM = "403 no DM"
    NOT_ENGAGED = "403 not engaged"
    HTML_500 = "500 HTML"
    HTML_503 = "503 HTML"
    LIST = "400 list"
    NOT_JSON = "200 not JSON"
    EMPTY = "200 empty"


class Cut(StrEnum):
    """Where the connection ends."""

    NEVER = ""
    BEFORE = "before"  # nothing took place
    MIDDLE = "middle"  # it took place, half the answer is given
    AFTER = "after"  # it took place, no answer is given


@dataclass(frozen=True, slots=True, kw_only=True)
class Misbehaviour:
    """All is well by default. Only requests whose method and path begin with `on` ("POST /2/tweets") are concerned."""

    answer: Answer = Answer.TRUE
    took_place: bool = False  # the request has its effect before the wrong answer
    cut: Cut = Cut.NEVER
    pause_seconds: float = 0.0  # before anything takes place
    pause_answer_seconds: float = 0.0  # after it took place
    reset_seconds: int | None = 60  # of x-rate-limit-reset with a 429; None leaves the header out
    on: str = ""
    times: int = 0  # only so many requests, counted since the switch was set; 0 is all


class Switches:
    """Both files, and how many requests have been misbehaved to."""

    def __init__(self, folder: Path) -> None:
        self.rules = Switch(folder / "rules.json", Rules())
        self.misbehaviour = Switch(folder / "misbehaviour.json", Misbehaviour())
        self._lock = Lock()
        self._counted = (0, 0)

    def for_request(self, method: str, path: str) -> Misbehaviour:
        """How to treat this request."""
        with self._lock:
            present = self.misbehaviour.get()
            if not f"{method} {path}".startswith(present.on):
                return Misbehaviour()
            change, count = self._counted
            count = count + 1 if change == self.misbehaviour.changes else 1
            self._counted = (self.misbehaviour.changes, count)
            return present if not present.times or count <= present.times else Misbehaviour()
