"""Opening what waits in the letterbox, oldest first: each item gets exactly one outcome, and holds up no other."""

import logging
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from connectors.contract import (
    Change,
    Connector,
    Content,
    Echo,
    File,
    Incoming,
    Keeping,
    Naming,
    Payload,
    Probe,
    Receipt,
    Revoked,
    Showing,
)
from connectors.errors import Unreadable
from inbox import blobs, hot, parser
from inbox.connect import connect
from inbox.database import alone_at
from inbox.desk import trials
from inbox.failpoints import failpoint
from inbox.inbound import forwards, poll, receive, screening, too_large, twins
from inbox.inbound import statements as sql
from inbox.inbound.belonging import Source, arrive
from inbox.inbound.receive import AlreadyReceived
from inbox.models import Channel, Item, Outcome
from inbox.outbound import receipts, under_way
from inbox.wake import wake

log = logging.getLogger(__name__)

AT_ONCE = 20
TRIES = 3  # one that kills its reader this often is shown to people instead
PAUSE, LONGEST_PAUSE = timedelta(seconds=20), timedelta(minutes=30)
WAITS_FOR_ITS_MESSAGE = timedelta(days=1)


class TooEarly(Exception):
    """It belongs to something that has not come yet, or that is just being sent: look at it again later."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row of CLAIM_ITEMS."""

    id: int
    attempts: int
    received_at: datetime
    source_key: str
    part: str
    sha256: str
    size: int
    facts: dict[str, str]
    twin: int | None


def open_waiting(channel: Channel) -> int:
    """Open everything that is due on a channel. Return how many items got an outcome.

    One worker at a time has a channel, so that a parent is opened before its answer. A second one leaves at once:
    the first looks again before it goes.
    """
    opened = 0
    while _waits(channel):
        with alone_at("open channel", channel.pk) as alone:
            if not alone:
                break
            connector = connect(channel)
            while claimed := _claim(channel, timezone.now()):
                failpoint("after_claim")
                channel.refresh_from_db(fields=["sealed"])  # a test that came was begun after this worker
                connector = connect(channel)
                for item in claimed:
                    opened += open_item(channel, connector, item, timezone.now())
            if isinstance(connector, Keeping | Naming | Showing):
                wake("inbox.inbound.tasks.gather_on", channel.pk)  # once for all of them: asking costs
    return opened


def open_item(channel: Channel, connector: Connector, item: Claimed, now: datetime) -> bool:
    """Open one item. Return whether it has an outcome now; if not, it is tried again later."""
    taken_in = taken_in_at(item.facts, item.received_at)
    source = Source(channel=channel, item=item.id, received_at=taken_in, came_at=item.received_at, now=now)
    folder = blobs.landing() / f"item-{item.id}"  # the reader makes it if there is something to put there
    try:
        if twins.came_before(source, item.twin, item.facts):
            return True
        payload = Payload(path=blobs.path_of(item.sha256), facts=item.facts | told_to_reader(channel, item.part))
        contents = parser.read(channel.kind, payload, folder)
        failpoint("after_parse")
        _settle(source, [connector.judge(content) for content in contents], item.facts)
    except Unreadable as error:
        return _cannot_read(source, item, error, chance=error.died)
    except AlreadyReceived:
        return True
    except TooEarly:
        _wait(source, item)
        return False
    except (OperationalError, IntegrityError) as error:
        # A lock that others held too long, a deadlock, an agent who opened the same thread meanwhile: the database's
        # trouble, not the mail's.
        why = Unreadable(gettext_noop("The database could not take it in."), words=str(error))
        return _cannot_read(source, item, why, chance=True)
    except Exception:
        # Whatever breaks on this one must not hold up the next one: it is shown to people with its bytes.
        log.exception("item %s broke its reader", item.id)
        return _cannot_read(source, item, Unreadable(gettext_noop("It broke our reader.")), chance=False)
    finally:
        if folder.exists():
            shutil.rmtree(folder, ignore_errors=True)
    return True


def settle(source: Source, contents: Sequence[Content], facts: dict[str, str], *, trusted: bool = False) -> None:
    """Give what an item holds its place. `trusted` is a person's word that it is not spam. Call inside a transaction.

    Raise TooEarly for what belongs to something that is not here yet.
    """
    told = [content for content in contents if isinstance(content, Receipt)]
    if told:
        _report(source, told)
    if not contents:
        receive.finish(source, Outcome.RECEIPT)  # nothing that anybody needs to read
    for content in contents:
        match content:
            case Echo():
                _echo(source, content)
            case Change():
                _change(source, content, facts)
            case Incoming():
                _receive_or_hold(source, content, facts, trusted=trusted)
            case Probe():
                _note_test(source, content)
            case Revoked():
                poll.note_revoked(source.channel, source.now)
                receive.finish(source, Outcome.RECEIPT)


def _note_test(source: Source, tested: Probe) -> None:
    """A mail that a channel sent itself is nothing that anybody said: it is the receipt of a test."""
    if tested.arrived:
        trials.note_came(source.channel, source.now)
        receive.finish(source, Outcome.RECEIPT, test="came")
    else:
        receive.finish(source, Outcome.RECEIPT, **twins.COPY_OF_TEST)


def _settle(source: Source, contents: list[Content], facts: dict[str, str]) -> None:
    for content in contents:
        keep_files(content)
    with transaction.atomic():
        settle(source, contents, facts)
        failpoint("before_receive_commit")
    failpoint("after_receive_commit")


