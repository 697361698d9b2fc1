"""The letterbox: what a provider hands over is kept, and committed, before anything else happens to it."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any, LiteralString

import msgspec
from django.db import connection, transaction
from django.db.models import F

from connectors.contract import Batch, Fetched, Piece
from connectors.registry import kinds
from inbox import blobs, hot, spending
from inbox.failpoints import failpoint
from inbox.models import Channel, ProviderApp
from inbox.wake import wake

KNOWN = "SELECT source_key FROM inbox_item WHERE channel_id = %s AND source_key = ANY(%s)"

# What we hold already brings nothing. Ids are given in the order of the batch, in which items are opened.
POLLED = """
WITH fetched AS (
    SELECT DISTINCT ON (key) nextval(pg_get_serial_sequence('inbox_envelope', 'id')) AS id, f.*
    FROM ROWS FROM (jsonb_to_recordset(%(fetched)s::jsonb) AS (key text, sha256 text, size bigint, facts jsonb))
        WITH ORDINALITY AS f (key, sha256, size, facts, place)
    WHERE NOT EXISTS (SELECT FROM inbox_item WHERE source_key = f.key AND channel_id = %(channel)s)
    ORDER BY key, place),
envelope AS (
    INSERT INTO inbox_envelope (id, channel_id, sha256, size, facts, received_at)
    SELECT id, %(channel)s, sha256, size, facts, %(now)s FROM fetched)
INSERT INTO inbox_item (channel_id, envelope_id, source_key, part, outcome, attempts, received_at)
SELECT %(channel)s, id, key, '', 'waiting', 0, %(now)s FROM fetched ORDER BY place
ON CONFLICT DO NOTHING
"""

# A body that a webhook brought is kept once, however many items it holds, and not at all if it brings nothing new.
PUSHED = """
WITH piece AS (
    SELECT p.channel, p.key, p.part
    FROM jsonb_to_recordset(%(pieces)s::jsonb) AS p (channel bigint, key text, part text)
    WHERE NOT EXISTS (SELECT FROM inbox_item WHERE source_key = p.key AND channel_id = p.channel)),
envelope AS (
    INSERT INTO inbox_envelope (app_id, sha256, size, facts, received_at)
    SELECT %(app)s, %(sha256)s, %(size)s, '{}', %(now)s WHERE EXISTS (SELECT FROM piece) OR %(strangers)s > 0
    RETURNING id)
INSERT INTO inbox_item (channel_id, envelope_id, source_key, part, outcome, attempts, received_at)
SELECT piece.channel, envelope.id, piece.key, piece.part, 'waiting', 0, %(now)s FROM piece, envelope
ON CONFLICT DO NOTHING
RETURNING channel_id, source_key
"""

MOVE_CURSOR = """
UPDATE inbox_channel
SET cursor = %(cursor)s, backlog = %(backlog)s, last_poll_at = %(now)s, failures = 0, broken_until = NULL,
    last_in_at = CASE WHEN %(brought)s THEN %(now)s ELSE last_in_at END
