"""Who looks at which conversation, and who writes there: each window says it, and every web process hears it.

It is a courtesy and no truth, so it has no rows: PostgreSQL carries it from process to process, each keeps it in
memory, and what is not said again is forgotten. A process that was just started knows all of it within LOOKS.
"""

import json
from dataclasses import asdict, dataclass

from django.db import connection

NOTIFICATION = "otvet_beside"
LOOKS = 90.0  # seconds; a window that is looked at says so each minute, and one whose network is gone does not
WRITES = 8.0  # seconds; while somebody types it is said each four
LEAVES = 5.0  # seconds; a stream that broke is taken up again within, a browser that was killed is not
AT_ONCE = 100  # windows in one notification, which holds 8,000 bytes


@dataclass(frozen=True, slots=True)
class Place:
    """What one window shows. `conversation` is 0 where it shows none any more."""

    window: str
    agent: int
    name: str
    conversation: int
    number: int
    writes: bool


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is at a conversation, in however many windows."""

    agent: int
    name: str
    writes: bool


@dataclass(frozen=True, slots=True)
class Company:
    """Everybody who is at one conversation now; nobody when the last one has left."""

    conversation: int
    number: int
    people: tuple[Person, ...]


def say(place: Place) -> None:
    """Tell every web process what a window shows now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [NOTIFICATION, json.dumps(asdict(place))])


def leaving(windows: list[str]) -> list[str]:
    """What to notify of windows whose streams have ended."""
    return [json.dumps({"left": windows[n : n + AT_ONCE]}) for n in range(0, len(windows), AT_ONCE)]


@dataclass(slots=True)
class _Window:
    place: Place
    looks_until: float
    writes_until: float


class Beside:
    """What one process has heard of all windows. Times are seconds of any clock that never goes back."""

    def __init__(self) -> None:
        self._windows: dict[str, _Window] = {}
        self._told: dict[int, Company] = {}

    def hear(self, payload: str, now: float) -> None:
        """Take in what `say` or `leaving` told."""
        said = json.loads(payload)
        if "left" in said:
            for name in said["left"]:
                if window := self._windows.get(name):
                    window.looks_until = min(window.looks_until, now + LEAVES)
            return
        place = Place(**said)
        if place.conversation:
            self._windows[place.window] = _Window(place, now + LOOKS, now + WRITES if place.writes else now)
        else:
            self._windows.pop(place.window, None)

    def now(self, now: float) -> dict[int, Company]:
        """Who is where, by conversation; who writes comes first."""
        self._windows = {name: window for name, window in self._windows.items() if window.looks_until > now}
        writes: dict[tuple[int, int], bool] = {}
        places: dict[tuple[int, int], Place] = {}
        for window in self._windows.values():
            where = window.place.conversation, window.place.agent
            places[where] = window.place
            writes[where] = writes.get(where, False) or window.writes_until > now
        company: dict[int, Company] = {}
        for conversation, agent in sorted(places, key=lambda where: (not writes[where], where)):
            place = places[conversation, agent]
            before = company[conversation].people if conversation in company else ()
            person = Person(agent, place.name, writes[conversation, agent])
            company[conversation] = Company(conversation, place.number, (*before, person))
        return company

    def told(self) -> list[Company]:
        """What `news` has told of until now."""
        return list(self._told.values())

    def news(self, now: float) -> list[Company]:
        """What differs from what `news` told before."""
        before, self._told = self._told, self.now(now)
        gone = [
            Company(was.conversation, was.number, ()) for was in before.values() if was.conversation not in self._told
        ]
        return gone + [company for company in self._told.values() if company != before.get(company.conversation)]
