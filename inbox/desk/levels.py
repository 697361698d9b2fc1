"""The rungs of the management ladder, and who stands on them."""

from collections.abc import Mapping
from dataclasses import dataclass

from inbox import hot
from inbox.models import Agent, Level, Status


@dataclass(frozen=True, slots=True)
class Rungs:
    """The ladder as it stands at one moment, with its people: for whoever asks more than once."""

    levels: Mapping[int, Level]

    @property
    def highest(self) -> int:
        """The number of the highest level; 1 where nobody has named any."""
        return max(self.levels, default=1)

    def is_at_the_top(self, level: int) -> bool:
        """Whether nothing is above it. A ladder of one rung has no top: there is nobody to climb to."""
        return level > 1 and level >= self.highest

    def people(self, level: int) -> list[Agent]:
        """Its holder, then its deputy, as far as they work here; nobody if there is no such level."""
        rung = self.levels.get(level)
        return [person for person in (rung.holder, rung.deputy) if person and person.is_active] if rung else []

    def stands_for(self, level: int) -> Agent | None:
        """Who gets what comes to a level: its holder, or its deputy if only he is on duty. None if there is none.

        Even off duty: a level is never without somebody.
        """
        people = self.people(level)
        return next((person for person in people if person.status == Status.ON_SHIFT), people[0] if people else None)


def rungs() -> Rungs:
    """All rungs, with their people, in one query."""
    levels = hot.rows(Level, "ORDER BY t.number", (), joined=("holder", "deputy"))
    return Rungs({level.number: level for level in levels})


def highest() -> int:
    """The number of the highest level; 1 where nobody has named any."""
    return Level.objects.order_by("-number").values_list("number", flat=True).first() or 1


def is_at_the_top(level: int) -> bool:
    """Whether nothing is above it."""
    return level > 1 and level >= highest()


def holds(agent: Agent | None, level: int) -> bool:
    """Whether he is the holder or the deputy of a level."""
    rung = Level.objects.filter(number=level).first()
    return agent is not None and rung is not None and agent.pk in (rung.holder_id, rung.deputy_id)


def stands_for(level: int) -> Agent | None:
    """Who gets what comes to a level, see Rungs."""
    return rungs().stands_for(level)
