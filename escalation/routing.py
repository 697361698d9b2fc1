"""Finding the right person for a conversation, and giving what waits in a queue to whoever has room.

The order: the customer's personal manager; who last had to do with him; then, of the team, whoever has least to do.
Nobody gets anything off shift or beyond his capacity here.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_noop

from escalation.choosing import Person, first_with_room, least_loaded
from escalation.loads import is_important, people_of, people_of_all, weight_of
from inbox import hot
from inbox.desk.ownership import hand
from inbox.errors import Refusal, sentence
from inbox.models import Agent, Cause, Conversation, Interval, State

KNOWS_HIM_FOR = timedelta(days=7)
PASSED_BY_FOR = timedelta(hours=1)  # who let something lapse is not asked for it again so soon
AT_ONCE = 200  # conversations of a queue that are held in one go
OF_A_CONVERSATION = ("customer", "customer__plan", "channel", "team")  # what routing asks of it

# Who solved or owned something of this customer lately, last one first.
KNOW_HIM = """
SELECT i.owner_id FROM inbox_conversation c JOIN inbox_interval i ON i.conversation_id = c.id
WHERE c.customer_id = %(customer)s AND c.id <> %(conversation)s AND i.owner_id IS NOT NULL
  AND coalesce(i.ended_at, %(now)s) >= %(since)s
GROUP BY i.owner_id ORDER BY max(coalesce(i.ended_at, %(now)s)) DESC LIMIT 5
"""
# Who let one of these lapse that he was given lately.
PASSED_BY = """
SELECT conversation_id, owner_id FROM inbox_interval
WHERE conversation_id = ANY(%s::bigint[]) AND ended_by = 'given_back' AND accepted_at IS NULL AND owner_id IS NOT NULL
  AND ended_at > %s
"""
QUEUES = """
SELECT t.id FROM inbox_team t
WHERE EXISTS (SELECT FROM inbox_conversation c WHERE c.team_id = t.id AND c.state = 'open' AND c.owner_id IS NULL)
ORDER BY t.id
"""
# What waits in a queue and takes at most as much as there is room for, held. What is reserved is for important clients.
QUEUE = """
WHERE t.team_id = %(team)s AND t.state = 'open' AND t.owner_id IS NULL AND t.opened_at <= %(now)s
  AND NOT t.id = ANY(%(looked_at)s::bigint[])
  AND EXISTS (
    SELECT FROM unnest(%(managers)s::bigint[], %(rooms)s::int[], %(unreserved)s::int[]) AS r (manager, room, unreserved)
    WHERE channel.weight * coalesce(customer__plan.weight, 1)
        <= CASE WHEN customer__plan.is_reserved_for THEN r.room ELSE r.unreserved END
      AND (r.manager IS NULL OR r.manager IN (customer__plan.manager_id, customer__plan.deputy_id)))
ORDER BY customer__plan.weight DESC NULLS LAST, t.climbs_at ASC NULLS LAST, t.id LIMIT %(at_once)s
FOR NO KEY UPDATE OF t SKIP LOCKED
"""


@dataclass(frozen=True, slots=True)
class Room:
    """For how much there is room, and how much of it is for any client; of a personal `manager`, for his own alone."""

    manager: int | None
    room: int
    unreserved: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Who gets it, and why, as a sentence to be translated."""

    agent: Agent
    why: dict[str, object]


def find(conversation: Conversation, *, now: datetime, without: set[int] | None = None) -> Choice | None:
    """Who should have it now; None if nobody who may has room. `without` are people who are not to be asked.

    Nobody else routes until the transaction ends.
    """
    hold()
    out = (without or set()) | _passed_by([conversation], now)[conversation.pk]
    people = [person for person in people_of(conversation.team_id) if person.id not in out]
    return _choose(conversation, people, now)


def has_room(agent: Agent, conversation: Conversation) -> bool:
    """Whether he is on shift in its team and it fits what he may be given."""
    found = next(iter(people_of(conversation.team_id, only=agent.pk)), None)
    return found is not None and found.has_room_for(weight_of(conversation), important=is_important(conversation))


def rehearse(conversations: Iterable[Conversation], *, now: datetime, without: set[int]) -> list[Choice | None]:
    """Who would have each if they were given one after the other. Nothing is given, and nothing is held."""
    people: dict[int, list[Person]] = {}
    choices = []
    for conversation in conversations:
        team = conversation.team_id
        here = people[team] if team in people else [p for p in people_of(team) if p.id not in without]
        choice = _choose(conversation, here, now)
        whose = choice.agent.pk if choice else None
        people[team] = [_with_more(p, conversation, now) if p.id == whose else p for p in here]
        choices.append(choice)
    return choices


def managers_of(conversation: Conversation) -> list[int]:
    """The customer's personal manager and his deputy, by id, as his plan names them."""
    plan = conversation.customer.plan
    return [pk for pk in (plan.manager_id, plan.deputy_id) if pk] if plan else []


def hold() -> None:
    """Route alone until the transaction ends: two at once would both see the same room, in whatever team."""
    hot.fetch("SELECT pg_advisory_xact_lock(hashtextextended('routing', 0))")


def give_to_managers(conversations: Collection[int], *, now: datetime) -> None:
    """Give what was opened again to the customers' personal managers, as far as they have room."""
    if not conversations:
        return
    with transaction.atomic():
        hold()
        waiting = Conversation.objects.filter(
            Exists(Interval.objects.filter(conversation=OuterRef("pk"), ended_at=None, accepted_at=None)),
            pk__in=conversations,
            state=State.OPEN,
        )
        held = waiting.select_for_update(of=("self",), no_key=True, skip_locked=True)
        for conversation in held.select_related("customer__plan", "channel", "team", "owner").order_by("pk"):
            choice = _choose(conversation, people_of(conversation.team_id), now)
            if choice and choice.agent.pk in managers_of(conversation):
                _give(conversation, choice, now)