WHERE id = %(channel)s AND cursor = %(before)s
"""


# Polls go on meanwhile: what a check found is taken in wherever the cursor is by then.
LOOKED = """
UPDATE inbox_channel
SET looked = %(looked)s, last_in_at = CASE WHEN %(brought)s THEN %(now)s ELSE last_in_at END
WHERE id = %(channel)s
"""


class CursorMoved(Exception):
    """Somebody else polled this channel meanwhile; what he brought is there, what we brought is dropped."""


def drop(channel: Channel, batch: Batch, now: datetime) -> int:
    """Keep a batch and move the channel's cursor, in one transaction. Return how many items are new.

    The bytes of what is new are kept as their rows are committed. An item that we hold already changes nothing.
    Raise CursorMoved if the cursor is not where the batch began.
    """
    moved = {"cursor": batch.cursor, "before": channel.cursor, "backlog": batch.backlog}
    added = _keep(channel, batch, now, MOVE_CURSOR, moved)
    channel.cursor = batch.cursor
    return added


def drop_missed(channel: Channel, batch: Batch, now: datetime) -> int:
    """Keep what a gap check found and where it stands, as `drop` does. Return how many items are new."""
    added = _keep(channel, batch, now, LOOKED, {"looked": batch.cursor})
    channel.looked = batch.cursor
    return added


def known(channel: Channel, keys: Sequence[str]) -> set[str]:
    """Which of these source keys we hold."""
    return {key for (key,) in hot.fetch(KNOWN, [channel.pk, keys])} if keys else set()


def _keep(channel: Channel, batch: Batch, now: datetime, move: LiteralString, moved: dict[str, Any]) -> int:
    held = known(channel, [fetched.source_key for fetched in batch.payloads])
    new = [fetched for fetched in batch.payloads if fetched.source_key not in held]
    # Our own answers in the folder Sent would hide that no customer's mail comes in any more.
    brought = any(fetched.facts.get("role") != "sent" for fetched in batch.payloads)
    kept = {"channel": channel.pk, "now": now, "fetched": json_text([_row(fetched) for fetched in new])}
    with blobs.keeping([(fetched.body, fetched.sha256) for fetched in new]):
        if not hot.change(move, {**moved, "channel": channel.pk, "now": now, "brought": brought}):
            raise CursorMoved
        added = hot.change(POLLED, kept) if new else 0
        if added:
            failpoint("before_drop_commit")
            transaction.on_commit(partial(failpoint, "after_drop_commit"))
            wake("inbox.inbound.tasks.open_waiting_of", channel.pk)
    if added:
        failpoint("after_drop_hint")
    return added


def drop_pushed(app: ProviderApp, body: bytes, pieces: Sequence[Piece], now: datetime) -> int:
    """Keep what a webhook brought, in one transaction. Return how many items are new.

    A channel that is paused or waits for an admin takes in what comes all the same. What is for an account that is no
    channel of ours is kept with the body, and counted. What the provider charges for is noted once for each new item.
    """
    channels = {channel.account: channel for channel in Channel.objects.filter(kind=app.kind, app=app)}
    ours = [piece for piece in pieces if piece.account in channels]
    strangers = len(pieces) - len(ours)
    digest = sha256(body).hexdigest()
    with blobs.keeping([(body, digest)]), connection.cursor() as cursor:
        failpoint("after_body_kept")
        _hold({channels[piece.account].pk for piece in ours})
        rows = [{"channel": channels[p.account].pk, "key": p.source_key, "part": p.part} for p in ours]
        values: dict[str, Any] = {"app": app.pk, "sha256": digest, "size": len(body), "now": now}
        cursor.execute(PUSHED, {**values, "pieces": json_text(rows), "strangers": strangers})
        new = set(cursor.fetchall())
        brought = {channel for channel, _ in new}
        ProviderApp.objects.filter(pk=app.pk).update(last_call_at=now, strangers=F("strangers") + strangers)
        Channel.objects.filter(pk__in=brought).update(last_in_at=now)
        for channel in channels.values():
            told = {p.source_key: p.price for p in ours if p.price and (channel.pk, p.source_key) in new}
            spending.note(channel, kinds()[app.kind].prices, Counter(told.values()), now)
        if brought:
            failpoint("before_drop_commit")
            transaction.on_commit(partial(failpoint, "after_drop_commit"))
        for pk in sorted(brought):
            wake("inbox.inbound.tasks.open_waiting_of", pk)
    if brought:
        failpoint("after_drop_hint")
    return len(new)


def _hold(channels: set[int]) -> None:
    """The channels' rows before any item of theirs, as a poll has them: the two would wait for each other."""
    list(Channel.objects.select_for_update(no_key=True).filter(pk__in=channels).order_by("pk").values_list("pk"))


def _row(fetched: Fetched) -> dict[str, Any]:
    facts = {**fetched.facts, "received_at": fetched.received_at.isoformat()}
    return {"key": fetched.source_key, "sha256": fetched.sha256, "size": fetched.size, "facts": facts}


def json_text(value: object) -> str:
    """JSON as PostgreSQL takes it: without the NUL that it cannot hold."""
    return msgspec.json.encode(value).decode().replace("\\u0000", "")
