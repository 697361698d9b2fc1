"""What the stand-in shall do wrong, and the ways of the platform that nobody has confirmed."""

from dataclasses import dataclass
from enum import StrEnum


class Cut(StrEnum):
    """Where the connection of a call ends."""

    NEVER = ""
    BEFORE = "before"  # nothing was done
    MIDDLE = "middle"  # done, and half the answer given
    AFTER = "after"  # done, and no answer given


@dataclass(frozen=True, slots=True, kw_only=True)
class Misbehaviour:
    """All is well by default.

    The first group says which calls are struck: `path` is compared without the version, as "123/messages" or
    "123/"; `calls` of 0 means all of them. `code` answers the error of that code instead of doing anything.
    `status` with `html` is a broken gateway, and `garbage` an answer of 200 that is no JSON.
    """

    method: str = ""
    path: str = ""
    calls: int = 0

    code: int = 0
    subcode: int = 0
    message: str = ""
    transient: bool = False
    html: bool = False
    garbage: bool = False
    cut: Cut = Cut.NEVER
    pause_seconds: float = 0.0
    late: int = 0  # so many of the calls in a batch were not done in time
    used_percent: int = 1  # in the usage headers of every answer
    regain_minutes: int = 0  # in the same header

    mark: str = ""  # tells this switching from another one with the same content


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """The ways of the platform that differ between documents, recordings and reports; each can be switched.

    `together` is how many events wait to go in one POST.
    """

    together: int = 1
    echo_first: bool = False  # an echo is delivered before the call that sent the message answers
    echo_reversed: bool = False  # an echo names the person as its sender
    delivery_mids: bool = True  # a receipt of delivery lists its messages
    seconds: bool = False  # times of messaging events in seconds
    numeric_ids: bool = False  # ids of people and pages as numbers
    edit_as_text: bool = False  # num_edit as text
    sticker_as_image: bool = False  # as before 30 August 2026
    unsend_told: bool = True  # an unsent message is announced
    nameless: bool = False  # comments come without `from`
    old_sender: bool = False  # comments name their author as sender_id and sender_name
    standby: bool = False  # another app has the thread: we only listen
    old_mids: bool = False  # ids of messages as "mid.…"
    parent_shown: bool = True  # a comment on a post names the post as its parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """How far the stand-in's time is ahead of ours."""

    ahead_seconds: float = 0.0
