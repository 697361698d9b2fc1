"""The letterbox: what a provider hands over is kept, and committed, before anything else happens to it."""

from datetime import datetime
from typing import Any

import msgspec
from django.db import connection, transaction

from connectors.contract import Batch, Fetched
from inbox import blobs
from inbox.failpoints import failpoint
from inbox.models import Channel
from inbox.wake import wake

ENVELOPE = """
WITH envelope AS (
    INSERT INTO inbox_envelope (channel_id, sha256, size, facts, received_at)
    SELECT %(channel)s, %(sha256)s, %(size)s, %(facts)s, %(now)s
    WHERE NOT EXISTS (SELECT FROM inbox_item WHERE source_key = %(key)s AND channel_id = %(channel)s)
    RETURNING id)
INSERT INTO inbox_item (channel_id, envelope_id, source_key, part, outcome, attempts, received_at)
SELECT %(channel)s, id, %(key)s, '', 'waiting', 0, %(now)s FROM envelope
ON CONFLICT DO NOTHING
"""

MOVE_CURSOR = """
UPDATE inbox_channel
SET cursor = %(cursor)s, backlog = %(backlog)s, last_poll_at = %(now)s, failures = 0, broken_until = NULL,
    last_in_at = CASE WHEN %(brought)s THEN %(now)s ELSE last_in_at END
WHERE id = %(channel)s AND cursor = %(before)s
"""


class CursorMoved(Exception):
    """Somebody else polled this channel meanwhile; what he brought is there, what we brought is dropped."""


def drop(channel: Channel, batch: Batch, now: datetime) -> int:
    """Keep a batch and move the channel's cursor, in one transaction. Return how many items are new.

    The bytes are on the disk before their rows are committed. An item that we hold already changes nothing.
    Raise CursorMoved if the cursor is not where the batch began.
    """
    for fetched in batch.payloads:
        blobs.adopt(fetched.path, fetched.sha256)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            MOVE_CURSOR,
            {
                "cursor": batch.cursor,
                "before": channel.cursor,
                "backlog": batch.backlog,
                "channel": channel.pk,
                "now": now,
                "brought": bool(batch.payloads),
            },
        )
        if cursor.rowcount == 0:
            raise CursorMoved
        cursor.executemany(ENVELOPE, [_row(channel, fetched, now) for fetched in batch.payloads])
        added = max(int(cursor.rowcount), 0)
        if added:
            failpoint("before_drop_commit")
            wake("inbox.inbound.tasks.open_waiting_of", channel.pk)
    if added:
        failpoint("after_drop_commit")
    channel.cursor = batch.cursor
    return added


def _row(channel: Channel, fetched: Fetched, now: datetime) -> dict[str, Any]:
    facts = {**fetched.facts, "received_at": fetched.received_at.isoformat()}
    return {
        "channel": channel.pk,
        "sha256": fetched.sha256,
        "size": fetched.size,
        "facts": json_text(facts),
        "key": fetched.source_key,
        "now": now,
    }


def json_text(value: object) -> str:
    """JSON as PostgreSQL takes it: without the NUL that it cannot hold."""
    return msgspec.json.encode(value).decode().replace("\\u0000", "")
