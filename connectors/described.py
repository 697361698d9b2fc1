"""What a network's payload holds, for an admin who wonders about it: the same keys for each network."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from connectors.contract import Change, Content, Echo, Incoming, Receipt, Verb
from connectors.errors import ChannelError


def describe(path: Path, contents_of: Callable[[bytes], Sequence[Content]]) -> Mapping[str, object]:
    """Messages, receipts, edits and deletions, or the `error`; never raises for a bad file.

    `contents_of` understands the bytes of one file; whatever it raises becomes the error.
    """
    try:
        contents = contents_of(path.read_bytes())
    except OSError as error:
        return _described(path, [], f"The file cannot be read: {error.strerror}.")
    except ChannelError as error:
        return _described(path, [], str(error))
    except Exception as error:  # whatever hostile bytes break in us is for the admin to see, not to stop the next file
        return _described(path, [], f"It broke the reader: {type(error).__name__}.")
    return _described(path, contents, None)


def _described(path: Path, contents: Sequence[Content], error: str | None) -> Mapping[str, object]:
    changes = [content for content in contents if isinstance(content, Change)]
    return {
        "file": str(path),
        "messages": [
            _message(content.said if isinstance(content, Echo) else content)
            for content in contents
            if isinstance(content, Echo | Incoming)
        ],
        "receipts": [_receipt(content) for content in contents if isinstance(content, Receipt)],
        "edits": [_change(change) for change in changes if change.verb is Verb.EDITED],
        "deletions": [_change(change) for change in changes if change.verb is Verb.DELETED],
        "error": error,
    }


def _message(said: Incoming) -> Mapping[str, object]:
    return {
        "provider_id": said.provider_id,
        "thread": said.thread_key,
        "sender": said.sender.address,
        "sender_name": said.sender.name,
        "text": said.text,
        "sent_at": said.sent_at.isoformat() if said.sent_at else None,
        "public": said.public,
        "attachments": [
            {"name": remote.name, "type": remote.media_type, "address": remote.address} for remote in said.remote
        ],
    }


def _receipt(receipt: Receipt) -> Mapping[str, object]:
    return {
        "provider_id": receipt.provider_id,
        "progress": receipt.progress.value,
        "recipient": receipt.recipient,
        "at": receipt.at.isoformat() if receipt.at else None,
    }


def _change(change: Change) -> Mapping[str, object]:
    return {"provider_id": change.provider_id, "text": change.text, "at": change.at.isoformat()}
