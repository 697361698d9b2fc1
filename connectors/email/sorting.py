"""Moving mail between inbox and Junk after a person has decided about it: only where an admin has asked for it."""

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Any

from connectors.email import tidying
from connectors.email.fetching import place_of
from connectors.email.imap import Role, folders
from connectors.errors import Rejected, gettext_noop


def sort(client: Any, source_keys: Sequence[str], wanted: dict[Role, str]) -> Collection[str]:
    """Move these mails into the one folder of `wanted`, by its name or by its use. Return the keys of those that moved.

    A mail is known by folder, UIDVALIDITY and UID alone. One that is gone, or whose folder is gone or was renumbered,
    is left: somebody else has decided. Raise Rejected where the server cannot move, or has no such folder.
    """
    moved: list[str] = []
    for target in folders(client, wanted):
        _require_moving(client)
        places = sorted((place_of(key), key) for key in source_keys)
        for (name, validity), group in groupby(places, key=lambda place: place[0][:2]):
            theirs = {uid: key for (_, _, uid), key in group}
            if name != target.name:
                moved += [theirs[uid] for uid in _move(client, name, validity, list(theirs), target.name)]
        return moved
    raise Rejected(gettext_noop("The mailbox has no folder for spam. Name one in the settings of the channel."))


def _require_moving(client: Any) -> None:
    # A copy without removing this one mail would leave it in both folders; a plain EXPUNGE would remove what others
    # have marked as deleted.
    if not (client.has_capability("MOVE") or client.has_capability("UIDPLUS")):
        raise Rejected(
            gettext_noop("The mail server can neither move a mail (MOVE) nor remove a single one (UIDPLUS).")
        )


def _move(client: Any, name: str, validity: int, uids: Sequence[int], target: str) -> list[int]:
    if not client.folder_exists(name) or int(client.select_folder(name)[b"UIDVALIDITY"]) != validity:
        return []
    # What is marked as deleted was copied by a try that broke off, or somebody wants to be rid of it.
    there: list[int] = client.search(["UID", ",".join(map(str, uids)), "UNDELETED"])
    if there:
        tidying.move(client, there, target)
    return there
