"""What every channel must do, and the words all channels share.

A connector is a frozen dataclass whose fields are its credentials and settings, so that the admin's
form writes itself. It holds no database, no queue and no clock: whatever time matters is given to it.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from threading import Event
from types import MappingProxyType
from typing import Any, ClassVar, Protocol, Self, TypeAlias, runtime_checkable

# ---------------------------------------------------------------------------------------------------
# The fields of a connector


def secret(label: str, *, default: str | None = None, help_text: str = "", advanced: bool = False) -> Any:
    """A credential: sealed in the vault, never printed, shown to admins as an empty password box."""
    metadata = {"label": label, "help": help_text, "secret": True, "advanced": advanced}
    if default is None:
        return field(repr=False, metadata=metadata)
    return field(repr=False, default=default, metadata=metadata)


def setting(
    label: str,
    *,
    default: Any = None,
    help_text: str = "",
    choices: Mapping[str, str] | None = None,
    advanced: bool = False,
) -> Any:
    """A field that may be seen. `choices` maps values to labels; `advanced` folds it away in the form."""
    metadata = {"label": label, "help": help_text, "choices": choices, "advanced": advanced}
    return field(metadata=metadata) if default is None else field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """The settings of one well-known provider.

    `fields` are those of the connector that differ from its defaults; `domains` are the parts of
    addresses behind the @ by which a form recognises the provider.
    """

    label: str
    domains: frozenset[str]
    fields: Mapping[str, str | int | bool]


# ---------------------------------------------------------------------------------------------------
# The way in


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A provider's webhook call as it came, for `verify` and `handshake`."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """One thing as the provider handed it over: its bytes in a file, and the facts known from outside.

    Facts of mail: `folder`, `role` (inbox, junk, sent), `uid`, `received_at` (ISO 8601, the server's
    INTERNALDATE), `cut` (the full size in bytes, when only headers and text were fetched).
    """

    path: Path
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One payload that a poll brought: `source_key` names the thing itself, never its carrier."""

    source_key: str
    path: Path
    sha256: str
    size: int
    received_at: datetime
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one `fetch` brought, oldest first, and the cursor to continue from once it is committed.

    `more` says that another fetch would bring something at once, `backlog` about how much is left.
    """

    payloads: Sequence[Fetched]
    cursor: str
    more: bool = False
    backlog: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody at the other end, as the provider knows him. `scope` is the Page id on Facebook, else empty."""

    address: str
    name: str = ""
    scope: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """An attachment whose bytes lie at `path` until the inbox takes them over."""

    name: str
    media_type: str
    size: int
    sha256: str
    path: str
    inline: bool = False
    content_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authentication:
    """What the mail server that took the mail in says about its sender: pass, fail, none, ..."""

    spf: str = "none"
    dkim: str = "none"
    dmarc: str = "none"
    server: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spam:
    """A spam verdict found in a header. Only a header the channel trusts may move a mail."""

    verdict: bool
    score: float | None = None
    header: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """A calendar invitation, answer or cancellation that came with a message."""

    method: str
    summary: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    all_day: bool = False
    timezone: str = ""
    location: str = ""
    organiser: str = ""
    attendees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One thing somebody said to us, in our words instead of the provider's."""

    provider_id: str  # unique within one channel; makes receiving twice harmless
    reference: str  # how other messages name this one (mail: the bare Message-ID)
    sender: Person
    text: str  # all of it, as plain text
    reply_text: str = ""  # what is new: quoted text and signature folded away
    quoted_text: str = ""
    html: str = ""  # cleaned; inline pictures point to cid:<content_id>
    remote_images: int = 0
    subject: str = ""
    sent_at: datetime | None = None  # as the sender claims
    reply_to: Person | None = None
    to: tuple[Person, ...] = ()
    cc: tuple[Person, ...] = ()
    attachments: tuple[File, ...] = ()
    parents: tuple[str, ...] = ()  # references, nearest first
    tokens: tuple[str, ...] = ()  # reply tokens of ours it carries: a hint to be verified, never proof alone
    thread_key: str = ""  # set where the provider itself groups; empty for mail
    automatic: str = ""  # why nobody should be answered automatically; empty if a person wrote it
    is_list: bool = False
    authentication: Authentication | None = None
    spam: Spam | None = None
    forwarded_from: Person | None = None  # whom the forwarded mail is really from
    appointments: tuple[Appointment, ...] = ()
    language: str = ""
    notices: tuple[str, ...] = ()  # codes: encrypted, signed, cut, limits, tnef, missing-id, ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """Something our own side said elsewhere: a reply from another mail program, from the Page's own inbox."""

    said: Incoming


class Progress(StrEnum):
    """What became of a message that we sent."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    DELAYED = "delayed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of a message we sent earlier. `at` is None where the provider gives no time."""

    provider_id: str
    progress: Progress
    at: datetime | None = None
    recipient: str = ""
    status: str = ""  # RFC 3463, as 5.1.1
    reason: str = ""
    said: Incoming | None = None  # the report itself, for people to read


class Verb(StrEnum):
    """What happened to something that was said before."""

    EDITED = "edited"
    DELETED = "deleted"
    HIDDEN = "hidden"
    SHOWN = "shown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something said before was edited, deleted or hidden at the provider."""

    provider_id: str
    verb: Verb
    at: datetime
    text: str = ""


Content: TypeAlias = Incoming | Echo | Receipt | Change

