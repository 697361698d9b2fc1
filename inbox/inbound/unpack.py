"""Opening what waits in the letterbox, oldest first: each item gets exactly one outcome, and holds up no other."""

import logging
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import LiteralString, TypeVar

from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop
from psycopg.errors import DiskFull

from connectors.contract import (
    Change,
    Connector,
    Content,
    Echo,
    Incoming,
    Keeping,
    Naming,
    Payload,
    Probe,
    Receipt,
    Revoked,
    Showing,
)
from connectors.errors import NO_ROOM, Unreadable, is_no_room
from inbox import blobs, hot, parser
from inbox.connect import connect
from inbox.database import alone_at
from inbox.desk import trials
from inbox.failpoints import failpoint
from inbox.inbound import claims, forwards, poll, receive, retrying, screening, too_large, twins
from inbox.inbound.belonging import Source, arrive
from inbox.inbound.claims import Claimed
from inbox.inbound.payloads import keep_files, taken_in_at, told_to_reader
from inbox.inbound.receive import AlreadyReceived
from inbox.models import Channel, Outcome
from inbox.outbound import receipts, under_way
from inbox.wake import wake

log = logging.getLogger(__name__)
T = TypeVar("T")

# Who settles many holds what nobody holds in this order: he lets go before PostgreSQL, looking for a deadlock after a
# second, could take the act of a person for the one that has to.
GIVES_WAY: LiteralString = "SET LOCAL lock_timeout = '200ms'"
SEALED = "SELECT sealed FROM inbox_channel WHERE id = %s"
MOST_BYTES = 4 * 1024 * 1024  # of what is read before its rows are written: it is held in memory
WAITS_FOR_ITS_MESSAGE = timedelta(days=1)


class TooEarly(Exception):
    """It belongs to something that has not come yet, or that is just being sent: look at it again later."""


@dataclass(frozen=True, slots=True)
class Read:
    """An item whose bytes were read, with what they hold. Its files are ours already."""

    item: Claimed
    source: Source
    contents: Sequence[Content]


def open_waiting(channel: Channel) -> int:
    """Open everything that is due on a channel. Return how many items got an outcome.

    One worker at a time has a channel, so that a parent is opened before its answer. A second one leaves at once:
    the first looks again before it goes.
    """
    opened, seen = 0, set[int]()
    while claims.are_left(channel):
        with alone_at("open channel", channel.pk) as alone:
            if not alone:
                break
            connector = connect(channel)
            while claimed := claims.claim(channel, timezone.now()):
                failpoint("after_claim")
                if seen.issuperset(item.id for item in claimed):
                    log.error("items of channel %s are due again at once: the sweep will look at them", channel.pk)
                    return opened  # who went on here would do so for ever
                seen.update(item.id for item in claimed)
                ((channel.sealed,),) = hot.fetch(SEALED, [channel.pk])  # a test that came was begun after this worker
                connector = connect(channel)
                opened += _open_all(channel, connector, claimed)
            if isinstance(connector, Keeping | Naming | Showing):
                wake("inbox.inbound.tasks.gather_on", channel.pk)  # once for all of them: asking costs
    return opened


def _open_all(channel: Channel, connector: Connector, claimed: Sequence[Claimed]) -> int:
    """Open items in their order. What may have come before is looked for when all that is older has its place."""
    opened, waiting = 0, list[Read]()
    bodies = blobs.bodies([item.sha256 for item in claimed])
    for item in claimed:
        if item.may_have_come_before or sum(read.item.size for read in waiting) > MOST_BYTES:
            opened += _settle_all(waiting)
            waiting = []
        found = _read(channel, connector, item, bodies[item.sha256])
        if isinstance(found, Read):
            waiting.append(found)
        else:
            opened += found
    return opened + _settle_all(waiting)


