"""Bringing what a message only points to: files that still lie at the provider, names, the post it hangs under.

And asking, for what was said in public, whether it is still there: some providers do not tell.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import transaction
from django.db.models import Q, QuerySet

from connectors.contract import Connector, Keeping, Naming, Rechecked, Remote, Showing
from connectors.errors import ChannelError, Rejected
from inbox import blobs, hot, spending
from inbox.activity import record
from inbox.connect import metered, renewed
from inbox.database import storable
from inbox.inbound import posts
from inbox.models import Address, Attachment, Channel, ChannelState, Message, Post
from inbox.outbound import receipts

log = logging.getLogger(__name__)

AT_ONCE = 100
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
GIVE_UP_AFTER = 20  # tries; with the pauses above about fifteen hours
RECHECKED_FOR = timedelta(days=30)
OF_A_FILE = ("uuid", "name", "media_type", "size", "sha256", "due_at", "missing", "attempts")
FETCHED = """
UPDATE inbox_attachment
SET name = %(name)s, media_type = %(media_type)s, size = %(size)s, sha256 = %(sha256)s, due_at = %(due_at)s,
    missing = %(missing)s, attempts = %(attempts)s
WHERE uuid = %(uuid)s
"""
NAME = """
WITH told AS (SELECT * FROM unnest(%(addresses)s::bigint[], %(names)s::text[]) AS t (address, name)),
customers AS (
    UPDATE inbox_customer c SET name = told.name FROM told JOIN inbox_address a ON a.id = told.address
    WHERE c.id = a.customer_id AND c.name = '')
