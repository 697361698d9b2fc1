"""From what somebody said to a message in the right conversation, in one transaction.

Threading is by proof: the sender takes part in a conversation, and names a message of it or carries its token.
Everything short of that opens a conversation of its own and leaves a suggestion to the agent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, LiteralString

import msgspec
from django.db import connection

from connectors.contract import Incoming, Person
from inbox import hot
from inbox.activity import announce
from inbox.desk.ownership import reopen
from inbox.inbound import statements as sql
from inbox.inbound.letterbox import json_text
from inbox.models import Channel, Hint, Outcome, Suggestion
from inbox.signing import number_of

REOPENS_WITHIN = timedelta(days=7)
PREVIEW_LENGTH = 200


class AlreadyReceived(Exception):
    """Another worker opened this item meanwhile; nothing is written."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where something came from: its channel, its item, when the provider took it in, and the clock."""

    channel: Channel
    item: int
    received_at: datetime
    now: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """A row of FIND_KNOWN: something we have under a reference."""

    channel: int
    value: str
    reference: str
    delivery: int | None
    message: int
    conversation: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row of FIND_CONVERSATIONS: a conversation this may belong to, locked."""

    id: int
    number: int
    state: str
    solved_at: datetime | None
    merged_into: int | None
    team: int
    owner: int | None
    level: int
    cycle: int
    thread_key: str | None
    takes_part: bool


@dataclass(frozen=True, slots=True)
class Received:
    """What became of it. `message` and `conversation` are ids; for a duplicate, of what was there before."""

    outcome: Outcome
    message: int
    conversation: int


@dataclass(frozen=True, slots=True)
class Sender:
    """The row of an address, and whose it is."""

    id: int
    customer: int


def receive(source: Source, incoming: Incoming, *, ours: bool = False) -> Received:
    """Write down one thing that was said. Call inside a transaction; `ours` for what our side said elsewhere.

    Receiving the same thing again finds the first and changes nothing. Raise AlreadyReceived if the item has an
    outcome by now.
    """
    hot.fetch(sql.LOCK_THREAD, {"root": _root(incoming)})
    known = _known(incoming)
    twin = next((k for k in known if k.value == incoming.provider_id or _is_our_own(k, incoming)), None)
    if twin and (twin.channel == source.channel.pk or not _separate_mailboxes()):
        return _came_before(source, incoming, twin)
    partner = _partner(incoming) if ours else incoming.sender
    sender = _address(source, partner, incoming.language)
    parents = [k for k in known if k.reference in incoming.parents]
    candidates = _candidates(source, incoming, sender, parents)
    home = _home(candidates, parents, incoming, ours=ours)
    if home and home.state == "solved" and source.now - (home.solved_at or source.now) > REOPENS_WITHIN:
        received = _open(source, incoming, sender, former=home.id, ours=ours)
    elif home:
        received = _join(source, incoming, sender, home, ours=ours)
    else:
        received = _open(source, incoming, sender, former=None, ours=ours)
    _suggest(received.conversation, candidates, parents)
    return received


def _root(incoming: Incoming) -> str:
    return incoming.thread_key or (incoming.parents[-1] if incoming.parents else incoming.reference)


def _known(incoming: Incoming) -> list[Known]:
    rows = hot.fetch(sql.FIND_KNOWN, {"references": [incoming.reference, *incoming.parents]})
    return [Known(*row) for row in rows]


def _is_our_own(known: Known, incoming: Incoming) -> bool:
    """Our own mail came back to us: a list, a rule that copies, a colleague in CC."""
    return known.delivery is not None and known.reference == incoming.reference


def _separate_mailboxes() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT separate_mailboxes FROM inbox_installation")
        row = cursor.fetchone()
    return bool(row and row[0])


def _came_before(source: Source, incoming: Incoming, twin: Known) -> Received:
    """The same thing again. In another mailbox of ours it is one conversation that both teams may read."""
    if twin.channel != source.channel.pk:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO inbox_copy (conversation_id, channel_id) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                [twin.conversation, source.channel.pk],
            )
            cursor.execute(
                "INSERT INTO inbox_providerid (channel_id, value, reference, message_id) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT DO NOTHING",
                [source.channel.pk, incoming.provider_id, incoming.reference, twin.message],
            )
    finish(source, Outcome.DUPLICATE, message=twin.message)
    return Received(Outcome.DUPLICATE, twin.message, twin.conversation)


def finish(source: Source, outcome: Outcome, **reason: Any) -> None:
    """Give the item its outcome. Raise AlreadyReceived if it has one."""
    why = json_text(reason) if reason else None
    if not hot.change(sql.FINISH_ITEM, {"item": source.item, "outcome": outcome, "now": source.now, "reason": why}):
        raise AlreadyReceived


def _partner(incoming: Incoming) -> Person:
    """Who is at the other end of something our own side said."""
    return next(iter(incoming.to), incoming.sender)


def _address(source: Source, person: Person, language: str) -> Sender:
    """The row of an address, made with a new customer if nobody is known by it."""
    place = {"value": person.address[:320], "kind": source.channel.kind, "scope": person.scope}
    if found := hot.fetch(sql.FIND_ADDRESS, place):
        return Sender(*found[0])
    about = {"name": person.name[:200], "language": language[:8], "now": source.now}
    ((customer, made),) = hot.fetch(sql.MAKE_ADDRESS, place | about)
    if made:
        return Sender(made, customer)
    hot.change(sql.REMOVE_CUSTOMER, {"customer": customer})
    return Sender(*hot.fetch(sql.FIND_ADDRESS, place)[0])


def thread_key_of(incoming: Incoming, address: int) -> str:
    """What a conversation is known by while it is not solved.

    For mail: the root of the thread and the person, so that an answer that overtakes its parent is found by it,
    and strangers with equal references are not.
    """
    return incoming.thread_key or f"mail:{address}:{sha256(_root(incoming).encode()).hexdigest()}"


def _candidates(source: Source, incoming: Incoming, sender: Sender, parents: Sequence[Known]) -> list[Candidate]:
    numbers = [number for token in incoming.tokens if (number := number_of(token))]
    wanted = {
        "address": sender.id,
        "ids": list({parent.conversation for parent in parents}),
        "numbers": numbers,
        "thread_key": thread_key_of(incoming, sender.id),
        "channel": source.channel.pk,
    }
    found = [Candidate(*row) for row in hot.fetch(sql.FIND_CONVERSATIONS, wanted)]
    if gone := [candidate.merged_into for candidate in found if candidate.merged_into]:
        kept = hot.fetch(sql.FIND_CONVERSATIONS, {**wanted, "ids": gone, "numbers": [], "thread_key": None})
        found += [Candidate(*row) for row in kept]
    return found


def _home(
    candidates: Sequence[Candidate], parents: Sequence[Known], incoming: Incoming, *, ours: bool
) -> Candidate | None:
    """The conversation it belongs to by proof, the nearest parent's before all others."""
    distance = {reference: place for place, reference in enumerate(incoming.parents)}
    nearest: dict[int, int] = {}
    for parent in parents:
        nearest[parent.conversation] = min(distance[parent.reference], nearest.get(parent.conversation, len(distance)))
    proven = [c for c in candidates if (c.takes_part or ours) and c.merged_into is None]
    return min(proven, key=lambda c: nearest.get(c.id, len(distance)), default=None)


