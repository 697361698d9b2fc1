"""The month table: every number of every person and team, and the conversations behind each."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from inbox.models import Agent, Conversation, Team
from inbox.permissions import visible_to
from reports import work
from reports.periods import Month

HOUR = timedelta(hours=1)
AT_ONCE = 500
COUNTED = (
    "SELECT team_id, owner_id, count(*), sum(lasted) FROM ({}) AS c (team_id, owner_id, id, at, lasted) GROUP BY 1, 2"
)
BEHIND = """
SELECT id, at FROM ({}) AS c (team_id, owner_id, id, at, lasted)
WHERE %(person)s::bigint IS NULL OR owner_id = %(person)s ORDER BY at DESC, id DESC
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One person of one team, or, without a person, the whole team. A time is in hours."""

    team: Team
    person: Agent | None
    numbers: Mapping[str, float]

    @property
    def cells(self) -> list[tuple[str, float]]:
        """Every number by its name, in the order of the heads."""
        return [(name, self.numbers.get(name, 0)) for name in work.NUMBERS]


@dataclass(frozen=True, slots=True)
class Asked:
    """A month, by whose wall, and up to which instant it is known."""

    month: Month
    zone: str
    now: datetime

    def values(self, teams: Iterable[Team]) -> dict[str, datetime | list[int]]:
        """What the statements take."""
        starts, ends = self.month.begins(self.zone), self.month.ends(self.zone)
        return {"teams": [team.pk for team in teams], "starts": starts, "ends": ends, "now": self.now}


def table(asked: Asked, teams: Iterable[Team]) -> list[Line]:
    """For each team its own line, then those of its people by name, as far as there is anything to say of them."""
    chosen = list(teams)
    found: dict[tuple[int, int | None], dict[str, float]] = defaultdict(dict)
    totals: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for name, (_, statement) in work.NUMBERS.items():
        for of, person, count, lasted in _rows(COUNTED.format(statement()), asked.values(chosen)):
            value = lasted / HOUR if lasted is not None else float(count)
            found[of, person][name] = value
            totals[of][name] += value
    people = Agent.objects.in_bulk({person for _, person in found if person})
    lines: list[Line] = []
    for team in sorted(chosen, key=lambda each: each.name):
        his = [(people[pk], numbers) for (which, pk), numbers in found.items() if which == team.pk and pk]
        lines.append(Line(team, None, totals[team.pk]))
        lines += [Line(team, one, numbers) for one, numbers in sorted(his, key=lambda pair: (pair[0].name, pair[0].pk))]
    return lines


def behind(asked: Asked, number: str, team: Team, person: int | None) -> list[tuple[int, datetime]]:
    """What a number counts, newest first: conversations by id, and when it was. Raise KeyError for no such number."""
    _, statement = work.NUMBERS[number]
    values = {**asked.values([team]), "person": person}
    return [(pk, at) for pk, at in _rows(BEHIND.format(statement()), values)]


def as_he_may_see(agent: Agent, found: list[tuple[int, datetime]]) -> Iterator[tuple[Conversation, datetime]]:
    """Of what a number counts that which he may read: what another team has by now may not be for him."""
    for begins in range(0, len(found), AT_ONCE):
        part = found[begins : begins + AT_ONCE]
        rows = visible_to(agent).select_related("customer", "owner", "team").in_bulk({pk for pk, _ in part})
        yield from ((rows[pk], at) for pk, at in part if pk in rows)


def _rows(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
