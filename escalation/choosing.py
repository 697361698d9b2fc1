"""Who gets a conversation: pure, over a snapshot of the people who could have it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on shift. `load` is the weight of what is open at his hands, counted up to more than he can take.

    `last_given_at` is when he last got anything: whoever waits longest is the most idle. Who is no member of the
    team gets only what is his as a personal manager.
    """

    id: int
    capacity: int
    reserved: int
    load: int
    last_given_at: datetime | None = None
    is_member: bool = True

    def has_room_for(self, weight: int, *, important: bool) -> bool:
        """Whether it fits; what is reserved is for important clients alone."""
        return self.load + weight <= self.capacity - (0 if important else self.reserved)


def least_loaded(people: Iterable[Person], weight: int, *, important: bool) -> Person | None:
    """Of those with room the one with the least to do; of equals the one who has waited longest."""
    free = [person for person in people if person.has_room_for(weight, important=important)]
    return min(free, key=lambda p: (p.load, p.last_given_at or NEVER, p.id), default=None)


def first_with_room(wanted: Sequence[int], people: Iterable[Person], weight: int, *, important: bool) -> Person | None:
    """The first of those wanted who is here and has room."""
    here = {person.id: person for person in people}
    found = (here[pk] for pk in wanted if pk in here)
    return next((person for person in found if person.has_room_for(weight, important=important)), None)