UPDATE inbox_address a SET name = told.name FROM told WHERE a.id = told.address AND a.name = ''
"""


def gather(channel: Channel, now: datetime) -> None:
    """Everything that is due on one channel. A provider that fails is asked again later; nothing is raised for it."""
    try:
        with metered(channel, now):
            connector = renewed(channel, now)
            fetch_files(channel, connector, now)
            if spending.is_used_up(channel, now):
                return  # names, posts and what became of them are paid for, and can wait
            name_people(channel, connector)
            look_at_posts(channel, connector, now)
            recheck(channel, connector, now)
            recheck_posts(channel, connector, now)
    except ChannelError as error:
        log.info("gathering on %s has to wait: %s", channel, error)


def waiting_channels(now: datetime) -> QuerySet[Channel]:
    """The channels on which something is to be gathered."""
    files = Attachment.objects.filter(due_at__lte=now).values("message__conversation__channel")
    looks = Post.objects.filter(look_at__lte=now).values("channel")
    checks = Message.objects.filter(recheck_at__lte=now).values("conversation__channel")
    posts_too = Post.objects.filter(recheck_at__lte=now).values("channel")
    nameless = Address.objects.filter(name="").exclude(kind="email")
    talks, groups = nameless.values("conversations__channel"), nameless.values("messages__conversation__channel")
    working = Channel.objects.filter(state=ChannelState.WORKING)
    return working.filter(pk__in=files.union(looks, checks, posts_too, talks, groups))


def fetch_files(channel: Channel, connector: Connector, now: datetime) -> None:
    """Fetch what is due, each on its own: one that is gone holds up no other."""
    if not isinstance(connector, Keeping):
        return
    due = Attachment.objects.filter(message__conversation__channel=channel, due_at__lte=now)
    if not (attachments := due.select_related("message")[:AT_ONCE]):
        return
    with TemporaryDirectory(dir=blobs.landing()) as folder:
        for attachment in attachments:
            _fetch(attachment, connector, Path(folder), now)


def _fetch(attachment: Attachment, connector: Keeping, folder: Path, now: datetime) -> None:
    try:
        remote = Remote(address=attachment.remote, name=attachment.name, media_type=attachment.media_type)
        file = connector.download(remote, folder)
        blobs.adopt(Path(file.path), file.sha256)
        attachment.name, attachment.media_type = file.name[:255], file.media_type[:150]
        attachment.size, attachment.sha256, attachment.due_at = file.size, file.sha256, None
    except Rejected as error:
        attachment.missing, attachment.due_at = error.sentence[:300], None
    except ChannelError as error:
        attachment.attempts += 1
        if attachment.attempts >= GIVE_UP_AFTER:
            attachment.missing, attachment.due_at = error.sentence[:300], None
        else:
            attachment.due_at = now + min(FIRST_PAUSE * 2 ** min(attachment.attempts, 10), LONGEST_PAUSE)
    finally:
        for half in folder.iterdir():
            half.unlink()
    hot.change(FETCHED, {name: getattr(attachment, name) for name in OF_A_FILE})
    if attachment.message and not attachment.due_at:
        record("file_came", now=now, conversation=attachment.message.conversation_id, message=attachment.message_id)


def name_people(channel: Channel, connector: Connector) -> None:
    """Ask once for the names of people of whom we know the address alone. One without a name is called by it."""
    if not isinstance(connector, Naming):
        return
    nameless = Address.objects.filter(kind=channel.kind, name="")
    here = nameless.filter(Q(conversations__channel=channel) | Q(messages__conversation__channel=channel))
    addresses = {address.value: address for address in here.distinct()[:AT_ONCE]}
    if not addresses:
        return
    people = connector.people(list(addresses))
    names = [storable(people[value].name if value in people else "")[:200] or value for value in addresses]
    hot.change(NAME, {"addresses": [address.pk for address in addresses.values()], "names": names})


def look_at_posts(channel: Channel, connector: Connector, now: datetime) -> None:
    """Ask for the posts that people talk under. One that is not there for us is not asked for again."""
    due = Post.objects.filter(channel=channel, look_at__lte=now)
    if not isinstance(connector, Showing):
        due.update(look_at=None)
        return
    for row in due[:AT_ONCE]:
        post = connector.post(row.reference)
        if post:
            posts.keep(channel, post, now)
        else:
            Post.objects.filter(pk=row.pk).update(look_at=None)


def recheck(channel: Channel, connector: Connector, now: datetime) -> None:
    """Ask whether what was said in public is still there: often while it is young, after a month no more."""
    due = Message.objects.filter(conversation__channel=channel, recheck_at__lte=now)
    if not isinstance(connector, Rechecked):
        due.update(recheck_at=None)
        return
    for messages in _batches(due.filter(withdrawn_at=None)):
        known = {m.provider_ids.values_list("value", flat=True)[0]: m for m in messages if m.provider_ids.exists()}
        changes = connector.rechecked(list(known), now)
        with transaction.atomic():
            for change in changes:
                receipts.change(change, channel=channel, now=now)
            for message in messages:
                message.recheck_at = _asked_again(message.happened_at, now)
            Message.objects.bulk_update(messages, ["recheck_at"])
    due.exclude(withdrawn_at=None).update(recheck_at=None)


def recheck_posts(channel: Channel, connector: Connector, now: datetime) -> None:
    """The same of posts that people talk under: for as long, and as often."""
    due = Post.objects.filter(channel=channel, recheck_at__lte=now)
    if not isinstance(connector, Rechecked):
        due.update(recheck_at=None)
        return
    rows = list(due.order_by("recheck_at")[:AT_ONCE])
    if not rows:
        return
    changes = connector.rechecked([row.reference for row in rows], now)
    with transaction.atomic():
        for change in changes:
            receipts.change(change, channel=channel, now=now)
        for row in rows:
            row.recheck_at = _asked_again(row.at, now)
        Post.objects.bulk_update(rows, ["recheck_at"])
        Post.objects.filter(pk__in=[row.pk for row in rows]).exclude(withdrawn_at=None).update(recheck_at=None)


def _asked_again(said_at: datetime | None, now: datetime) -> datetime | None:
    """When to ask once more; None for what is old."""
    return None if said_at and said_at < now - RECHECKED_FOR else posts.recheck_at(said_at, now)


def _batches(due: QuerySet[Message]) -> Iterator[Sequence[Message]]:
    messages = list(due.prefetch_related("provider_ids").order_by("pk")[: AT_ONCE * 5])
    for start in range(0, len(messages), AT_ONCE):
        yield messages[start : start + AT_ONCE]