def fill(teams: Collection[int], *, now: datetime) -> int:
    """Give what waits in the queues of teams to people with room. Return how much was given."""
    # Where something waits nobody has room, mostly: nobody else need wait for that to be found out.
    roomy = [team for team, people in people_of_all(teams).items() if _somebody_has_room(people)]
    return sum(_fill(team, now) for team in sorted(roomy))


def _fill(team: int, now: datetime) -> int:
    """Of one team: by plan, then by deadline.

    What nobody has room for is passed by, however much of it there is: somebody further back may be served.
    """
    with transaction.atomic():
        hold()
        people = {person.id: person for person in people_of(team)}
        looked_at, given = set[int](), 0
        while waiting := _queue(team, people.values(), looked_at, now):
            looked_at |= {conversation.pk for conversation in waiting}
            given += _given(waiting, people, now)
            if len(waiting) < AT_ONCE:
                break  # that was all, and people have less room now than before
        return given


def _given(waiting: Sequence[Conversation], people: dict[int, Person], now: datetime) -> int:
    """Give each of these to whom it fits, and count in `people` what they have then. Return how much was given."""
    passed_by, given = _passed_by(waiting, now), 0
    for conversation in waiting:
        asked = [person for person in people.values() if person.id not in passed_by[conversation.pk]]
        choice = _choose(conversation, asked, now)
        if choice and _give(conversation, choice, now):
            given += 1
            people[choice.agent.pk] = _with_more(people[choice.agent.pk], conversation, now)
    return given


def _somebody_has_room(people: Iterable[Person]) -> bool:
    return any(person.load < person.capacity for person in people)


def queues() -> list[int]:
    """The teams in whose queue something waits that needs us."""
    return [team for (team,) in hot.fetch(QUEUES)]


def _queue(team: int, people: Collection[Person], looked_at: set[int], now: datetime) -> list[Conversation]:
    """What waits and fits somebody, in the order in which it is served; held, so that nobody takes it meanwhile.

    What came after `now`, while `hold` was waited for, has a look of its own: it cannot be given before it was there.
    """
    if not _somebody_has_room(people):
        return []
    rooms = _rooms(people)
    values = {
        "team": team,
        "now": now,
        "looked_at": list(looked_at),
        "managers": [room.manager for room in rooms],
        "rooms": [room.room for room in rooms],
        "unreserved": [room.unreserved for room in rooms],
        "at_once": AT_ONCE,
    }
    return hot.rows(Conversation, QUEUE, values, joined=OF_A_CONVERSATION)


def _rooms(people: Iterable[Person]) -> list[Room]:
    """What at least one of them has room for; whoever is no member of the team has it for his own clients alone."""
    free = [person for person in people if person.load < person.capacity]
    rooms = [Room(None if p.is_member else p.id, p.capacity - p.load, p.capacity - p.load - p.reserved) for p in free]
    team = [each for each in rooms if each.manager is None]
    most = [Room(None, max(each.room for each in team), max(each.unreserved for each in team))] if team else []
    return most + [each for each in rooms if each.manager is not None]


def _choose(conversation: Conversation, people: Sequence[Person], now: datetime) -> Choice | None:
    weight, important = weight_of(conversation), is_important(conversation)
    if found := first_with_room(managers_of(conversation), people, weight, important=important):
        plan = str(conversation.customer.plan)
        return _because(found, gettext_noop("Personal manager of clients with the plan %(plan)s"), plan=plan)
    colleagues = [p for p in people if p.is_member and p.has_room_for(weight, important=important)]
    if not colleagues:
        return None
    if found := first_with_room(_who_know_him(conversation, now), colleagues, weight, important=important):
        return _because(found, gettext_noop("Had to do with this customer in the last 7 days"))
    if found := least_loaded(colleagues, weight, important=important):
        words = gettext_noop("Has least to do of those on shift: %(load)s of %(capacity)s")
        return _because(found, words, load=found.load, capacity=found.capacity)
    return None


def _because(person: Person, words: str, **facts: object) -> Choice:
    (agent,) = hot.rows(Agent, "WHERE t.id = %s", [person.id])
    return Choice(agent, sentence(words, **facts))


def _who_know_him(conversation: Conversation, now: datetime) -> list[int]:
    values: dict[str, int | datetime] = {
        "customer": conversation.customer_id,
        "conversation": conversation.pk,
        "now": now,
        "since": now - KNOWS_HIM_FOR,
    }
    return [owner for (owner,) in hot.fetch(KNOW_HIM, values)]


def _passed_by(conversations: Sequence[Conversation], now: datetime) -> dict[int, set[int]]:
    """Who was given each lately and did not accept it in time."""
    found: dict[int, set[int]] = {conversation.pk: set() for conversation in conversations}
    for conversation, owner in hot.fetch(PASSED_BY, [list(found), now - PASSED_BY_FOR]) if found else ():
        found[conversation].add(owner)
    return found


def _give(conversation: Conversation, choice: Choice, now: datetime) -> bool:
    try:
        hand(conversation, now=now, cause=Cause.ROUTED, owner=choice.agent, why=choice.why, only_on_shift=True)
    except Refusal:  # he has just gone, or it stands above: somebody else, or the next sweep, sees to it
        return False
    return True


def _with_more(person: Person, conversation: Conversation, now: datetime) -> Person:
    return replace(person, load=person.load + weight_of(conversation), last_given_at=now)
