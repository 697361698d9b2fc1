"""Our own mails in the account: a copy into Sent, and the search for one whose sending is in doubt."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from connectors.contract import Outgoing
from connectors.email.identity import DELIVERY_FIELD
from connectors.email.imap import Folder, Role, examine, folders
from connectors.errors import OutcomeUnknown, gettext_noop


class SentCopy(StrEnum):
    """Who puts the copy of a sent mail into the folder Sent."""

    PROVIDER = "provider"  # Gmail, Microsoft 365, Yandex and Mail.ru do
    OTVET = "otvet"
    NOBODY = "nobody"


def keep_copy(client: Any, sent: str, body: bytes) -> None:
    """Put a mail that has just been sent into Sent, as read. Without such a folder nothing is done."""
    for folder in folders(client, {Role.SENT: sent}):
        client.append(folder.name, body, flags=[b"\\Seen"])


def find(client: Any, sent: str, outgoing: Outgoing, copy: SentCopy) -> str | None:
    """The id of a mail that went out, or None if it certainly did not.

    Absence proves something only where the provider itself keeps what goes through it, and has been seen to
    do so. Raise OutcomeUnknown where it proves nothing, so that a person decides.
    """
    places = folders(client, {Role.SENT: sent, Role.ALL: ""})
    if any(_holds(client, folder, outgoing.provider_id) for folder in places):
        return outgoing.provider_id
    if copy is SentCopy.PROVIDER and _keeps_ours(client, places):
        return None
    raise OutcomeUnknown(
        gettext_noop("The account keeps no copy of what is sent, so nobody can tell whether this mail went out.")
    )


def _holds(client: Any, folder: Folder, message_id: str) -> bool:
    # Some providers write a Message-ID of their own; they leave our other field alone.
    examine(client, folder.name)
    by_id = ["HEADER", "Message-ID", message_id]
    return bool(client.search(["OR", *by_id, "HEADER", DELIVERY_FIELD, message_id]))


def _keeps_ours(client: Any, places: Sequence[Folder]) -> bool:
    for folder in places:
        examine(client, folder.name)
        if client.search(["HEADER", DELIVERY_FIELD, ""]):
            return True
    return False
