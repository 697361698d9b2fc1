"""How far each folder has been read, as the text that the inbox keeps between two fetches."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where we stand in one folder.

    `uid` is the highest one that was passed. Of the mails that lay there when we first looked (those up to
    `until`) only those since `floor` are wanted; what came later is wanted whatever its date, since people
    move old mails into a folder. `relisted` says that the server has renumbered the folder, so that those up
    to `until` may be here already under other numbers.
    """

    uidvalidity: int
    uid: int
    until: int
    floor: str  # ISO 8601 date
    relisted: bool = False
    tidied: int = 0  # the highest uid that was marked or moved, where that is wished

    @property
    def since(self) -> date:
        return date.fromisoformat(self.floor)

    def passed(self, uid: int) -> "Place":
        return replace(self, uid=max(self.uid, uid))


Places = dict[str, Place]


def loads(cursor: str) -> Places:
    """By folder name; empty for the first fetch ever."""
    return {name: Place(**place) for name, place in json.loads(cursor or "{}").items()}


def dumps(places: Places) -> str:
    """The same places always give the same text."""
    return json.dumps({name: asdict(place) for name, place in sorted(places.items())}, ensure_ascii=False)


def arrived(places: Places, folder: str, uidvalidity: int, uidnext: int, floor: date) -> Place:
    """Where to go on in a folder that has just been opened: at its place, or anew if it is new or renumbered."""
    known = places.get(folder)
    if known is None:
        return Place(uidvalidity=uidvalidity, uid=0, until=uidnext - 1, floor=floor.isoformat())
    if known.uidvalidity != uidvalidity:
        return Place(uidvalidity=uidvalidity, uid=0, until=uidnext - 1, floor=known.floor, relisted=True)
    return known
