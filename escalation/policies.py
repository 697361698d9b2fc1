"""Which policy counts for a conversation, and what its steps mean on the ladder as it stands."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from escalation.ladder import Rung, rungs
from escalation.models import Clock, Policy, Step
from inbox import hot
from inbox.models import Conversation

SCOPE = ("channel", "topic", "plan")  # as the fields of Fits
AS_THEY_STAND = """
SELECT md5(concat_ws('|',
    (SELECT string_agg(p::text, '|' ORDER BY p.id) FROM escalation_policy p),
    (SELECT string_agg(s::text, '|' ORDER BY s.id) FROM escalation_step s),
    (SELECT string_agg(a::text, '|' ORDER BY a.id) FROM inbox_agent a JOIN escalation_step s ON s.person_id = a.id),
    (SELECT string_agg(c::text, '|' ORDER BY c.id) FROM escalation_policy_channels c),
    (SELECT string_agg(t::text, '|' ORDER BY t.id) FROM escalation_policy_topics t),
    (SELECT string_agg(l::text, '|' ORDER BY l.id) FROM escalation_policy_plans l)))
"""


@dataclass(frozen=True, slots=True)
class Traits:
    """What policies look at in a conversation."""

    channel: int
    topic: int | None
    plan: int | None
    priority: int


@dataclass(frozen=True, slots=True)
class Fits:
    """What a policy is for; an empty set is everything."""

    channels: frozenset[int]
    topics: frozenset[int]
    plans: frozenset[int]
    priority: int | None

    def holds(self, traits: Traits) -> bool:
        """Whether a conversation is such a one."""
        return (
            (not self.channels or traits.channel in self.channels)
            and (not self.topics or traits.topic in self.topics)
            and (not self.plans or traits.plan in self.plans)
            and (self.priority is None or traits.priority >= self.priority)
        )


EVERYTHING = Fits(frozenset(), frozenset(), frozenset(), None)


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


def in_force(top: int) -> list[Climbing]:
    """All policies in use, in the order in which they are asked, where this is the highest level."""
    return _in_force(top)


def _as_they_stand() -> str:
    """All that policies are made of, as one word: it is another one when anything of it is changed."""
    ((word,),) = hot.fetch(AS_THEY_STAND)
    return str(word)


class _Kept:
    """The policies as they were read last. They are looked at all day and changed twice a year."""

    def __init__(self) -> None:
        self._last: tuple[str, int, list[Climbing]] = "", 0, []

    def __call__(self, top: int) -> list[Climbing]:
        word, last = _as_they_stand(), self._last
        if last[:2] == (word, top):
            return last[2]
        read = used_of(in_order(), top)
        if _as_they_stand() == word:  # else what was read may be of a time after it
            self._last = word, top, read
        return read


_in_force = _Kept()


def used_of(policies: Iterable[Policy], top: int) -> list[Climbing]:
    """Of the policies that `in_order` brought those in use, as a sweep uses them."""
    steps = defaultdict[int, list[Step]](list)
    for step in Step.objects.filter(is_on=True, policy__is_on=True).select_related("person"):
        steps[step.policy_id].append(step)
    return [_climbing(policy, steps[policy.pk], top) for policy in policies if policy.is_on]


def in_order() -> list[Policy]:
    """All policies in the order in which they are asked, also those that are not in use.

    Of one place what is for something alone comes first: after what fits everything it would never count.
    """
    policies = Policy.objects.annotate(**{f"{name}_ids": _ids_of(name) for name in SCOPE})
    return sorted(policies, key=lambda policy: (policy.position, _fits(policy) == EVERYTHING, policy.pk))


def hidden(used: Sequence[Climbing]) -> dict[int, Policy]:
    """By the id of each policy in use that never counts: the one that is asked before it and fits everything."""
    first = next((place for place, each in enumerate(used) if each.fits == EVERYTHING), len(used))
    return {each.policy.pk: used[first].policy for each in used[first + 1 :]}


def all_climb(used: Sequence[Climbing]) -> bool:
    """Whether what no other policy fits climbs some time."""
    return next((bool(each.ladder) for each in used if each.fits == EVERYTHING), False)


def _ids_of(name: str) -> ArraySubquery:
    """The ids of what a policy is for."""
    through = getattr(Policy, f"{name}s").through
    return ArraySubquery(through.objects.filter(policy=OuterRef("pk")).values(f"{name}_id"))


def _climbing(policy: Policy, steps: list[Step], top: int) -> Climbing:
    ladder = rungs(((step.pk, step.level, step.after) for step in steps), top)
    return Climbing(policy, _fits(policy), ladder, {step.pk: step for step in steps})


def _fits(policy: Policy) -> Fits:
    channels, topics, plans = (frozenset(vars(policy)[f"{name}_ids"]) for name in SCOPE)
    return Fits(channels, topics, plans, policy.priority)


def traits_of(conversation: Conversation) -> Traits:
    """What policies look at in it. Its customer must have been loaded with it."""
    plan = conversation.customer.plan_id
    return Traits(conversation.channel_id, conversation.topic_id, plan, conversation.priority)


def policy_for(traits: Traits, policies: Iterable[Climbing]) -> Climbing | None:
    """The first policy that fits."""
    return next((climbing for climbing in policies if climbing.fits.holds(traits)), None)
