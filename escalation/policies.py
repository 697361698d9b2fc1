"""Which policy counts for a conversation, and what its steps mean on the ladder as it stands."""

from dataclasses import dataclass
from datetime import timedelta

from escalation.ladder import Rung, rungs
from escalation.models import Clock, Policy, Step
from inbox.desk.levels import highest
from inbox.models import Conversation


@dataclass(frozen=True, slots=True)
class Fits:
    """What a policy is for; an empty set is everything."""

    channels: frozenset[int]
    topics: frozenset[int]
    plans: frozenset[int]
    priority: int | None

    def holds(self, conversation: Conversation) -> bool:
        """Whether the conversation is such a one. Its customer must have been loaded with it."""
        return (
            (not self.channels or conversation.channel_id in self.channels)
            and (not self.topics or conversation.topic_id in self.topics)
            and (not self.plans or conversation.customer.plan_id in self.plans)
            and (self.priority is None or conversation.priority >= self.priority)
        )


@dataclass(frozen=True, slots=True)
class Climbing:
    """A policy as a sweep uses it."""

    policy: Policy
    fits: Fits
    ladder: tuple[Rung, ...]
    steps: dict[int, Step]

    @property
    def by_working_hours(self) -> bool:
        """Whether its clock runs only while the team works."""
        return self.policy.clock == Clock.WORKING

    @property
    def update_after(self) -> timedelta | None:
        """How long a customer may hear nothing."""
        return self.policy.update_after


def in_force() -> list[Climbing]:
    """All policies in use, in the order in which they are asked."""
    top = highest()
    rows = Policy.objects.filter(is_on=True).prefetch_related("steps__person", "channels", "topics", "plans")
    return [as_climbing(policy, [s for s in policy.steps.all() if s.is_on], top) for policy in rows]


def as_climbing(policy: Policy, steps: list[Step], top: int) -> Climbing:
    """A policy with these steps, on a ladder whose highest level is `top`."""
    ladder = rungs(((step.pk, step.level, step.after) for step in steps), top)
    return Climbing(policy, fits_of(policy), ladder, {step.pk: step for step in steps})


def fits_of(policy: Policy) -> Fits:
    """A policy's scope."""
    return Fits(
        frozenset(channel.pk for channel in policy.channels.all()),
        frozenset(topic.pk for topic in policy.topics.all()),
        frozenset(plan.pk for plan in policy.plans.all()),
        policy.priority,
    )


def policy_for(conversation: Conversation, policies: list[Climbing]) -> Climbing | None:
    """The first policy that fits."""
    return next((climbing for climbing in policies if climbing.fits.holds(conversation)), None)
