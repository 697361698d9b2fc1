"""Opening what waits in the letterbox, oldest first: each item gets exactly one outcome, and holds up no other."""

import logging
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import LiteralString, TypeVar

from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from connectors.contract import Connector, Content, Keeping, Naming, Payload, Showing
from connectors.errors import NO_ROOM, Unreadable, is_no_room
from inbox import blobs, hot, parser
from inbox.connect import connect
from inbox.database import alone_at
from inbox.failpoints import failpoint
from inbox.inbound import claims, receive, retrying, twins
from inbox.inbound.belonging import Source
from inbox.inbound.claims import Claimed
from inbox.inbound.payloads import keep_files, taken_in_at, told_to_reader
from inbox.inbound.receive import AlreadyReceived
from inbox.inbound.settle import TooEarly, settle
from inbox.models import Channel, Outcome
from inbox.wake import wake

log = logging.getLogger(__name__)
T = TypeVar("T")

# Who settles many holds what nobody holds in this order: he lets go before PostgreSQL, looking for a deadlock after a
# second, could take the act of a person for the one that has to.
GIVES_WAY: LiteralString = "SET LOCAL lock_timeout = '200ms'"
SEALED = "SELECT sealed FROM inbox_channel WHERE id = %s"
MOST_BYTES = 4 * 1024 * 1024  # of what is read before its rows are written: it is held in memory


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
    except (OperationalError, InterfaceError, IntegrityError) as error:
        why = Unreadable(gettext_noop("The database could not take it in."), words=str(error))
        if retrying.may_be_its_fault(error):
            return _cannot_read(source, item, why, chance=True)
        retrying.wait_for_us(source, item, why)
        return False
    except Exception as error:
        if is_no_room(error):
            return _cannot_read(source, item, Unreadable(NO_ROOM, no_room=True), chance=True)
        # Whatever breaks on this one must not hold up the next one: it is shown to people with its bytes.
        log.exception("item %s broke its reader", item.id)
        return _cannot_read(source, item, Unreadable(gettext_noop("It broke our reader.")), chance=False)


def _cannot_read(source: Source, item: Claimed, error: Unreadable, *, chance: bool) -> bool:
    """Try again later what may have been bad luck (`chance`); show what is hopeless to people."""
    if error.no_room:
        retrying.wait_for_us(source, item, error)
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
