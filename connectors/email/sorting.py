"""Moving mail between inbox and Junk after a person has decided about it: only where an admin has asked for it."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from connectors.email import tidying
from connectors.email.fetching import place_of
from connectors.email.imap import Role, folders
from connectors.errors import Rejected, gettext_noop


def sort(client: Any, source_keys: Sequence[str], wanted: dict[Role, str]) -> None:
    """Move these mails into the one folder of `wanted`, by its name or by its use.

    A mail is known by folder, UIDVALIDITY and UID alone. One that is gone, or whose folder is gone or was renumbered,
    is left: somebody else has decided. Raise Rejected where the server cannot move, or has no such folder.
    """
    for target in folders(client, wanted):
        _require_moving(client)
        places = sorted(map(place_of, source_keys))
        for (name, validity), theirs in groupby(places, key=lambda place: place[:2]):
            if name != target.name:
                _move(client, name, validity, [uid for _, _, uid in theirs], target.name)
        return
    raise Rejected(gettext_noop("The mailbox has no folder for spam. Name one in the settings of the channel."))


def _require_moving(client: Any) -> None:
    # A copy without removing this one mail would leave it in both folders; a plain EXPUNGE would remove what others
    # have marked as deleted.
    if not (client.has_capability("MOVE") or client.has_capability("UIDPLUS")):
        raise Rejected(
            gettext_noop("The mail server can neither move a mail (MOVE) nor remove a single one (UIDPLUS).")
        )


def _move(client: Any, name: str, validity: int, uids: Sequence[int], target: str) -> None:
    if not client.folder_exists(name) or int(client.select_folder(name)[b"UIDVALIDITY"]) != validity:
        return
    # What is marked as deleted was copied by a try that broke off, or somebody wants to be rid of it.
    there = client.search(["UID", ",".join(map(str, uids)), "UNDELETED"])
    if there:
        tidying.move(client, there, target)
