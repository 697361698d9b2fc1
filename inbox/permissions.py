"""Who may do what, and where: one table of roles, and all that is asked of it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet

from inbox.errors import NotAllowed
from inbox.models import Agent, Conversation, Copy, Interval, Item, Membership, Mention, Role, Team


class Can(StrEnum):
    """Everything one may be allowed to do."""

    READ = "read"
    REPLY = "reply"
    NOTE = "note"
    TAKE = "take"
    PASS_ON = "pass_on"  # noqa: S105  # no password
    SOLVE = "solve"
    ASSIGN = "assign"  # give to anybody, take from anybody
    REARRANGE = "rearrange"  # merge, split, and undo it
    OPEN_QUARANTINE = "open_quarantine"
    RELEASE = "release"
    BLOCK = "block"
    MODERATE = "moderate"  # like what was said in public, or hide it from there
    PLAN_SHIFTS = "plan_shifts"  # who works when, and what differs from it
    SETTLE = "settle"  # decide a sending whose outcome nobody knows
    SEE_WORK = "see_work"  # who has how much, what is overdue
    MAKE_RULES = "make_rules"  # topics, and where what is new goes; what each may be given
    MAKE_POLICIES = "make_policies"  # how long a problem may wait, what a plan entitles to, what customers are told
    MAKE_GUIDELINES = "make_guidelines"  # what may never be said, and what is said better
    MAKE_ANSWERS = "make_answers"  # the canned answers of a team
    MAKE_ANSWERS_FOR_ALL = "make_answers_for_all"  # those that everybody is offered
    MAKE_VIEWS = "make_views"  # the lists of a team
    SEE_LEDGER = "see_ledger"
    SEE_HEALTH = "see_health"
    CONNECT_CHANNELS = "connect_channels"
    RUN_PEOPLE = "run_people"


WORK = {Can.READ, Can.REPLY, Can.NOTE, Can.TAKE, Can.PASS_ON, Can.SOLVE, Can.SETTLE, Can.REARRANGE}
WATCH = {
    *(Can.ASSIGN, Can.OPEN_QUARANTINE, Can.RELEASE, Can.BLOCK, Can.MODERATE, Can.SEE_LEDGER, Can.SEE_HEALTH),
    *(Can.SEE_WORK, Can.PLAN_SHIFTS, Can.MAKE_RULES, Can.MAKE_ANSWERS, Can.MAKE_VIEWS),
}
ALLOWED: dict[str, frozenset[Can]] = {
    Role.AGENT: frozenset(WORK),
    Role.SUPERVISOR: frozenset(WORK | WATCH),
    Role.MANAGER: frozenset(WORK | WATCH | {Can.MAKE_POLICIES, Can.MAKE_GUIDELINES, Can.MAKE_ANSWERS_FOR_ALL}),
    Role.ADMIN: frozenset({Can.CONNECT_CHANNELS, Can.RUN_PEOPLE, Can.SEE_HEALTH, Can.SEE_LEDGER}),
}


def roles_of(agent: Agent) -> list[Membership]:
    """His memberships, read once for as long as this object lives."""
    held: list[Membership] | None = getattr(agent, "_roles", None)
    if held is None:
        held = list(Membership.objects.filter(agent=agent))
        agent._roles = held  # type: ignore[attr-defined]  # a cache of one request
    return held


def read_roles(agents: Iterable[Agent]) -> None:
    """Read the memberships of many at once, as `roles_of` does for one."""
    by_pk: dict[int, list[Membership]] = {agent.pk: [] for agent in agents}
    for held in Membership.objects.filter(agent__in=by_pk):
        by_pk[held.agent_id].append(held)
    for agent in agents:
        agent._roles = by_pk[agent.pk]  # type: ignore[attr-defined]  # the cache of `roles_of`


def allows(agent: Agent, can: Can, team: Team | int | None = None) -> bool:
    """Whether he may do it in this team or, without a team, anywhere at all."""
    wanted = team.pk if isinstance(team, Team) else team
    return agent.is_active and any(
        can in ALLOWED[held.role] and (wanted is None or held.team_id is None or held.team_id == wanted)
        for held in roles_of(agent)
    )


def teams_where(agent: Agent, can: Can) -> QuerySet[Team]:
    """The teams in which he may do it."""
    grants = [held for held in roles_of(agent) if agent.is_active and can in ALLOWED[held.role]]
    if any(held.team_id is None for held in grants):
        return Team.objects.all()
    return Team.objects.filter(pk__in=[held.team_id for held in grants])


def require(agent: Agent, can: Can, where: Conversation | Team | None = None) -> None:
    """Raise NotAllowed unless he may: with a conversation (see `may`), in a team, or, without either, anywhere."""
    if not (may(agent, can, where) if isinstance(where, Conversation) else allows(agent, can, where)):
        raise NotAllowed


def may(agent: Agent, can: Can, conversation: Conversation) -> bool:
    """Whether he may do it with this conversation. Its owner may work on it whatever team it is in."""
    if conversation.owner_id == agent.pk and agent.is_active and can in WORK:
        return True
    return allows(agent, can, conversation.team_id)


def may_work(agent: Agent, conversation: Conversation) -> bool:
    """Whether he may do there what a conversation is worked on with; who may not is shown it to be read."""
    return may(agent, Can.REPLY, conversation)


def visible_to(agent: Agent) -> QuerySet[Conversation]:
    """The conversations he may read: of his teams, his own, once his, or those he is mentioned in."""
    if not agent.is_active:
        return Conversation.objects.none()
    teams = [held.team_id for held in roles_of(agent) if Can.READ in ALLOWED[held.role]]
    if None in teams:
        return Conversation.objects.all()
    # Asked row by row and only where team and owner said no: a list stays one walk along its index.
    once_his = Exists(Interval.objects.filter(owner=agent, conversation=OuterRef("pk")))
    mentioned = Exists(Mention.objects.filter(agent=agent, conversation=OuterRef("pk")))
    copied = Exists(Copy.objects.filter(channel__team__in=teams, conversation=OuterRef("pk")))
    return Conversation.objects.filter(Q(team__in=teams) | Q(owner=agent) | Q(once_his) | Q(mentioned) | Q(copied))


def may_see(agent: Agent, conversation: Conversation) -> bool:
    """Whether `visible_to` holds this one; its team and its owner, which say so mostly, need no question."""
    if allows(agent, Can.READ, conversation.team_id) or (agent.is_active and conversation.owner_id == agent.pk):
        return True
    return visible_to(agent).filter(pk=conversation.pk).exists()


def readers_of(conversation: Conversation) -> QuerySet[Agent]:
    """Everybody for whom `may_see` says yes."""
    reading = [role for role, allowed in ALLOWED.items() if Can.READ in allowed]
    copied = Copy.objects.filter(conversation=conversation).values("channel__team")
    where = Q(team=None) | Q(team=conversation.team_id) | Q(team__in=copied)
    return Agent.objects.filter(
        Q(pk__in=Membership.objects.filter(where, role__in=reading).values("agent"))
        | Q(pk=conversation.owner_id)
        | Q(pk__in=Interval.objects.filter(conversation=conversation, owner__isnull=False).values("owner"))
        | Q(pk__in=Mention.objects.filter(conversation=conversation).values("agent")),
        is_active=True,
    )


@dataclass(frozen=True, slots=True)
class Audience:
    """Who may read one conversation: those who read in one of these teams, and these people."""

    teams: frozenset[int]
    people: frozenset[int]


def audiences(conversations: Collection[int]) -> dict[int, Audience]:
    """What `visible_to` asks of each conversation, read once for everybody: a thousand are then judged in memory.

    A conversation that is not there any more has none.
    """
    teams: dict[int, set[int]] = {}
    people: dict[int, set[int]] = defaultdict(set)
    for pk, team, owner in Conversation.objects.filter(pk__in=conversations).values_list("pk", "team", "owner"):
        teams[pk] = {team}
        people[pk] |= {owner} - {None}
    once = Interval.objects.filter(conversation__in=teams).exclude(owner=None).values_list("conversation", "owner")
    named = Mention.objects.filter(conversation__in=teams).values_list("conversation", "agent")
    for pk, person in once.union(named):
        people[pk].add(person)
    for pk, team in Copy.objects.filter(conversation__in=teams).values_list("conversation", "channel__team"):
        teams[pk].add(team)
    return {pk: Audience(frozenset(teams[pk]), frozenset(people[pk])) for pk in teams}


def audiences_of(acts: Collection[tuple[int, datetime]]) -> dict[tuple[int, datetime], Audience]:
    """Who hears of what was done with a conversation then: who may read it, and from whose team that took it.

    They have it on their screens, and would keep what is theirs no more.
    """
    known = audiences({conversation for conversation, _at in acts})
    left: dict[tuple[int, datetime], set[int]] = defaultdict(set)
    ended = Interval.objects.filter(conversation__in=known, ended_at__in={at for _conversation, at in acts})
    for conversation, at, team in ended.values_list("conversation", "ended_at", "team"):
        if at:
            left[conversation, at].add(team)
    return {act: Audience(known[act[0]].teams | left[act], known[act[0]].people) for act in acts if act[0] in known}


def is_among(agent: Agent, audience: Audience) -> bool:
    """Whether `visible_to` holds the conversation that has this audience; it asks nothing but his `roles_of`."""
    teams = {held.team_id for held in roles_of(agent) if Can.READ in ALLOWED[held.role]}
    everywhere = None in teams
    return agent.is_active and (everywhere or agent.pk in audience.people or not audience.teams.isdisjoint(teams))


def held_back_for(agent: Agent) -> QuerySet[Item]:
    """Quarantined and unreadable items he may open: those of channels whose team he watches over."""
    teams = list(teams_where(agent, Can.OPEN_QUARANTINE))
    return Item.objects.filter(channel__team__in=teams, outcome__in=["quarantine", "unreadable"])
