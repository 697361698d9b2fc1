"""Who is on shift where, and how much each has to do."""

from collections.abc import Collection

from escalation.choosing import Person
from inbox import hot
from inbox.models import Agent, Conversation

LOAD = """
SELECT coalesce(sum(ch.weight * coalesce(p.weight, 1)), 0)
FROM inbox_conversation c JOIN inbox_channel ch ON ch.id = c.channel_id
JOIN inbox_customer cu ON cu.id = c.customer_id LEFT JOIN inbox_plan p ON p.id = cu.plan_id
WHERE c.state = 'open' AND c.owner_id = %(agent)s
"""
# People on shift who answer in a team, and personal managers wherever they work, with what they have to do. Who has
# more than he can take has no room, however much more it is: so much is counted and not all of it.
PEOPLE = """
SELECT t.team, a.id, a.capacity, a.reserved,
       (SELECT coalesce(sum(l.weight), 0) FROM (
            SELECT ch.weight * coalesce(p.weight, 1) AS weight
            FROM inbox_conversation c JOIN inbox_channel ch ON ch.id = c.channel_id
            JOIN inbox_customer cu ON cu.id = c.customer_id LEFT JOIN inbox_plan p ON p.id = cu.plan_id
            WHERE c.state = 'open' AND c.owner_id = a.id AND ch.weight > 0 LIMIT a.capacity + 1) l),
       (SELECT max(i.started_at) FROM inbox_interval i WHERE i.owner_id = a.id),
       t.member
FROM inbox_agent a CROSS JOIN LATERAL (
    SELECT team, EXISTS (
        SELECT FROM inbox_membership m
        WHERE m.agent_id = a.id AND m.role IN ('agent', 'supervisor') AND m.team_id = team) AS member
    FROM unnest(%(teams)s::bigint[]) AS team) t
WHERE a.is_active AND a.status = 'on_shift'
  AND (t.member OR a.id IN (SELECT manager_id FROM inbox_plan UNION SELECT deputy_id FROM inbox_plan))
  AND (%(only)s::bigint IS NULL OR a.id = %(only)s)
"""


def people_of(team: int, only: int | None = None) -> list[Person]:
    """Who is on shift and answers customers in a team, or is somebody's personal manager, with what he has to do.

    With `only` at most that one.
    """
    return people_of_all([team], only)[team]


def people_of_all(teams: Collection[int], only: int | None = None) -> dict[int, list[Person]]:
    """The same of many teams, in one question."""
    found: dict[int, list[Person]] = {team: [] for team in teams}
    for team, *about in hot.fetch(PEOPLE, {"teams": list(teams), "only": only}):
        found[team].append(Person(*about))
    return found


def load_of(agent: Agent) -> int:
    """The weight of what is open at his hands."""
    ((load,),) = hot.fetch(LOAD, {"agent": agent.pk})
    return int(load)


def weight_of(conversation: Conversation) -> int:
    """How much of a person's capacity it takes."""
    plan = conversation.customer.plan
    return conversation.channel.weight * (plan.weight if plan else 1)


def is_important(conversation: Conversation) -> bool:
    """Whether people keep capacity free for such a client."""
    plan = conversation.customer.plan
    return bool(plan and plan.is_reserved_for)
