"""What each channel must have: a connector, and an app of ours where the provider wants one."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar

from connectors.contract.fields import Preset
from connectors.contract.incoming import Call, Content, Payload, Piece
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
    subjects: ClassVar[bool] = False  # what is begun there has a subject
    by_hand: ClassVar[bool] = False  # nothing comes or goes by itself: a person gives each answer there
    # The charsets in which a person may have a message read again, with what they are called; none where the provider's
    # format leaves no doubt.
    charsets: ClassVar[Mapping[str, str]] = MappingProxyType({})
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
