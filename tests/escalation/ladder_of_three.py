"""A desk with a ladder, and what one does to it in tests."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from escalation import sweep
from escalation.models import Policy, Step
from inbox.models import Agent, Conversation, Status
from tests.inbox.desk_of_five import Desk


@dataclass
class Ladder:
    """The desk, its policies, and the sweep."""

    desk: Desk

    def policy(self, *steps: tuple[int | None, float], **about: Any) -> Policy:
        """A policy with steps (level, hours)."""
        values = {"name": f"Policy {Policy.objects.count()}", "update_after": None, **about}
        policy = Policy.objects.create(**values)
        for level, hours in steps:
            Step.objects.create(policy=policy, level=level, after=timedelta(hours=hours))
        return policy

    def on_shift(self, *agents: Agent) -> None:
        """They are at work."""
        for agent in agents:
            Agent.objects.filter(pk=agent.pk).update(status=Status.ON_SHIFT, away_since=None)
            agent.refresh_from_db()

    def off_shift(self, *agents: Agent) -> None:
        """They are not."""
        for agent in agents:
            Agent.objects.filter(pk=agent.pk).update(status=Status.OFF, away_since=None)
            agent.refresh_from_db()

    def sweep(self, **later: float) -> datetime:
        """Move the clock and sweep; return the time."""
        now = self.desk.later(**later) if later else self.desk.later(seconds=1)
        sweep.run(now)
        return now


def now_is(conversation: Conversation) -> tuple[str, int]:
    """Who has it, and on which level."""
    conversation.refresh_from_db()
    return (conversation.owner.name if conversation.owner else "queue", conversation.level)
