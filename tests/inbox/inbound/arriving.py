"""Mails as they arrive, dropped into the letterbox as a poll drops them."""

from datetime import datetime
from email.message import EmailMessage
from hashlib import sha256
from typing import Any

from connectors.contract import Batch, Fetched
from inbox.inbound import letterbox
from inbox.inbound.unpack import open_waiting
from inbox.models import Channel, Item
from tests.inbox.desk_of_five import Desk


def letter(text: str = "The lamp arrived broken.", **headers: str) -> bytes:
    """A mail of carla's as it lies on the server."""
    mail = EmailMessage()
    usual = {
        "from": "Carla <carla@example.com>",
        "to": "support@example.com",
        "subject": "A broken lamp",
        "message_id": "<first@example.com>",
        "date": "Mon, 02 Nov 2026 09:00:00 +0000",
    }
    for name, value in (usual | headers).items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


def fetched(raw: bytes, key: str, at: datetime, **facts: str) -> Fetched:
    """A payload as a poll brings it."""
    return Fetched(
        source_key=key,
        body=raw,
        sha256=sha256(raw).hexdigest(),
        size=len(raw),
        received_at=at,
        facts={"folder": "INBOX", "role": "inbox", **facts},
    )


def drop(desk: Desk, raw: bytes, key: str = "1", *, channel: Channel | None = None, **facts: str) -> Item:
    """A poll brings one mail."""
    where = channel or desk.channel
    batch = Batch(payloads=[fetched(raw, key, desk.later(), **facts)], cursor=f"{where.cursor}.")
    letterbox.drop(where, batch, desk.clock)
    return Item.objects.get(channel=where, source_key=key)


def arrives(desk: Desk, raw: bytes, key: str = "1", **more: Any) -> Item:
    """A poll brings one mail, and it is opened."""
    item = drop(desk, raw, key, **more)
    open_waiting(more.get("channel") or desk.channel)
    item.refresh_from_db()
    return item
