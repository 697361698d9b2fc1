"""What a simulated month came to, read from the rows it left behind."""

from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection

from escalation import clock
from inbox.models import Activity, Conversation
from reports.invariants import longest_alone
from tests.simulation.world import World

TWENTY_HOURS = timedelta(hours=20)
PER_LEVEL = """
SELECT level, count(*) FROM (SELECT max(level) AS level FROM inbox_interval GROUP BY conversation_id) i
GROUP BY 1 ORDER BY 1
"""
BY_KIND = "SELECT began_by, count(*) FROM inbox_interval GROUP BY 1 ORDER BY 1"
FIRST_OWNER = """
SELECT percentile_disc(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY waited) FROM (
    SELECT extract(epoch FROM min(i.started_at) - c.opened_at)::float AS waited
    FROM inbox_conversation c JOIN inbox_interval i ON i.conversation_id = c.id AND i.owner_id IS NOT NULL
    GROUP BY c.id) first
"""
# Of a team's agents who have been on shift for an hour: the most and the least that one of them has to do.
SPREAD = """
SELECT max(load) - min(load) FROM (
    SELECT m.team_id, a.id, coalesce(sum(ch.weight * coalesce(p.weight, 1)), 0) AS load
    FROM inbox_agent a JOIN inbox_membership m ON m.agent_id = a.id AND m.role = 'agent'
    LEFT JOIN inbox_conversation c ON c.owner_id = a.id AND c.state = 'open'
    LEFT JOIN inbox_channel ch ON ch.id = c.channel_id
    LEFT JOIN inbox_customer cu ON cu.id = c.customer_id LEFT JOIN inbox_plan p ON p.id = cu.plan_id
    WHERE a.status = 'on_shift' AND a.on_shift_since < %s - interval '1 hour'
    GROUP BY 1, 2) people
GROUP BY team_id ORDER BY 1 DESC LIMIT 1
"""


class Imbalance:
    """How far people of one team who are on shift are apart in what they have to do: the most of all hours."""

    def __init__(self, world: World) -> None:
        self.largest = 0
        self._world = world
        self._look()

    def _look(self) -> None:
        if found := _rows(SPREAD, [self._world.now]):
            self.largest = max(self.largest, int(found[0][0]))
        self._world.at(self._world.now + timedelta(hours=1), self._look)


def figures(world: World, end: datetime) -> dict[str, Any]:
    """All figures, but for those that had to be taken while it went on."""
    ((first_owner,),) = _rows(FIRST_OWNER)
    by_clock, by_wall = _solved_in_time(end)
    return {
        "conversations": Conversation.objects.count(),
        "per_level": dict(_rows(PER_LEVEL)),
        "passes_by_kind": dict(_rows(BY_KIND)),
        "first_owner_p50_s": first_owner[0],
        "first_owner_p95_s": first_owner[1],
        "solved_in_20h": by_clock,
        "solved_in_20h_by_the_wall": by_wall,
        "longest_without_responsible_s": longest_alone(end),
        "violations": dict(world.violations),
        "evaluated": dict(world.evaluated),
    }


def _solved_in_time(end: datetime) -> tuple[float, float]:
    """The share that took no more than twenty hours of the ladder's clock, and of the clock on the wall.

    Of what was opened so long before the end that it could have taken longer.
    """
    rows = Conversation.objects.filter(opened_at__lt=end - TWENTY_HOURS).values_list("pk", "opened_at", "solved_at")
    about = {pk: (opened_at, solved_at) for pk, opened_at, solved_at in rows}
    lines = Activity.objects.filter(conversation__in=about).order_by("conversation_id", "pk")
    values = lines.values_list("conversation_id", "at", "verb", "data")
    by_clock = by_wall = 0
    for pk, log in groupby(values, key=itemgetter(0)):
        opened_at, solved_at = about[pk]
        reading = clock.read(opened_at, [clock.Entry(at, verb, data) for _, at, verb, data in log])
        if solved_at is not None:
            by_clock += reading.spent(end) <= TWENTY_HOURS
            by_wall += solved_at - opened_at <= TWENTY_HOURS
    return round(by_clock / len(about), 4), round(by_wall / len(about), 4)


def _rows(statement: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
