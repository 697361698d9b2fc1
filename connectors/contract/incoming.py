"""The way in: what a provider hands over, and what it means in our words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

SMALL = 16 * 1024  # bytes: what has no more is handed on as it is, and needs no file


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A provider's webhook call as it came, for `verify` and `handshake`."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """One thing as the provider handed it over: its bytes, or the file with them, and the facts known from outside.

    Facts of mail: `folder`, `role` (inbox, junk, sent), `uid`, `received_at` (ISO 8601, the server's
    INTERNALDATE), `lasting_id` (the provider's own id of it, the same in whatever folder it lies and under whatever
    number, where the provider tells one), `cut` (the full size in bytes, when only headers and text were fetched),
    `charset` (the one of `Connector.charsets` that a person chose for it, when what it says of itself is wrong). Facts
    of networks: `account` (the account of ours it is for) and `part` (the piece of a webhook's body; none in a poll's).
    """

    body: bytes | Path
    facts: Mapping[str, str] = field(default_factory=dict)

    def read(self) -> bytes:
        """All of its bytes."""
        return self.body if isinstance(self.body, bytes) else self.body.read_bytes()


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One thing in a webhook's body, told apart by structure alone.

    `account` is the account of ours it is for, as `Connector.account` names it; `part` is where it stands in the body
    and comes back to `read` as the fact `part`. `price` names what the provider charges for having told us, as
    `Connector.prices` names it; empty where it is free.
    """

    account: str
    source_key: str
    part: str
    price: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One payload that a poll brought: `source_key` names the thing itself, never its carrier.

    `body` is its bytes or, where they are many, the file with them.
    """

    source_key: str
    body: bytes | Path
    sha256: str
    size: int
    received_at: datetime
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one `fetch` brought, oldest first, and the cursor to continue from once it is committed.

    `more` says that another fetch would bring something at once, `backlog` about how much is left, `again_at` when the
    provider wants to be asked again at the earliest.
    """

    payloads: Sequence[Fetched]
    cursor: str
    more: bool = False
    backlog: int = 0
    again_at: datetime | None = None


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
class Remote:
    """An attachment whose bytes still lie at the provider, to be fetched at once: such addresses expire."""

    address: str
    name: str = ""
    media_type: str = ""
    size: int = 0
    inline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """The public post that something was said under. `link` leads people to it at the provider."""

    reference: str
    author: str = ""
    text: str = ""
    link: str = ""
    at: datetime | None = None


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
    answer: str = ""  # of an attendee, with the method REPLY: ACCEPTED, DECLINED, TENTATIVE (RFC 5545, 3.2.12)


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
    # Set where the provider itself groups, empty for mail: `dm:<person>`, `group:<id>`, `public:<root>:<person>`.
    thread_key: str = ""
    public: bool = False
    post: Post | None = None
    remote: tuple[Remote, ...] = ()
    automatic: str = ""  # why nobody should be answered automatically; empty if a person wrote it
    is_auto_answer: bool = (
        False  # a program answered by itself, as a vacation does (RFC 3834): nobody asks for anything
    )
    is_list: bool = False
    authentication: Authentication | None = None
    spam: Spam | None = None
    forwarded_from: Person | None = None  # whom the forwarded mail is really from
    appointments: tuple[Appointment, ...] = ()
    language: str = ""
    notices: tuple[str, ...] = ()  # codes: encrypted, signed, cut, limits, tnef, missing-id, ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """Something our own side said: the copy of an answer of ours, or a reply from another mail program or tool.

    `key` is that of the reply and `part` its part, where the provider carries them: it may tell of an answer before it
    has told us that it took it.
    """

    said: Incoming
    key: str = ""
    part: int = 0


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
    up_to: datetime | None = None  # where the provider names no id: all that we sent `recipient` until then


class Verb(StrEnum):
    """What happened to something that was said before."""

    EDITED = "edited"
    DELETED = "deleted"
    HIDDEN = "hidden"
    SHOWN = "shown"
    REACTED = "reacted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something said before was edited, deleted, hidden or reacted to at the provider.

    It may come before what it changes: `said` is the whole thing as it is now, where the provider tells, and else the
    change waits for it. `text` is the new text, or the reaction as an emoji, empty when it was taken back.
    """

    provider_id: str
    verb: Verb
    at: datetime
    text: str = ""
    by: Person | None = None
    said: Incoming | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """The account's owner has taken our access back at the provider: the channel waits to be connected again."""

    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A test of our own account (see abilities.Tried): it has `arrived`, or this is only our copy of it.

    `Connector.judge` alone tells it from what people write: a reader knows nothing of an account.
    """

    arrived: bool


Content: TypeAlias = Incoming | Echo | Receipt | Change | Revoked | Probe
