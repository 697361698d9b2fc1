"""Marking and moving mail that is safely here: only where an admin has asked for it."""

from dataclasses import dataclass, replace
from typing import Any

from connectors.email import cursor as cursors
from connectors.email.cursor import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What shall happen in `folder` to mail behind the cursor; by default nothing."""

    folder: str
    mark_seen: bool = False
    move_to: str = ""


def tidy(client: Any, cursor: str, wish: Wish) -> str:
    """Tidy up what the cursor has passed, for the cursor is only saved when its mails are. Return the new cursor.

    Older mail than we brought is left alone, and so is all of it if the server has renumbered the folder.
    """
    place = cursors.loads(cursor).get(wish.folder)
    if place is None or not (wish.mark_seen or wish.move_to) or place.tidied >= place.uid:
        return cursor
    if int(client.select_folder(wish.folder)[b"UIDVALIDITY"]) == place.uidvalidity:
        _tidy(client, place, wish)
    places = cursors.loads(cursor) | {wish.folder: replace(place, tidied=place.uid)}
    return cursors.dumps(places)


def _tidy(client: Any, place: Place, wish: Wish) -> None:
    client.noop()
    ours = client.search(["UID", f"{place.tidied + 1}:{place.uid}", "SINCE", place.since])
    uids = [uid for uid in ours if place.tidied < uid <= place.uid]
    if not uids:
        return
    if wish.mark_seen:
        client.add_flags(uids, [b"\\Seen"], silent=True)
    if wish.move_to:
        move(client, uids, wish.move_to)


def move(client: Any, uids: list[int], target: str) -> None:
    """By MOVE (RFC 6851), else by copy and removal of exactly these (UID EXPUNGE, RFC 4315)."""
    if not client.folder_exists(target):
        client.create_folder(target)
    if client.has_capability("MOVE"):
        client.move(uids, target)
        return
    client.copy(uids, target)
    client.delete_messages(uids, silent=True)
    if client.has_capability("UIDPLUS"):
        client.uid_expunge(uids)
