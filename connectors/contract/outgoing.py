"""The way out: an answer as the desk hands it over, as it is frozen, and as the provider took it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from connectors.contract.incoming import File, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer as the desk hands it over, before it is frozen.

    `key` is unique for the message for ever and the same for every attempt; `parents` are references,
    nearest first; `token` is the signed reply token, empty if the channel does not use one. `thread_key` is the
    conversation's, `heard_at` when the customer last wrote there. `private_answer_to` is the public thing that is
    answered in private, empty otherwise.
    """

    key: str
    text: str
    to: tuple[Person, ...]
    cc: tuple[Person, ...] = ()
    subject: str = ""
    parents: tuple[str, ...] = ()
    token: str = ""
    sender_name: str = ""
    signature: str = ""
    quoted: str = ""  # the message being answered, to be quoted below
    quoted_from: str = ""
    quoted_at: datetime | None = None
    attachments: tuple[File, ...] = ()
    automatic: bool = False
    thread_key: str = ""
    heard_at: datetime | None = None
    private_answer_to: str = ""
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """One part of an answer, ready for the wire: each attempt sends exactly these bytes."""

    provider_id: str  # known before sending where the provider allows it (mail), else empty
    recipients: tuple[str, ...]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A frozen part as it is handed to `send`.

    `recipients` are those who do not have it yet; `others_have_it` if there were more, who must not get it twice.
    `previous` is the provider's id of the part before it, empty for the first. `files` are those of the message by
    sha256: a frozen body names them, for it outlives the place where they lie. `heard_at` is when the customer last
    wrote, which may be after it was frozen.
    """

    provider_id: str
    recipients: tuple[str, ...]
    body: bytes
    since: datetime  # when its first attempt began: where to start looking for it
    now: datetime
    previous: str = ""
    others_have_it: bool = False
    heard_at: datetime | None = None
    files: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One recipient whom the provider refused. `permanent` is False where it may be tried again."""

    code: str
    words: str
    permanent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The provider accepted it, for all recipients but those in `refused`.

    `known_also_as` is how others will name it where the provider gives it another name than ours, empty otherwise.
    """

    provider_id: str
    words: str = ""
    refused: Mapping[str, Refusal] = field(default_factory=dict)
    known_also_as: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the composer must respect on this channel, in this kind of conversation."""

    characters: int = 0  # of one part, as `Connector.measure` counts; 0: as many as one likes
    copies: bool = False  # whether others can get a copy
    attachments: int = 0
    attachment_bytes: int = 0
    several_parts: bool = False  # a longer text goes out in parts, once the agent has seen them
    reply_window: timedelta | None = None  # how long we may answer after the customer's last message
    human_window: timedelta | None = None  # how long a person may still answer, not a machine
    shared: bool = False  # whether all who take part read an answer, not only whom it is for
    repeatable: bool = False  # True if the provider drops a repeated key
