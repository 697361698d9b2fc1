"""Raising what is due: the owner changes, both are told, and each step leaves a row that can be there only once."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_noop

from escalation.informing import tell_of_the_climb
from escalation.ladder import Rung
from escalation.models import Climb, Step, Target
from escalation.policies import Climbing
from escalation.routing import load_of
from inbox.desk.climb import climb
from inbox.desk.levels import is_at_the_top, stands_for
from inbox.desk.ownership import duty_lead, responsible_for
from inbox.errors import sentence
from inbox.models import Agent, Conversation, Level, Status


def raise_due(
    conversation: Conversation, due: Sequence[tuple[Rung, datetime]], climbing: Climbing, now: datetime
) -> None:
    """Climb every step that is due, lowest first: each is written down, and one hand-over leads to the last of them.

    So a server that was off for a weekend raises all of it in order, and nobody gets three notices for one problem.
    Call with the row locked.
    """
    former = responsible_for(conversation, now)
    last, _ = due[-1]
    receiver = receiver_of(conversation, climbing.steps[last.step], last.level, now)
    if receiver is None:
        return
    Climb.objects.bulk_create(
        Climb(
            conversation=conversation,
            cycle=conversation.cycle,
            level=rung.level,
            due_at=due_at,
            at=now,
            taken_from=former,
            given_to=receiver,
        )
        for rung, due_at in due
    )
    hours = round(last.after.total_seconds() / 3600, 1)
    why = sentence(gettext_noop("Not solved in %(hours)s h"), hours=f"{hours:g}")
    climb(conversation, to=receiver, level=last.level, why=why, now=now)
    if climbing.policy.tells_customer:
        tell_of_the_climb(conversation, climbing.policy, receiver, now)


def receiver_of(conversation: Conversation, step: Step, level: int, now: datetime) -> Agent | None:
    """Who gets it on a level. Nobody there on duty: its holder, else the deputy. None only if there is no such level.

    The highest level is its holder's or his deputy's alone.
    """
    if not is_at_the_top(level):
        if step.target == Target.PERSON and step.person and step.person.is_active:
            return step.person
        if step.target == Target.LEAD:
            return duty_lead(conversation.team, now)
    return _of_the_level(level)


def _of_the_level(level: int) -> Agent | None:
    """Of holder and deputy on duty the one with less to do."""
    rung = Level.objects.select_related("holder", "deputy").filter(number=level).first()
    if rung is None:
        return None
    there = [p for p in (rung.holder, rung.deputy) if p and p.is_active and p.status == Status.ON_SHIFT]
    return min(there, key=load_of, default=None) or stands_for(level)
