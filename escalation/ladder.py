"""The climb: which step is due, and which comes next. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of a policy on the ladder as it stands: its level is a number that there is."""

    step: int
    level: int
    after: timedelta


def rungs(steps: Iterable[tuple[int, int | None, timedelta]], top: int) -> tuple[Rung, ...]:
    """The steps (id, level or None for the highest, time), as far as the ladder has such levels, in climbing order.

    A step that a higher one has overtaken by then is left out.
    """
    wanted = [Rung(step, top if level is None else level, after) for step, level, after in steps]
    climbing: list[Rung] = []
    for rung in sorted((r for r in wanted if 1 < r.level <= top), key=lambda r: (r.after, -r.level)):
        if not climbing or rung.level > climbing[-1].level:
            climbing.append(rung)
    return tuple(climbing)


def due(ladder: Sequence[Rung], level: int, spent: timedelta) -> tuple[Rung, ...]:
    """The steps above `level` whose time is up, lowest first."""
    return tuple(rung for rung in ladder if rung.level > level and rung.after <= spent)


def upcoming(ladder: Sequence[Rung], level: int) -> Rung | None:
    """The next step above `level`."""
    return next((rung for rung in ladder if rung.level > level), None)
