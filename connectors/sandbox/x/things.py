"""What exists at X. Ids are snowflakes in text, times are epoch milliseconds."""

from collections.abc import Sequence
from typing import TypeAlias

import msgspec


class Account(msgspec.Struct, frozen=True, tag=True):
    """Somebody. `ours` are those one may log in with on the authorize page."""

    id: str
    username: str
    name: str
    at: int
    ours: bool = False
    open_to_dm: bool = True
    suspended: bool = False


class Post(msgspec.Struct, frozen=True, tag=True):
    """One version of a post. `implied` are the accounts a reply mentions by itself; `history` ends with its own id."""

    id: str
    author: str
    text: str
    at: int
    root: str
    parent: str = ""
    quoted: str = ""
    implied: Sequence[str] = ()
    media: Sequence[str] = ()
    history: Sequence[str] = ()
    replaced: bool = False
    deleted: bool = False
    hidden: bool = False


class Group(msgspec.Struct, frozen=True, tag=True):
    """A conversation of several."""

    id: str
    participants: Sequence[str]


class Message(msgspec.Struct, frozen=True, tag=True):
    """One event of a private conversation: MessageCreate, ParticipantsJoin or ParticipantsLeave."""

    id: str
    conversation: str
    sender: str
    text: str
    at: int
    participants: Sequence[str]
    kind: str = "MessageCreate"
    media: str = ""
    hidden_for: Sequence[str] = ()


class Media(msgspec.Struct, frozen=True, tag=True):
    """An uploaded file; its bytes lie beside the journal. `state` as in processing_info, `polls` how often asked."""

    id: str
    key: str
    owner: str
    mime: str
    category: str
    size: int
    at: int
    state: str = "pending"
    polls: int = 0

    @property
    def name(self) -> str:
        return f"{self.key.replace('_', '-')}.{self.mime.rpartition('/')[2].replace('jpeg', 'jpg')}"


class Code(msgspec.Struct, frozen=True, tag=True):
    """An authorization code of OAuth 2, good once."""

    id: str
    client: str
    account: str
    scopes: Sequence[str]
    redirect: str
    challenge: str
    expires: int
    spent: bool = False


class Grant(msgspec.Struct, frozen=True, tag=True):
    """What an account allowed a client, with the one pair of tokens that is good now."""

    id: str
    client: str
    account: str
    scopes: Sequence[str]
    access: str
    expires: int
    refresh: str
    revoked: bool = False


class Webhook(msgspec.Struct, frozen=True, tag=True):
    """An address that events are sent to while it is valid."""

    id: str
    url: str
    at: int
    valid: bool = True
    deleted: bool = False


class Subscription(msgspec.Struct, frozen=True, tag=True):
    """Which events of which account go to which webhook."""

    id: str
    event_type: str
    account: str
    webhook: str
    at: int
    tag: str = ""
    direction: str = ""
    deleted: bool = False


Thing: TypeAlias = Account | Post | Group | Message | Media | Code | Grant | Webhook | Subscription


class Effect(msgspec.Struct, frozen=True):
    """Something that took place: who (`by`, an account's id) did what to which thing (`about`, its id).

    `what` is posted, edited, deleted, hidden, unhidden, messaged, joined, left, hid message, uploaded or revoked.
    """

    sequence: int
    at: int
    what: str
    by: str
    about: str
    text: str = ""


class Line(msgspec.Struct, frozen=True):
    """One line of the journal: things as they are from now on, and the effect they make together, if any."""

    things: Sequence[Thing]
    effect: Effect | None = None