def _read(channel: Channel, connector: Connector, item: Claimed, body: bytes | Path) -> Read | bool:
    """Read one item; or, if that was all, whether it has an outcome now. If not, it is tried again later."""
    taken_in, now = taken_in_at(item.facts, item.received_at), timezone.now()
    source = Source(channel=channel, item=item.id, received_at=taken_in, came_at=item.received_at, now=now)
    folder = blobs.landing() / f"item-{item.id}"  # the reader makes it if there is something to put there

    def read() -> Read | bool:
        if twins.came_before(source, item.twin, item.facts):
            return True
        payload = Payload(body=body, facts=item.facts | told_to_reader(channel, item.part))
        contents = [connector.judge(content) for content in parser.read(channel.kind, payload, folder)]
        failpoint("after_parse")
        for content in contents:
            keep_files(content)
        return Read(item, source, contents)

    try:
        return _without_trouble(item, source, read)
    finally:
        if folder.exists():
            shutil.rmtree(folder, ignore_errors=True)


def _settle_all(read: Sequence[Read]) -> int:
    """Give items their places, in one transaction. Return how many have an outcome now.

    Where one of them meets any trouble, each is settled in a transaction of its own: it holds up no other.
    """
    if len(read) > 1:
        try:
            _commit(read, first=GIVES_WAY)
        except Exception as error:
            log.info("%s items are settled one by one: %s", len(read), error)
        else:
            return len(read)
    return sum(_without_trouble(each.item, each.source, partial(_commit, [each])) for each in read)


def _commit(read: Sequence[Read], first: LiteralString = "") -> bool:
    with transaction.atomic():
        if first:
            hot.change(first, [])
        for each in read:
            settle(each.source, each.contents, each.item.facts)
        failpoint("before_receive_commit")
    failpoint("after_receive_commit")
    return True


def _without_trouble(item: Claimed, source: Source, step: Callable[[], T]) -> T | bool:
    """Do a step of opening an item; if that fails, whether it has an outcome now."""
    try:
        return step()
    except Unreadable as error:
        return _cannot_read(source, item, error, chance=error.died)
    except AlreadyReceived:
        return True
    except TooEarly:
        retrying.wait_for_another(source, item)
        return False
    except (OperationalError, IntegrityError) as error:
        # A lock that others held too long, a deadlock, an agent who opened the same thread meanwhile: the database's
        # trouble, not the mail's.
        full = isinstance(error.__cause__, DiskFull)
        why = Unreadable(gettext_noop("The database could not take it in."), words=str(error), no_room=full)
        return _cannot_read(source, item, why, chance=True)
    except Exception as error:
        if is_no_room(error):
            return _cannot_read(source, item, Unreadable(NO_ROOM, no_room=True), chance=True)
        # Whatever breaks on this one must not hold up the next one: it is shown to people with its bytes.
        log.exception("item %s broke its reader", item.id)
        return _cannot_read(source, item, Unreadable(gettext_noop("It broke our reader.")), chance=False)


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
        _hold(source, incoming, suspicion)
        return
    try:
        received = receive.receive(source, incoming, sender=sender, trusted=trusted)
    except receive.BelongsNowhere:
        _hold(source, incoming, screening.BELONGS_NOWHERE)
        return
    if received.outcome == Outcome.MESSAGE:
        forwards.leave_lead(handed, received.conversation, source.now)
        forwards.suggest_first_sender(incoming, source.channel.kind, received.conversation)
        too_large.tell_sender(source, incoming, received)


def _hold(source: Source, incoming: Incoming, suspicion: screening.Suspicion) -> None:
    shown = {"from": incoming.sender.address, "name": incoming.sender.name, "subject": incoming.subject[:300]}
    receive.finish(source, Outcome.QUARANTINE, **suspicion.as_row(), **shown)


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


def _cannot_read(source: Source, item: Claimed, error: Unreadable, *, chance: bool) -> bool:
    """Try again later what may have been bad luck (`chance`); show what is hopeless to people."""
    if error.no_room:
        retrying.wait_for_room(source, item, error)
        return False
    if chance and item.attempts < retrying.TRIES:
        retrying.try_again(source, item, error)
        return False
    with transaction.atomic():
        try:
            receive.finish(source, Outcome.UNREADABLE, sentence=error.sentence, facts=error.facts, words=error.words)
        except AlreadyReceived:
            return True
    return True
