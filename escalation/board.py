"""What a supervisor sees of a team's work: who has how much, what is overdue, what must be solved. One query each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F, Q, QuerySet

from escalation.rosters import members_of
from inbox.desk.levels import highest
from inbox.lists import CAP
from inbox.models import Agent, Conversation, State, Team
from inbox.permissions import visible_to

PAGE = 50  # of what must be solved

WORK = """
SELECT a.id, count(*) FILTER (WHERE here.open),
       count(*) FILTER (WHERE here.open AND (c.level > 1 OR c.climbs_at <= %(now)s OR c.promise_at <= %(now)s)),
       count(*) FILTER (WHERE c.state = 'pending' AND c.team_id = %(team)s),
       coalesce(sum(ch.weight * coalesce(p.weight, 1)) FILTER (WHERE c.state = 'open'), 0),
       (array_agg(c.number ORDER BY c.opened_at, c.id) FILTER (WHERE here.open))[1],
       min(c.opened_at) FILTER (WHERE here.open),
       (SELECT count(*) FROM inbox_interval i
        WHERE i.ended_at >= %(today)s AND i.ended_by = 'solved' AND i.owner_id = a.id AND i.team_id = %(team)s)
FROM inbox_agent a
LEFT JOIN inbox_conversation c ON c.owner_id = a.id AND c.state IN ('open', 'pending')
LEFT JOIN LATERAL (SELECT c.state = 'open' AND c.team_id = %(team)s AS open) here ON true
LEFT JOIN inbox_channel ch ON ch.id = c.channel_id
LEFT JOIN inbox_customer cu ON cu.id = c.customer_id
LEFT JOIN inbox_plan p ON p.id = cu.plan_id
WHERE a.id = ANY(%(people)s)
GROUP BY a.id
"""


@dataclass(frozen=True, slots=True)
class Work:
    """What one person has in hand of a team. `load` is the weight of all that he has open, against his capacity.

    `oldest` is the number of what he has had open the longest since the customer wrote, and `oldest_at` when that was.
    """

    agent: Agent
    open: int
    overdue: int
    pending: int
    load: int
    oldest: int | None
    oldest_at: datetime | None
    solved_today: int

    @property
    def percent(self) -> int:
        """How full he is, at most 100."""
        return min(100, round(100 * self.load / self.agent.capacity)) if self.agent.capacity else 100


def work_of(team: Team, now: datetime, today: datetime) -> list[Work]:
    """What everybody of a team has in hand; who is on shift first, of those who has most."""
    by_id = {agent.pk: agent for agent in members_of([team])}
    with connection.cursor() as cursor:
        cursor.execute(WORK, {"people": list(by_id), "team": team.pk, "now": now, "today": today})
        rows = [Work(by_id[pk], *counted) for pk, *counted in cursor.fetchall()]
    return sorted(rows, key=lambda w: (w.agent.status != "on_shift", -w.load, w.agent.name))


def in_hand(owner: Agent, team: Team, now: datetime) -> Sequence[Conversation]:
    """What one person has open in a team: first what is overdue, then what climbs next."""
    late = Q(level__gt=1) | Q(climbs_at__lte=now) | Q(promise_at__lte=now)
    rows = _shown(Conversation.objects.filter(owner=owner, team=team, state=State.OPEN)).annotate(is_late=late)
    return list(rows.order_by("-is_late", "-level", F("climbs_at").asc(nulls_last=True), "opened_at", "pk")[:CAP])


def must_be_solved(agent: Agent, after: int | None = None) -> tuple[Sequence[Conversation], int | None]:
    """A page of what stands on the highest level and is not solved, oldest first, and after which number the next is.

    It begins after the conversation with the number `after`.
    """
    top = highest()
    rows = visible_to(agent).filter(level=top).exclude(state=State.SOLVED) if top > 1 else Conversation.objects.none()
    if after and (last := Conversation.objects.filter(number=after).only("opened_at").first()):
        rows = rows.filter(Q(opened_at__gt=last.opened_at) | Q(opened_at=last.opened_at, pk__gt=last.pk))
    found = list(_shown(rows).order_by("opened_at", "pk")[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].number if len(found) > PAGE else None


def climbed_in(team: Team) -> Sequence[Conversation]:
    """What of a team has climbed and is not solved, the highest first, then the oldest."""
    rows = _shown(Conversation.objects.filter(team=team, level__gt=1).exclude(state=State.SOLVED))
    return list(rows.order_by("-level", "opened_at", "pk")[:CAP])


def queue_of(team: Team) -> Sequence[Conversation]:
    """What waits in the queue, in the order in which it is served."""
    rows = _shown(Conversation.objects.filter(team=team, state=State.OPEN, owner=None))
    heavy = F("customer__plan__weight").desc(nulls_last=True)
    return list(rows.order_by(heavy, F("climbs_at").asc(nulls_last=True), "pk")[:CAP])


def promises_of(team: Team, now: datetime) -> Sequence[Conversation]:
    """Promises that are broken, or due within a day, earliest first."""
    rows = Conversation.objects.filter(team=team, promise_at__lte=now + timedelta(days=1)).exclude(state=State.SOLVED)
    return list(_shown(rows).order_by("promise_at", "pk")[:CAP])


def _shown(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    return rows.select_related("channel", "customer__plan", "owner", "address", "team")