def _open(source: Source, incoming: Incoming, sender: Sender, *, former: int | None, ours: bool) -> Received:
    values = _values(source, incoming, sender, ours=ours)
    values |= {
        "customer": sender.customer,
        "address": sender.id,
        "thread_key": thread_key_of(incoming, sender.id),
        "team": source.channel.team_id,
        "state": "pending" if ours else "open",
        "former": former,
    }
    return _write(source, sql.OPEN_CONVERSATION, values, incoming)


def _join(source: Source, incoming: Incoming, sender: Sender, home: Candidate, *, ours: bool) -> Received:
    values = _values(source, incoming, sender, ours=ours)
    quiet = bool(incoming.automatic)
    values |= {"conversation": home.id, "quiet": quiet}
    if quiet:
        values |= {"outcome": Outcome.AUTOMATIC}
    elif home.state == "solved" and not ours:
        reopen(home.id, now=source.now)
    return _write(source, sql.JOIN_CONVERSATION, values, incoming)


def _values(source: Source, incoming: Incoming, sender: Sender, *, ours: bool) -> dict[str, Any]:
    """What both ways of writing a message have in common."""
    body = incoming.reply_text or incoming.text
    return {
        "channel": source.channel.pk,
        "item": source.item,
        "now": source.now,
        "happened_at": source.received_at,
        "direction": "outgoing" if ours else "incoming",
        "we_spoke_last": ours,
        "sender": None if ours else sender.id,
        "subject": _stored(incoming.subject)[:998],
        "preview": _stored(" ".join(body.split()))[:PREVIEW_LENGTH],
        "text": _stored(incoming.text),
        "reply_text": _stored(incoming.reply_text or incoming.text),
        "quoted_text": _stored(incoming.quoted_text),
        "html": _stored(incoming.html),
        "remote_images": incoming.remote_images,
        "automatic": incoming.automatic[:100],
        "verified": verified(incoming),
        "language": incoming.language[:8],
        "details": json_text(details_of(incoming)),
        "sent_at": incoming.sent_at,
        "provider_id": incoming.provider_id[:1100],
        "reference": incoming.reference[:998],
        "outcome": Outcome.MESSAGE,
        "verb": "said_elsewhere" if ours else "received",
        "data": "{}",
    }


