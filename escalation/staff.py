"""Who leads, who stands on which level and who has how much to do: asked once for many conversations."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from escalation.loads import load_of, weight_of
from inbox.desk.levels import Rungs, rungs
from inbox.desk.ownership import duty_lead
from inbox.models import Agent, Conversation, Membership, Role, Status
from inbox.permissions import roles_of


def watchers_of(agent: Agent) -> set[Agent]:
    """Who leads or supervises a team of his."""
    teams = [held.team_id for held in roles_of(agent) if held.team_id]
    supervises = Membership.objects.filter(team__in=teams, role=Role.SUPERVISOR).values("agent")
    return set(Agent.objects.filter(Q(leads__in=teams) | Q(pk__in=supervises), is_active=True))


@dataclass(slots=True)
class Staff:
    """The people at one moment. What they are given meanwhile is to be told by `gets`."""

    now: datetime
    rungs: Rungs = field(default_factory=rungs)
    _leads: dict[int, Agent] = field(default_factory=dict)
    _loads: dict[int, int] = field(default_factory=dict)

    def lead(self, conversation: Conversation) -> Agent:
        """The duty lead of its team."""
        team = conversation.team_id
        if team not in self._leads:
            self._leads[team] = duty_lead(conversation.team, self.now)
        return self._leads[team]

    def responsible(self, conversation: Conversation) -> Agent:
        """Its owner, or the duty lead of the team in whose queue it waits."""
        return conversation.owner or self.lead(conversation)

    def of_level(self, level: int) -> Agent | None:
        """Of holder and deputy on duty the one with less to do; nobody there: whoever stands for the level."""
        there = [person for person in self.rungs.people(level) if person.status == Status.ON_SHIFT]
        if len(there) < 2:
            return self.rungs.stands_for(level)
        return min(there, key=self._load)

    def gets(self, agent: Agent, conversation: Conversation) -> None:
        """He gets it now."""
        if agent.pk in self._loads:
            self._loads[agent.pk] += weight_of(conversation)

    def _load(self, agent: Agent) -> int:
        if agent.pk not in self._loads:
            self._loads[agent.pk] = load_of(agent)
        return self._loads[agent.pk]
