"""What some providers can do besides: a connector says so by having the methods."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Protocol, Self, runtime_checkable

from connectors.contract.incoming import Batch, Change, File, Person, Post, Remote
from connectors.contract.outgoing import Outgoing


@dataclass(frozen=True, slots=True, kw_only=True)
class GapCheck:
    """What a gap check goes by: the `cursor` of the polls, and its own `place`, empty the first time.

    `known` answers which of the given source keys we hold. `posts` are those under which people talk to us in public,
    the latest talk first.
    """

    cursor: str
    known: Callable[[Sequence[str]], set[str]]
    place: str = ""
    posts: Sequence[str] = ()


@runtime_checkable
class Polled(Protocol):
    """A provider that we must ask."""

    def fetch(self, cursor: str, folder: Path, now: datetime) -> Batch:
        """Bring what arrived after `cursor`, oldest first; what is large into files in `folder`.

        At most 50 payloads or 32 MiB, but all that one answer told of small ones (500 at most). An empty cursor is the
        first fetch ever.
        """

    def missed(self, check: GapCheck, folder: Path, now: datetime) -> Batch:
        """Look again at what the cursor has passed and bring what we do not have.

        The cursor of the answer is where the next check begins: its `place`.
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
class Sorting(Protocol):
    """A provider that puts suspected spam apart by itself, where we can put right what a person has decided about."""

    @property
    def sorts_spam(self) -> bool:
        """Whether the admin asks for that: the account is used by others, too."""

    def sort_spam(self, source_keys: Sequence[str], *, spam: bool) -> Collection[str]:
        """Put these with the spam, or with all else, and return the keys of those that were moved.

        What is not there any more is left. Repeating changes nothing. Raise a ChannelError, Rejected where the provider
        cannot do it at all.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How the test of a setting stands: `of` is its field, `asked_at` when a test was sent, `came_at` when it came."""

    of: str
    asked_at: datetime | None = None
    came_at: datetime | None = None


@runtime_checkable
class Tried(Protocol):
    """An account with a setting that is used only once a test has shown that it works there.

    A test is something that the account sends itself; it comes in as `Probe`.
    """

    @property
    def trial(self) -> Trial | None:
        """How it stands; None unless the admin has chosen that setting."""

    def trying(self, now: datetime | None) -> Self:
        """The connector that waits for a test since `now`, or for none; the caller saves it before it is sent."""

    def send_test(self, subject: str, text: str, now: datetime) -> None:
        """Send it. The words are for people who see it in the account. Raise a ChannelError."""

    def passed(self, now: datetime) -> Self:
        """The connector once the test has come; the caller saves it."""


@runtime_checkable
class Bounded(Protocol):
    """A channel on which something can come that is too large to be brought whole: the rest stays at the provider.

    What came so has the notice `cut`.
    """

    @property
    def most_bytes(self) -> int:
        """Up to what size it is brought whole."""

    @property
    def tells_too_large(self) -> bool:
        """Whether the admin wants who wrote it to be told."""


@runtime_checkable
class Moderated(Likeable, Hideable, Protocol):
    """A network on which we may do both."""