def _write(source: Source, statement: LiteralString, values: Mapping[str, Any], incoming: Incoming) -> Received:
    ((message, conversation, activity, item, _),) = hot.fetch(statement, values)
    if item is None:
        raise AlreadyReceived
    if incoming.attachments:
        hot.change_many(sql.ATTACH, _attachments(message, incoming, source.now))
    announce(activity, verb=values["verb"], now=source.now, conversation=conversation, message=message)
    return Received(Outcome(values["outcome"]), message, conversation)


def _attachments(message: int, incoming: Incoming, now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "message": message,
            "name": file.name[:255],
            "media_type": file.media_type[:150],
            "size": file.size,
            "sha256": file.sha256,
            "inline": file.inline,
            "content_id": file.content_id[:998],
            "position": place,
            "now": now,
        }
        for place, file in enumerate(incoming.attachments)
    ]


def _stored(text: str) -> str:
    """PostgreSQL holds no NUL, and a lone surrogate is not text."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def verified(incoming: Incoming) -> bool | None:
    """Whether the sender is who he says he is: by aligned DMARC, as the mail server we trust judged it."""
    match incoming.authentication and incoming.authentication.dmarc:
        case "pass":
            return True
        case "fail":
            return False
        case _:
            return None


def details_of(incoming: Incoming) -> dict[str, Any]:
    """What only the page of a conversation shows; what is empty is left out."""
    shown = replace(incoming, text="", html="", reply_text="", quoted_text="", attachments=())
    names = (
        "to",
        "cc",
        "reply_to",
        "authentication",
        "spam",
        "forwarded_from",
        "appointments",
        "notices",
        "is_list",
    )
    whole: dict[str, Any] = {name: getattr(shown, name) for name in names}
    return {name: msgspec.to_builtins(value) for name, value in whole.items() if value}


def _suggest(conversation: int, candidates: Sequence[Candidate], parents: Sequence[Known]) -> None:
    """Leave a suggestion for each conversation that it names without proof."""
    answered = {parent.conversation for parent in parents}
    others = [c for c in candidates if c.id != conversation and not c.takes_part and c.merged_into is None]
    if others:
        Suggestion.objects.bulk_create(
            [
                Suggestion(
                    conversation_id=conversation,
                    other_id=other.id,
                    hint=Hint.SAME_THREAD if other.id in answered else Hint.MENTIONS,
                )
                for other in others
            ],
            ignore_conflicts=True,
        )
