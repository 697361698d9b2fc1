"""Finding where something belongs: who said it, what of it we have already, and which conversation it continues."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from connectors.contract import Incoming, Person
from inbox import hot
from inbox.inbound import statements as sql
from inbox.models import Channel, known_as
from inbox.signing import number_of

REOPENS_WITHIN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Source:
    """Where something came from: its channel, its item, when the provider took it in, when we did, and the clock."""

    channel: Channel
    item: int
    received_at: datetime
    came_at: datetime
    now: datetime


@dataclass(frozen=True, slots=True)
class Sender:
    """The row of an address, and whose it is; without ids nobody is known by it. `blocked` is why, if it is."""

    id: int | None
    customer: int | None
    blocked: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """Something that we have under a reference."""

    conversation: int
    channel: int
    value: str
    reference: str
    delivery: int | None
    message: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A conversation that this may belong to, locked."""

    id: int
    number: int
    state: str
    solved_at: datetime | None
    merged_into: int | None
    takes_part: bool
    in_thread: bool  # the provider, or the thread's root, says it is this one

    def is_over(self, now: datetime) -> bool:
        """Solved so long ago that what comes now is a new problem."""
        return self.state == "solved" and now - (self.solved_at or now) > REOPENS_WITHIN


@dataclass(frozen=True, slots=True)
class Related:
    """What of ours it has to do with."""

    known: Sequence[Known]
    candidates: Sequence[Candidate]

    def twin(self, incoming: Incoming) -> Known | None:
        """The same message, received before; or our own, come back by a list or a rule that copies."""
        return next((k for k in self.known if _is_the_same(k, incoming)), None)

    def has_other_under_its_name(self, source: Source, incoming: Incoming) -> bool:
        """Whether another mail came to this mailbox before with its Message-ID; ask only for what has no twin."""
        return any(k.reference == incoming.reference and k.channel == source.channel.pk for k in self.known)

    def parents(self, incoming: Incoming) -> list[Known]:
        """The messages it answers that we have."""
        return [k for k in self.known if k.reference in incoming.parents]


def arrive(source: Source, person: Person, incoming: Incoming) -> Sender:
    """Take the thread's lock until the transaction ends, and look up who is at the other end."""
    place = _place(source, person)
    ((address, customer, blocked),) = hot.fetch(sql.ARRIVE, {"root": root_of(incoming), **place})
    if address is None and (found := hot.fetch(sql.FIND_ADDRESS, place)):
        # A statement sees what was there when it began: whom another worker met while this one waited for the lock.
        ((address, customer),) = found
    return Sender(address, customer, blocked)


def introduce(source: Source, person: Person, language: str) -> Sender:
    """Make an address nobody is known by, with a new customer."""
    about = {"name": person.name[:200], "language": language[:8], "now": source.now}
    ((customer, made),) = hot.fetch(sql.MAKE_ADDRESS, _place(source, person) | about)
    if made:
        return Sender(made, customer)
    # Another worker met him at the same moment, in another thread.
    hot.change(sql.REMOVE_CUSTOMER, {"customer": customer})
    return Sender(*hot.fetch(sql.FIND_ADDRESS, _place(source, person))[0])


def _place(source: Source, person: Person) -> dict[str, str]:
    kind = source.channel.kind
    return {"value": known_as(kind, person.address), "kind": kind, "scope": person.scope}


def root_of(incoming: Incoming) -> str:
    """What stands for the whole thread, as far as this message tells."""
    return incoming.thread_key or (incoming.parents[-1] if incoming.parents else incoming.reference)


def thread_key_of(incoming: Incoming, address: int | None) -> str:
    """What a conversation is known by while it is not solved.

    For mail: the root of the thread and the person, so that an answer that overtakes its parent is found by it,
    and strangers with equal references are not.
    """
    return incoming.thread_key or f"mail:{address}:{sha256(root_of(incoming).encode()).hexdigest()}"


def find_related(source: Source, incoming: Incoming, sender: Sender) -> Related:
    """Everything of ours that it names, by reference, by token or by thread. The conversations are locked.

    Where the provider keeps the thread, what is answered there may be somebody else's: only the thread counts.
    """
    parents = () if incoming.thread_key else incoming.parents
    wanted = {
        "references": [incoming.reference, *parents],
        "address": sender.id,
        "ids": [],
        "numbers": [number for token in incoming.tokens if (number := number_of(token))],
        "thread_key": thread_key_of(incoming, sender.id),
        "kept_thread": incoming.thread_key or None,
        "channel": source.channel.pk,
    }
    rows = hot.fetch(sql.FIND_RELATED, wanted)
    if gone := [row[4] for row in rows if row[4]]:
        # Some of it was merged: what is said to the one that is gone belongs to the one that was kept.
        nothing_else: dict[str, object] = {"references": [], "numbers": [], "thread_key": "", "kept_thread": None}
        rows += hot.fetch(sql.FIND_RELATED, {**wanted, **nothing_else, "ids": gone})
    candidates = {row[0]: Candidate(*row[:7]) for row in rows}
    return Related(
        [Known(row[0], *row[7:]) for row in rows if row[8]], _with_heirs(list(candidates.values()), incoming)
    )


def _with_heirs(candidates: Sequence[Candidate], incoming: Incoming) -> Sequence[Candidate]:
    """A provider's thread goes on in the conversation that its own was merged into."""
    if not incoming.thread_key:
        return candidates
    heirs = {c.merged_into for c in candidates if c.in_thread and c.merged_into}
    return [replace(c, in_thread=True) if c.id in heirs else c for c in candidates]


def home_of(source: Source, related: Related, incoming: Incoming, *, ours: bool) -> Candidate | None:
    """The conversation it belongs to by proof: one that is not over before all others, then the nearest parent's.

    Proof is that the sender takes part in it; what `ours` said elsewhere needs none. The same mail in another
    mailbox of ours is none: where it comes to that, mailboxes are kept apart.
    """
    here = source.channel.pk
    far = (len(incoming.parents), False)
    distance = {reference: place for place, reference in enumerate(incoming.parents)}
    nearest: dict[int, tuple[int, bool]] = {}
    for parent in related.parents(incoming):
        place = (distance[parent.reference], parent.channel != here)
        nearest[parent.conversation] = min(place, nearest.get(parent.conversation, far))
    copies = {k.conversation for k in related.known if k.reference == incoming.reference and k.channel != here}
    proven = [
        c
        for c in related.candidates
        if _is_proven(c, incoming, ours=ours) and c.merged_into is None and (c.id in nearest or c.id not in copies)
    ]
    return min(proven, key=lambda c: (c.is_over(source.now), nearest.get(c.id, far)), default=None)


def _is_proven(candidate: Candidate, incoming: Incoming, *, ours: bool) -> bool:
    """A provider that keeps the thread vouches for it; in mail anybody can name anything, so he must take part."""
    if incoming.thread_key:
        return candidate.in_thread
    return candidate.takes_part or ours


def _is_the_same(known: Known, incoming: Incoming) -> bool:
    return known.reference == incoming.reference and (known.value == incoming.provider_id or known.delivery is not None)