# ---------------------------------------------------------------------------------------------------
# The way out


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer as the desk hands it over, before it is frozen.

    `key` is unique for the message for ever and the same for every attempt; `parents` are references,
    nearest first; `root` is a reference that stands for the whole conversation; `token` is the signed
    reply token, empty if the channel does not use one.
    """

    key: str
    text: str
    to: tuple[Person, ...]
    cc: tuple[Person, ...] = ()
    subject: str = ""
    parents: tuple[str, ...] = ()
    root: str = ""
    token: str = ""
    sender_name: str = ""
    signature: str = ""
    quoted: str = ""  # the message being answered, to be quoted below
    quoted_from: str = ""
    quoted_at: datetime | None = None
    attachments: tuple[File, ...] = ()
    automatic: bool = False
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """One part of an answer, ready for the wire: each attempt sends exactly these bytes."""

    provider_id: str  # known before sending where the provider allows it (mail), else empty
    recipients: tuple[str, ...]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A frozen part as it is handed to `send`."""

    provider_id: str
    recipients: tuple[str, ...]
    body: bytes
    since: datetime  # when its first attempt began: where to start looking for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One recipient whom the provider refused. `permanent` is False where it may be tried again."""

    code: str
    words: str
    permanent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The provider accepted it, for all recipients but those in `refused`."""

    provider_id: str
    words: str = ""
    refused: Mapping[str, Refusal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the composer must respect on this channel."""

    characters: int = 0  # 0: as many as one likes
    attachments: int = 0
    attachment_bytes: int = 0
    reply_window: timedelta | None = None  # how long we may answer after the customer's last message
    repeatable: bool = False  # True if the provider drops a repeated key


# ---------------------------------------------------------------------------------------------------
# What a channel can do


class Connector(ABC):
    """One account on one channel."""

    label: ClassVar[str]
    icon: ClassVar[str]
    limits: ClassVar[Limits]
    presets: ClassVar[Mapping[str, Preset]] = MappingProxyType({})

    @property
    @abstractmethod
    def own_address(self) -> str:
        """The address customers write to."""

    @abstractmethod
    def check(self) -> str:
        """Return the account's name at the provider.

        Raise a ChannelError whose sentence says in plain words what is wrong and what to do.
        """

    @abstractmethod
    def compose(self, reply: Reply) -> Sequence[Frozen]:
        """Freeze a reply into the parts that will be sent, in order. Pure but for what is in the fields.

        Raise Rejected for a reply that this channel cannot carry.
        """

    @abstractmethod
    def send(self, outgoing: Outgoing, wire: Callable[[], None]) -> Sent:
        """Hand one part to the provider.

        `wire` is called once, before the first byte that could have an effect; if it raises, nothing
        was sent and its error passes through. Before it a failure is TryLater, CredentialsRefused or
        Rejected; after it everything that is not a clear answer is OutcomeUnknown.
        """

    def judge(self, content: Content) -> Content:
        """Settle what the reader could not know without this channel's settings. Pure.

        For mail: which mail server's word on the sender and on spam is believed, and whose Reply-To is the customer.
        """
        return content

    @staticmethod
    @abstractmethod
    def read(payload: Payload, folder: Path) -> Sequence[Content]:
        """Translate a payload; the same bytes always give the same answer. Attachments go to `folder`.

        Runs in a limited process and sees no credentials. Raise Unreadable.
        """


@runtime_checkable
class Pushed(Protocol):
    """A provider that calls us."""

    def verify(self, call: Call) -> None:
        """Raise NotFromProvider unless the provider signed these bytes."""

    def handshake(self, call: Call) -> str | None:
        """Answer the provider's own test call, or None if this is not one."""


@runtime_checkable
class Polled(Protocol):
    """A provider that we must ask."""

    def fetch(self, cursor: str, folder: Path, now: datetime) -> Batch:
        """Bring what arrived after `cursor`, oldest first, into files in `folder`.

        At most 50 payloads or 32 MiB. An empty cursor is the first fetch ever.
        """

    def missed(self, cursor: str, known: Callable[[Sequence[str]], set[str]], folder: Path, now: datetime) -> Batch:
        """Look again at what the cursor has passed and bring what we do not have.

        `known` answers which of the given source keys we hold. The cursor of the answer is the one given.
        """


@runtime_checkable
class Watched(Protocol):
    """A provider that can tell us that something is new."""

    def watch(self, stop: Event) -> Iterator[None]:
        """Yield whenever a poll is worth while; end when `stop` is set, raise ChannelError on a dead line."""


@runtime_checkable
class Findable(Protocol):
    """A provider whom we can ask for what we sent."""

    def find(self, outgoing: Outgoing) -> str | None:
        """Return the provider's id of it, or None if it is certainly not there."""


@runtime_checkable
class Refreshable(Protocol):
    """An account whose key must be renewed."""

    def expires_at(self) -> datetime | None:
        """When the present key ends; None if it does not."""

    def refresh(self, now: datetime) -> Self:
        """Return the connector with new keys; the caller saves them before anybody uses them."""


@runtime_checkable
class Consented(Protocol):
    """An account that its owner opens to us on a page of the provider (OAuth 2.0 with PKCE)."""

    def consent_address(self, *, back: str, state: str, challenge: str, again: bool) -> str | None:
        """The page to send the owner to; None if this account needs none, or has given it and is not asked again."""

    def consented(self, code: str, *, back: str, verifier: str, now: datetime) -> Self:
        """Return the connector with the keys that the code was good for. Raise a ChannelError."""


@runtime_checkable
class Inspectable(Protocol):
    """A channel that can say of a file what it would understand."""

    @staticmethod
    def describe(path: Path) -> Mapping[str, object]:
        """Return one JSON object; never raise for a bad file."""
