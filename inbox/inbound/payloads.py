"""What goes to the reader with the bytes of an item, and what stays of what it gives back."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from connectors.contract import Content, File, Incoming
from inbox import blobs
from inbox.models import Channel


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
