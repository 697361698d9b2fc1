"""What waits in quarantine or could not be read, and what a person decides about it."""

import shutil
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp

from django.db import transaction

from connectors.contract import Payload
from connectors.errors import Unreadable
from inbox import blobs, parser
from inbox.activity import record
from inbox.connect import connect
from inbox.errors import AlreadyDone, ChannelCannot
from inbox.inbound.belonging import Source
from inbox.inbound.payloads import keep_files, taken_in_at, told_to_reader
from inbox.inbound.receive import AlreadyReceived
from inbox.inbound.settle import settle
from inbox.models import Agent, Item, Outcome
from inbox.outbound import verdicts
from inbox.permissions import Can, require

HELD_BACK = (Outcome.QUARANTINE, Outcome.UNREADABLE)


def release(item: Item, *, by: Agent, now: datetime) -> Item:
    """It is not spam, or our reader was mended: open it again and let it in.

    Raise ChannelCannot if it still cannot be read, AlreadyDone if it was decided before.
    """
    require(by, Can.RELEASE, item.channel.team)
    item = Item.objects.select_related("channel", "envelope").get(pk=item.pk)
    if item.outcome not in HELD_BACK:
        raise AlreadyDone
    source = Source(
        channel=item.channel,
        item=item.pk,
        received_at=taken_in_at(item.envelope.facts, item.received_at),
        came_at=item.received_at,
        now=now,
    )
    folder = Path(mkdtemp(dir=blobs.landing()))
    try:
        facts = item.envelope.facts | told_to_reader(item.channel, item.part)
        payload = Payload(body=blobs.body(item.envelope.sha256), facts=facts)
        contents = parser.read(item.channel.kind, payload, folder)
        connector = connect(item.channel)
        for content in contents:
            keep_files(content)
        with transaction.atomic():
            Item.objects.filter(pk=item.pk).update(discarded_at=None, discarded_by=None)
            judged = [connector.judge(content) for content in contents]
            settle(source, judged, item.envelope.facts, trusted=True)
            if item.outcome == Outcome.QUARANTINE:
                verdicts.give([item], spam=False, now=now)
            record("released", now=now, by=by, item=item.pk)
    except Unreadable as error:
        raise ChannelCannot(error.sentence, **error.facts) from error
    except AlreadyReceived as error:
        raise AlreadyDone from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    item.refresh_from_db()
    return item


def discard(item: Item, *, by: Agent, now: datetime) -> None:
    """It is spam, or worth nothing: out of sight, its bytes kept. Raise AlreadyDone."""
    require(by, Can.RELEASE, item.channel.team)
    with transaction.atomic():
        here = Item.objects.filter(pk=item.pk, outcome__in=HELD_BACK, discarded_at=None)
        if not here.update(discarded_at=now, discarded_by=by):
            raise AlreadyDone
        record("discarded", now=now, by=by, item=item.pk)
