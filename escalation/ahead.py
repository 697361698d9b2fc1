"""Where a problem will climb if nothing changes: the rungs ahead of it, when, and to whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from escalation import clock, surroundings
from escalation.climbing import receiver_of
from escalation.policies import policy_for, traits_of
from inbox.models import Agent, Conversation, State


@dataclass(frozen=True, slots=True)
class Ahead:
    """A rung. `at` is None while its clock stands, or where that lies beyond the known working hours.

    `to` is who would get it as things stand now.
    """

    level: int
    at: datetime | None
    to: Agent | None
    is_the_top: bool


def ahead_of(conversation: Conversation, now: datetime) -> Sequence[Ahead]:
    """The rungs above the one it stands on, lowest first; none for what is solved."""
    if conversation.state == State.SOLVED:
        return ()
    around = surroundings.around([conversation], now)
    climbing = policy_for(traits_of(conversation), around.policies)
    if climbing is None:
        return ()
    elsewhere = around.elsewhere.get(conversation.pk, ())
    reading = clock.read(conversation.opened_at, around.entries[conversation.pk], elsewhere)
    hours = surroundings.hours_of(conversation, climbing, reading, around)
    return [
        Ahead(
            level=rung.level,
            at=reading.reaches(rung.after, now, hours),
            to=receiver_of(conversation, climbing.steps[rung.step], rung.level, around.staff),
            is_the_top=around.staff.rungs.is_at_the_top(rung.level),
        )
        for rung in climbing.ladder
        if rung.level > conversation.level
    ]
