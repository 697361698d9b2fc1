"""Raising what is due: the owner changes, both are told, and each step leaves a row that can be there only once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_noop

from escalation.informing import tell_of_the_climb
from escalation.ladder import Rung
from escalation.models import Climb, Step, Target
from escalation.policies import Climbing
from escalation.staff import Staff
from inbox.desk.climb import Rise, climb
from inbox.errors import sentence
from inbox.models import Agent, Conversation, Interval


@dataclass(frozen=True, slots=True)
class Overdue:
    """One conversation, the steps of it that are due, lowest first, each with the instant at which its time was up."""

    conversation: Conversation
    steps: Sequence[tuple[Rung, datetime]]
    climbing: Climbing

    @property
    def last(self) -> Rung:
        """The highest of the steps: there it ends up."""
        return self.steps[-1][0]


def raise_due(overdue: Sequence[Overdue], staff: Staff) -> dict[int, Interval]:
    """Climb every step that is due: each is written down, and one hand-over leads to the last of them.

    So a server that was off for a weekend raises all of it in order, and nobody gets three notices for one problem.
    Call with the rows locked. Return the new stretches of ownership by conversation.
    """
    raised = [(each, receiver) for each in overdue if (receiver := _received(each, staff))]
    Climb.objects.bulk_create(row for each, receiver in raised for row in _climbs(each, receiver, staff))
    begun = climb([_rise(each, receiver, staff) for each, receiver in raised], now=staff.now)
    for each, receiver in raised:
        if each.climbing.policy.tells_customer:
            tell_of_the_climb(each.conversation, each.climbing.policy, receiver, staff.now)
    return begun


def receiver_of(conversation: Conversation, step: Step, level: int, staff: Staff) -> Agent | None:
    """Who gets it on a level. Nobody there on duty: its holder, else the deputy. None only if there is no such level.

    The highest level is its holder's or his deputy's alone.
    """
    if not staff.rungs.is_at_the_top(level):
        if step.target == Target.PERSON and step.person and step.person.is_active:
            return step.person
        if step.target == Target.LEAD:
            return staff.lead(conversation)
    return staff.of_level(level)


def _received(each: Overdue, staff: Staff) -> Agent | None:
    receiver = receiver_of(each.conversation, each.climbing.steps[each.last.step], each.last.level, staff)
    if receiver:
        staff.gets(receiver, each.conversation)
    return receiver


def _climbs(each: Overdue, receiver: Agent, staff: Staff) -> list[Climb]:
    row = each.conversation
    values = {"cycle": row.cycle, "at": staff.now, "taken_from": staff.responsible(row), "given_to": receiver}
    return [Climb(conversation=row, level=rung.level, due_at=due_at, **values) for rung, due_at in each.steps]


def _rise(each: Overdue, receiver: Agent, staff: Staff) -> Rise:
    hours = round(each.last.after.total_seconds() / 3600, 1)
    why = sentence(gettext_noop("Not solved in %(hours)s h"), hours=f"{hours:g}")
    return Rise(each.conversation, staff.responsible(each.conversation), receiver, each.last.level, why)