def _echo(source: Source, echo: Echo) -> None:
    """What our side said: the proof that an answer of ours is there, or something said in the provider's own tools."""
    match receipts.echo(echo, channel=source.channel, now=source.now):
        case receipts.Whose.OURS:
            receive.finish(source, Outcome.RECEIPT)
        case receipts.Whose.NOT_KNOWN_YET:
            raise TooEarly
        case receipts.Whose.ELSEWHERE:
            receive.receive(source, echo.said, ours=True)


def _change(source: Source, change: Change, facts: dict[str, str]) -> None:
    """Something said before became different. What changes a thing that never came is that thing, if it is told."""
    if receipts.change(change, channel=source.channel, now=source.now):
        receive.finish(source, Outcome.RECEIPT)
    elif change.said:
        _receive_or_hold(source, change.said, facts, trusted=False)
        receipts.came_changed(change, channel=source.channel)
    elif source.now - source.came_at < WAITS_FOR_ITS_MESSAGE:
        raise TooEarly
    else:
        receive.finish(source, Outcome.RECEIPT)


def _receive_or_hold(source: Source, incoming: Incoming, facts: dict[str, str], *, trusted: bool) -> None:
    handed = forwards.taken_apart(incoming, receive.verified(incoming))
    incoming = handed.incoming
    sender = arrive(source, incoming.sender, incoming)
    suspicion = None if trusted else screening.suspect(incoming, facts, sender.blocked)
    if suspicion:
        shown = {
            "from": incoming.sender.address,
            "name": incoming.sender.name,
            "subject": incoming.subject[:300],
        }
        receive.finish(source, Outcome.QUARANTINE, **suspicion.as_row(), **shown)
        return
    received = receive.receive(source, incoming, sender=sender)
    if received.outcome == Outcome.MESSAGE:
        forwards.leave_lead(handed, received.conversation, source.now)
        forwards.suggest_first_sender(incoming, source.channel.kind, received.conversation)
        too_large.tell_sender(source, incoming, received)


def _report(source: Source, told: Sequence[Receipt]) -> None:
    """A report about what we sent: on each recipient, or on several messages.

    One that names nothing of ours is kept, quietly, with its bytes. Raise TooEarly while it may speak of an answer that
    is just being sent.
    """
    waits = source.now - source.came_at < WAITS_FOR_ITS_MESSAGE
    if waits and any(under_way.may_be_told_of(receipt, source.channel) for receipt in told):
        raise TooEarly
    applied = [receipts.apply(receipt, channel=source.channel, now=source.now) for receipt in told]
    shown = {
        "recipient": ", ".join(dict.fromkeys(receipt.recipient for receipt in told)),
        "status": told[0].status,
        "why": told[0].reason[:300],
    }
    outcome = Outcome.BOUNCE if told[0].said else Outcome.RECEIPT
    receive.finish(source, outcome, delivery=next(filter(None, applied), None), **shown)


def _wait(source: Source, item: Claimed) -> None:
    pause = min(PAUSE * item.attempts, LONGEST_PAUSE)
    Item.objects.filter(pk=item.id, outcome=Outcome.WAITING).update(due_at=source.now + pause)


def _cannot_read(source: Source, item: Claimed, error: Unreadable, *, chance: bool) -> bool:
    """Try again later what may have been bad luck (`chance`); show what is hopeless to people."""
    if chance and item.attempts < TRIES:
        Item.objects.filter(pk=item.id, outcome=Outcome.WAITING).update(due_at=source.now + PAUSE * item.attempts)
        return False
    with transaction.atomic():
        try:
            receive.finish(source, Outcome.UNREADABLE, sentence=error.sentence, facts=error.facts, words=error.words)
        except AlreadyReceived:
            return True
    return True


def keep_files(content: Content) -> None:
    """Take over attachments before the rows that name them."""
    said = content if isinstance(content, Incoming) else getattr(content, "said", None)
    files: tuple[File, ...] = said.attachments if said else ()
    for file in files:
        if Path(file.path).exists():
            blobs.adopt(Path(file.path), file.sha256)


def told_to_reader(channel: Channel, part: str) -> dict[str, str]:
    """What a network's reader must know: which account of ours is spoken to, and which piece of a body is meant."""
    return {"account": channel.account} | ({"part": part} if part else {})


def taken_in_at(facts: Mapping[str, str], received_at: datetime) -> datetime:
    """When the provider took it in, which orders a conversation; what a sender claims does not."""
    told = facts.get("received_at")
    return min(datetime.fromisoformat(told), received_at) if told else received_at


def _claim(channel: Channel, now: datetime) -> list[Claimed]:
    rows = hot.fetch(sql.CLAIM_ITEMS, {"channel": channel.pk, "now": now, "count": AT_ONCE})
    claimed = [
        Claimed(pk, attempts, received_at, key, part, sha256, size, msgspec.json.decode(facts), twin)
        for pk, attempts, received_at, key, part, sha256, size, facts, twin in rows
    ]
    return sorted(claimed, key=lambda item: item.id)


def _waits(channel: Channel) -> bool:
    due = Item.objects.filter(channel=channel, outcome=Outcome.WAITING)
    return due.exclude(due_at__gt=timezone.now()).exists()
