"""What a channel can do: one class that each must have, and abilities that some have."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from types import MappingProxyType
from typing import ClassVar, Protocol, Self, runtime_checkable

from connectors.contract.fields import Preset
from connectors.contract.incoming import Batch, Call, Change, Content, File, Payload, Person, Piece, Post, Remote
from connectors.contract.outgoing import Frozen, Limits, Outgoing, Reply, Sent


class App(ABC):
    """What is ours at a provider and serves several channels: keys, and the secret by which its webhooks are signed.

    A frozen dataclass like a connector. The connector has fields of the same names, which are filled from it.
    """

    label: ClassVar[str]

    @abstractmethod
    def verify(self, call: Call) -> None:
        """Raise NotFromProvider unless the provider signed these bytes."""

    @abstractmethod
    def handshake(self, call: Call) -> str | None:
        """Answer the provider's own test call, or None if this is not one. Raise NotFromProvider for a wrong one."""

    @staticmethod
    @abstractmethod
    def split(body: bytes) -> Sequence[Piece]:
        """Take a body apart by structure alone, in its order; nothing in it is understood yet.

        What cannot be told apart is one piece. Raise Unreadable for what is not the provider's format at all.
        """


class Connector(ABC):
    """One account on one channel."""

    label: ClassVar[str]
    icon: ClassVar[str]
    limits: ClassVar[Limits]
    presets: ClassVar[Mapping[str, Preset]] = MappingProxyType({})
    app: ClassVar[type[App] | None] = None
    prices: ClassVar[Mapping[str, int]] = MappingProxyType({})  # what one unit costs, in millionths of a US dollar
    labels: ClassVar[Mapping[str, str]] = MappingProxyType({})  # the limits that the meter names, in words for people
    signs: ClassVar[bool] = False  # the brand's signature stands under each answer
    by_hand: ClassVar[bool] = False  # nothing comes or goes by itself: a person gives each answer there
    pace: ClassVar[timedelta] = timedelta(minutes=2)  # between two polls, unless something calls for one earlier

    @property
    @abstractmethod
    def own_address(self) -> str:
        """The address customers write to."""

    @property
    def account(self) -> str:
        """How the provider's events name this account."""
        return self.own_address

    @classmethod
    def limits_in(cls, thread_key: str) -> Limits:
        """The limits of one kind of conversation: public ones have others than private ones."""
        return cls.limits

    @classmethod
    def measure(cls, text: str, thread_key: str) -> int:
        """How long a text is in the channel's own measure, that of `Limits.characters`."""
        return len(text)

    @classmethod
    def parts(cls, text: str, thread_key: str) -> Sequence[str]:
        """The texts that would be sent, one after the other: what `compose` makes of it."""
        return [text]

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One of the accounts that somebody who gave his consent may act for."""

    id: str
    name: str


@runtime_checkable
class Chosen(Protocol):
    """A consent that opens several accounts, of which one becomes the channel."""

    def accounts(self) -> Sequence[Account]:
        """The accounts this consent opens; empty once one was chosen."""

    def choose(self, account: str) -> Self:
        """Return the connector of that account. Raise a ChannelError if the consent does not open it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How an account stands at the provider: who we are there, what we may do, what is missing, in plain words.

    `may` and `missing` are sentences marked with `gettext_noop`. `expires_at` is when somebody must consent again.
    """

    name: str
    may: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    expires_at: datetime | None = None
    webhook: str = ""


@runtime_checkable
class Reporting(Protocol):
    """A provider whom we can ask how our account stands."""

    def report(self, now: datetime) -> Report:
        """Ask. Raise a ChannelError."""


@runtime_checkable
class Subscribing(Protocol):
    """A provider that must be told where to call us."""

    def subscribe(self, address: str, secret: str) -> None:
        """Have this account's events sent to `address`; harmless when that is so already. Raise a ChannelError.

        `secret` is what the provider's handshake must carry, where it carries one.
        """


@runtime_checkable
class Keeping(Protocol):
    """A provider that keeps attachments until we fetch them."""

    def download(self, remote: Remote, folder: Path) -> File:
        """Fetch one into `folder`. Raise Rejected if it is gone for good, TryLater if not."""


@runtime_checkable
class Naming(Protocol):
    """A provider that tells names apart from messages, and wants to be paid for each."""

    def people(self, addresses: Sequence[str]) -> Mapping[str, Person]:
        """Who they are; who is unknown there is left out. At most 100. Raise a ChannelError."""


@runtime_checkable
class Showing(Protocol):
    """A provider whom we can ask for the post that something was said under."""

    def post(self, reference: str) -> Post | None:
        """The post, or None if it is not there for us. Raise a ChannelError."""


@runtime_checkable
class Rechecked(Protocol):
    """A provider that does not tell when something public was deleted, or edited."""

    def rechecked(self, provider_ids: Sequence[str], now: datetime) -> Sequence[Change]:
        """What became of these, at most 100. What we have so already may be told again. Raise a ChannelError."""


@runtime_checkable
class Private(Protocol):
    """A network on which a public conversation can go on in private."""

    def may_write_to(self, person: Person, reference: str) -> bool:
        """Whether the provider lets us write privately to who said `reference` in public. Raise a ChannelError.

        Without a reference nothing public is answered: then his own last message may have to be young enough, too.
        """

    @staticmethod
    def private_thread(person: Person) -> str:
        """The thread key of the private conversation with him."""


@runtime_checkable
class Likeable(Protocol):
    """A network on which we may like what was said in public. Repeating changes nothing."""

    def like(self, provider_id: str, *, on: bool) -> None:
        """Like it or take that back. Raise a ChannelError."""


@runtime_checkable
class Hideable(Protocol):
    """A network on which we may hide what was said in public under ours. Repeating changes nothing."""

    def hide(self, provider_id: str, *, on: bool) -> None:
        """Hide it from the public or show it again. Raise a ChannelError."""


@runtime_checkable
class Moderated(Likeable, Hideable, Protocol):
    """A network on which we may do both."""
