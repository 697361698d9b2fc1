"""What is new in the watched folders, oldest first, and what was overlooked.

State is UIDVALIDITY and UID alone. \\Seen, UNSEEN and sequence numbers belong to the people who use the
mailbox beside us; folders are opened for reading only and nothing is marked.
"""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from connectors.contract import Batch, Fetched, GapCheck
from connectors.email import cursor as cursors
from connectors.email import download
from connectors.email.cursor import Place, Places
from connectors.email.imap import Folder, examine
from connectors.errors import TryLater, gettext_noop

MOST_PAYLOADS = 50
MOST_BYTES = 32 * 1024 * 1024
TOGETHER = 4 * 1024 * 1024  # bytes of small mails that one command may bring
LOOK_BACK = timedelta(days=2)  # of the gap check
LOOK_BACK_UIDS = 500
_GMAIL_ID = "X-GM-MSGID"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One mail that is to be brought."""

    folder: Folder
    place: Place
    uid: int
    size: int
    received_at: datetime
    lasting_id: str = ""  # of Gmail alone

    @property
    def source_key(self) -> str:
        return source_key(self.folder, self.place, self.uid)


def source_key(folder: Folder, place: Place, uid: int) -> str:
    return f"imap:{folder.name}:{place.uidvalidity}:{uid}"


def place_of(source_key: str) -> tuple[str, int, int]:
    """Folder, UIDVALIDITY and UID out of a source key. A folder's name may have colons."""
    folder, uidvalidity, uid = source_key.removeprefix("imap:").rsplit(":", 2)
    return folder, int(uidvalidity), int(uid)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bring:
    """How to bring: into which folder, up to which size whole, and the time of this fetch."""

    into: Path
    largest: int
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The next mails of one folder: `uids` are all that are new, `heads` those that could come now."""

    folder: Folder
    place: Place
    uids: Sequence[int]
    heads: Sequence[Wanted]

    def after(self, brought: Sequence[Wanted]) -> Place:
        """The place once `brought` are here. Uids whose mail vanished meanwhile are passed with the others."""
        mine = [wanted.uid for wanted in brought if wanted.folder == self.folder]
        if len(mine) == len(self.heads):
            return self.place.passed(max(self.uids[:MOST_PAYLOADS], default=0))
        return self.place.passed(max(mine, default=0))


def fetch(client: Any, watched: Sequence[Folder], cursor: str, floor: date, bring: Bring) -> Batch:
    """Bring what arrived after `cursor`. Folders that we see for the first time begin at `floor`.

    A folder that has gone keeps its place in the cursor: people rename folders back.
    """
    places = cursors.loads(cursor)
    windows = [_window(client, folder, places, floor, bring.now) for folder in watched]
    chosen = _oldest([window.heads for window in windows])
    payloads = _brought(client, chosen, bring)
    left = 0
    for window in windows:
        place = window.after(chosen)
        places[window.folder.name] = place
        left += sum(uid > place.uid for uid in window.uids)
    return Batch(payloads=payloads, cursor=cursors.dumps(places), more=left > 0, backlog=left)


def missed(client: Any, watched: Sequence[Folder], check: GapCheck, bring: Bring) -> Batch:
    """Bring what lies behind the cursor and is not known: of the last two days, and of the last 500 UIDs."""
    places = cursors.loads(check.cursor)
    lost: list[Sequence[Wanted]] = []
    total = 0
    for folder in watched:
        validity, _ = examine(client, folder.name)
        place = places.get(folder.name)
        if place is None or place.uidvalidity != validity:
            continue  # the next fetch lists it anew
        keys = {source_key(folder, place, uid): uid for uid in _recent_uids(client, place, bring.now)}
        unknown = sorted(keys[key] for key in keys.keys() - check.known(list(keys)))
        total += len(unknown)
        lost.append(_heads(client, folder, place, unknown[:MOST_PAYLOADS], bring.now))
    payloads = _brought(client, _oldest(lost), bring)
    left = max(0, total - len(payloads)) if payloads else 0
    return Batch(payloads=payloads, cursor=check.place, more=left > 0, backlog=left)


def _window(client: Any, folder: Folder, places: Places, floor: date, now: datetime) -> Window:
    validity, uidnext = examine(client, folder.name)
    place = cursors.arrived(places, folder.name, validity, uidnext, floor)
    uids = _new_uids(client, place)
    heads = _heads(client, folder, place, uids[:MOST_PAYLOADS], now)
    return Window(folder=folder, place=place, uids=uids, heads=heads)


def _new_uids(client: Any, place: Place) -> Sequence[int]:
    # `n:*` always names the highest mail, even below n (RFC 3501, 6.4.8), so the answer is filtered.
    listed = [uid for uid in client.search(["UID", f"{place.uid + 1}:*"]) if uid > place.uid]
    if place.uid >= place.until:
        return sorted(listed)
    young = _since(client, place.since, place.uid + 1, place.until)
    return sorted(uid for uid in listed if uid > place.until or uid in young)


def _since(client: Any, day: date, first: int, last: int) -> set[int]:
    # A day of margin: SINCE looks at the date in the time zone that the server wrote it down in.
    return set(client.search(["UID", f"{first}:{last}", "SINCE", day - timedelta(days=1)]))


def _recent_uids(client: Any, place: Place, now: datetime) -> Sequence[int]:
    if not place.uid:
        return []
    day = max(place.since, (now - LOOK_BACK).date())
    recent = _since(client, day, 1, place.uid)
    first = max(1, place.until + 1, place.uid - LOOK_BACK_UIDS + 1)
    if first <= place.uid:
        recent.update(client.search(["UID", f"{first}:{place.uid}"]))
    return sorted(recent)


def _heads(client: Any, folder: Folder, place: Place, uids: Sequence[int], now: datetime) -> Sequence[Wanted]:
    answers: Mapping[int, Any] = client.fetch(uids, _asked(client)) if uids else {}
    return [
        Wanted(
            folder=folder,
            place=place,
            uid=uid,
            size=int(answers[uid].get(b"RFC822.SIZE") or 0),
            received_at=(answers[uid].get(b"INTERNALDATE") or now).astimezone(UTC),
            lasting_id=str(answers[uid].get(_GMAIL_ID.encode()) or ""),
        )
        for uid in uids
        if uid in answers
    ]


def _asked(client: Any) -> Sequence[str]:
    """What is asked of each new mail.

    Gmail shows one mail in several folders, and gives it one id in all of them that never changes
    (developers.google.com/workspace/gmail/imap/imap-extensions).
    """
    everywhere = ["INTERNALDATE", "RFC822.SIZE"]
    return [*everywhere, _GMAIL_ID] if client.has_capability("X-GM-EXT-1") else everywhere


def _oldest(pending: Sequence[Sequence[Wanted]]) -> Sequence[Wanted]:
    """The next mails over all folders, oldest first, and in each folder by UID, since the cursor is a UID."""
    chosen: list[Wanted] = []
    size = 0
    for wanted in heapq.merge(*pending, key=lambda wanted: wanted.received_at):
        size += wanted.size
        if chosen and (size > MOST_BYTES or len(chosen) == MOST_PAYLOADS):
            break
        chosen.append(wanted)
    return chosen


def _brought(client: Any, chosen: Sequence[Wanted], bring: Bring) -> Sequence[Fetched]:
    """The chosen mails in their order. Each folder is opened once; a mail that vanished is left out."""
    brought: dict[str, Fetched] = {}
    by_folder = sorted(chosen, key=lambda wanted: (wanted.folder.name, wanted.uid))
    for name, group in groupby(by_folder, key=lambda wanted: wanted.folder.name):
        wanted = list(group)
        if examine(client, name)[0] != wanted[0].place.uidvalidity:
            raise TryLater(gettext_noop("The folder %(folder)s was renumbered while it was read."), folder=name)
        for fetched in _downloaded(client, wanted, bring):
            brought[fetched.source_key] = fetched
    return [brought[wanted.source_key] for wanted in chosen if wanted.source_key in brought]


def _downloaded(client: Any, group: Sequence[Wanted], bring: Bring) -> Iterator[Fetched]:
    for together in _by_command(group):
        kept = download.small_mails(client, [wanted.uid for wanted in together], bring.into)
        yield from (_fetched(wanted, kept[wanted.uid]) for wanted in together if wanted.uid in kept)
    for wanted in group:
        if wanted.size > bring.largest:
            cut = download.cut_mail(client, wanted.uid, bring.into)
            yield from [_fetched(wanted, cut, cut_from=wanted.size)] if cut else []
        elif wanted.size > download.SLICE:
            whole = download.big_mail(client, wanted.uid, bring.into)
            yield from [_fetched(wanted, whole)] if whole else []


def _by_command(group: Sequence[Wanted]) -> Iterator[Sequence[Wanted]]:
    """The small mails, as many together as one answer may hold in memory."""
    together: list[Wanted] = []
    size = 0
    for wanted in group:
        if wanted.size > download.SLICE:
            continue
        if together and size + wanted.size > TOGETHER:
            yield together
            together, size = [], 0
        together.append(wanted)
        size += wanted.size
    if together:
        yield together


def _fetched(wanted: Wanted, kept: download.Kept, cut_from: int = 0) -> Fetched:
    facts = {
        "folder": wanted.folder.name,
        "role": wanted.folder.role.value,
        "uid": str(wanted.uid),
        "received_at": wanted.received_at.isoformat(),
    }
    if wanted.lasting_id:
        facts["lasting_id"] = wanted.lasting_id
    if cut_from:
        facts["cut"] = str(cut_from)
    if wanted.place.relisted and wanted.uid <= wanted.place.until:
        facts["relisted"] = "1"
    return Fetched(
        source_key=wanted.source_key,
        body=kept.body,
        sha256=kept.sha256,
        size=kept.size,
        received_at=wanted.received_at,
        facts=facts,
    )
