"""From what somebody said to a message in the right conversation, in one transaction.

Threading is by proof: the sender takes part in a conversation, and names a message of it or carries its token.
Everything short of that opens a conversation of its own and leaves a suggestion to the agent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, LiteralString

import msgspec
from django.db import IntegrityError, connection

from connectors.contract import Incoming, Person
from connectors.registry import kinds
from inbox import hot
from inbox.activity import announce
from inbox.database import storable
from inbox.desk.likeness import note_newcomer, note_what_was_given
from inbox.desk.ownership import reopen
from inbox.inbound import statements as sql
from inbox.inbound.belonging import (
    Candidate,
    Known,
    Related,
    Sender,
    Source,
    arrive,
    find_related,
    home_of,
    introduce,
    thread_key_of,
)
from inbox.inbound.letterbox import json_text
from inbox.inbound.posts import hung_under, recheck_at
from inbox.models import Hint, Outcome, Suggestion, preview_of

DETAILS = ("to", "cc", "reply_to", "authentication", "spam", "forwarded_from", "appointments", "notices", "is_list")


class AlreadyReceived(Exception):
    """Another worker opened this item meanwhile; nothing is written."""


class BelongsNowhere(Exception):
    """An automatic answer to none of our conversations; nothing is written."""


@dataclass(frozen=True, slots=True)
class Received:
    """What became of it. `message` and `conversation` are ids; for a duplicate, of what was there before.

    Both are 0 for what our side said and nobody here needs to read.
    """

    outcome: Outcome
    message: int
    conversation: int


def receive(
    source: Source, incoming: Incoming, *, sender: Sender | None = None, ours: bool = False, trusted: bool = False
) -> Received:
    """Write down one thing that was said. Call inside a transaction; `ours` for what our side said elsewhere.

    `sender` is what `arrive` told, if the caller asked it already; `trusted` a person's word that it is to come in.
    Receiving the same thing again finds the first and changes nothing. What our side said to a group that has no
    conversation here is no message: its outcome is RECEIPT, without ids. Raise AlreadyReceived if the item has an
    outcome by now, BelongsNowhere for an automatic answer to nothing of ours.
    """
    to_nobody = ours and bool(incoming.thread_key) and not incoming.to
    partner = _partner(incoming) if ours else incoming.sender
    sender = sender or arrive(source, partner, incoming)
    related = find_related(source, incoming, sender)
    twin = related.twin(incoming)
    if twin and (twin.channel == source.channel.pk or not _separate_mailboxes()):
        return _came_before(source, incoming, twin)
    if related.has_other_under_its_name(source, incoming):
        incoming = replace(incoming, notices=(*incoming.notices, "reused-id"))
    home = home_of(source, related, incoming, ours=ours)
    if to_nobody and (home is None or home.is_over(source.now)):
        finish(source, Outcome.RECEIPT)
        return Received(Outcome.RECEIPT, 0, 0)
    if home is None and incoming.is_auto_answer and not (ours or trusted):
        raise BelongsNowhere
    if sender.id is None and not to_nobody:
        sender = introduce(source, partner, incoming.language)
        if source.channel.kind == "email":
            note_newcomer(int(sender.customer or 0), partner.address)
    if home is None or (home.is_over(source.now) and not incoming.is_auto_answer):
        received = _open(source, incoming, sender, former=home.id if home else None, ours=ours)
    else:
        received = _join(source, incoming, sender, home, ours=ours)
    _suggest(received.conversation, related, incoming)
    if not (ours or incoming.automatic or incoming.is_list):
        said = incoming.reply_text or incoming.text
        note_what_was_given(int(sender.customer or 0), said, incoming.language, source.now)
    return received


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


def _open(source: Source, incoming: Incoming, sender: Sender, *, former: int | None, ours: bool) -> Received:
    values = _values(source, incoming, sender, ours=ours)
    values |= {
        "customer": sender.customer,
        "address": sender.id,
        "thread_key": thread_key_of(incoming, sender.id),
        "team": source.channel.team_id,
        "state": "pending" if ours else "open",
        "data": '{"state": "pending"}' if ours else "{}",
        "former": former,
        "thread": incoming.thread_key,
        "post": hung_under(source, incoming),
    }
    return _write(source, sql.OPEN_CONVERSATION, values, incoming)


def _join(source: Source, incoming: Incoming, sender: Sender, home: Candidate, *, ours: bool) -> Received:
    values = _values(source, incoming, sender, ours=ours)
    quiet = bool(incoming.automatic)
    values |= {"conversation": home.id, "quiet": quiet}
    if quiet:
        values |= {"outcome": Outcome.AUTOMATIC, "data": '{"quiet": true}'}
    elif home.state == "solved" and not ours:
        reopen(home.id, now=source.now)
    return _write(source, sql.JOIN_CONVERSATION, values, incoming)


def _values(source: Source, incoming: Incoming, sender: Sender, *, ours: bool) -> dict[str, Any]:
    """What both ways of writing a message have in common."""
    words, at = words_of(incoming), happened_at(source, incoming)
    return words | {
        "channel": source.channel.pk,
        "item": source.item,
        "now": source.now,
        "happened_at": at,
        "window_until": None if ours else window_until(source, incoming),
        "recheck_at": recheck_at(at, source.now) if incoming.public and not ours else None,
        "direction": "outgoing" if ours else "incoming",
        "we_spoke_last": ours,
        "sender": None if ours else sender.id,
        "preview": preview_of(words["reply_text"]),
        "automatic": incoming.automatic[:100],
        "verified": verified(incoming),
        "language": incoming.language[:8],
        "details": json_text(details_of(incoming)),
        "sent_at": incoming.sent_at,
        "provider_id": incoming.provider_id[:1100],
        "reference": incoming.reference[:998],
        "files": json_text(_files(incoming)),
        "outcome": Outcome.MESSAGE,
        "verb": "said_elsewhere" if ours else "received",
        "data": "{}",
    }


def words_of(incoming: Incoming) -> dict[str, Any]:
    """What a message says, as its row keeps it."""
    return {
        "subject": storable(incoming.subject)[:998],
        "text": storable(incoming.text),
        "reply_text": storable(incoming.reply_text or incoming.text),
        "quoted_text": storable(incoming.quoted_text),
        "html": storable(incoming.html),
        "remote_images": incoming.remote_images,
    }


def _write(source: Source, statement: LiteralString, values: Mapping[str, Any], incoming: Incoming) -> Received:
    try:
        ((message, conversation, activity, item, _),) = hot.fetch(statement, values)
    except IntegrityError as error:
        if "inbox_message_item_id_key" in str(error):  # an item is one message; the other worker has committed
            raise AlreadyReceived from error
        raise
    if item is None:
        raise AlreadyReceived
    announce(activity, verb=values["verb"], now=source.now, conversation=conversation, message=message)
    return Received(Outcome(values["outcome"]), message, conversation)


def _files(incoming: Incoming) -> list[dict[str, Any]]:
    return [
        {
            "name": file.name[:255],
            "media_type": file.media_type[:150],
            "size": file.size,
            "sha256": file.sha256,
            "inline": file.inline,
            "content_id": file.content_id[:998],
            "position": place,
            "remote": "",
        }
        for place, file in enumerate(incoming.attachments)
    ] + [
        {
            "name": remote.name[:255],
            "media_type": remote.media_type[:150],
            "size": remote.size,
            "sha256": "",
            "inline": remote.inline,
            "content_id": "",
            "position": len(incoming.attachments) + place,
            "remote": remote.address,
        }
        for place, remote in enumerate(incoming.remote)
    ]


def happened_at(source: Source, incoming: Incoming) -> datetime:
    """What orders a conversation: the provider's own time. Of a mail that is when its server took it in."""
    if incoming.thread_key and incoming.sent_at:
        return min(incoming.sent_at, source.now)
    return source.received_at


def window_until(source: Source, incoming: Incoming) -> datetime | None:
    """Until when a person may answer this, where the provider sets an end to it."""
    limits = kinds()[source.channel.kind].limits_in(incoming.thread_key)
    window = limits.human_window or limits.reply_window
    return happened_at(source, incoming) + window if window else None


def verified(incoming: Incoming) -> bool | None:
    """Whether the sender is who he says he is. In mail: by aligned DMARC, as the mail server we trust judged it."""
    if incoming.thread_key:
        return True  # a network knows who writes there
    match incoming.authentication and incoming.authentication.dmarc:
        case "pass":
            return True
        case "fail":
            return False
        case _:
            return None


def details_of(incoming: Incoming) -> dict[str, Any]:
    """What only the page of a conversation shows; what is empty is left out."""
    return {name: msgspec.to_builtins(value) for name in DETAILS if (value := getattr(incoming, name))}


def _suggest(conversation: int, related: Related, incoming: Incoming) -> None:
    """Leave a suggestion for each conversation that it names without proof."""
    others = [c for c in related.candidates if c.id != conversation and not c.takes_part and c.merged_into is None]
    if not others:
        return
    answered = {parent.conversation for parent in related.parents(incoming)}
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
