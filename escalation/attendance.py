"""What is heard of people's coming and going, by whatever way it was said: their plans are looked at again."""

from datetime import datetime
from typing import Any

from escalation import outlooks
from escalation.handover import SOON
from escalation.models import Roster
from escalation.rosters import look_at
from inbox.activity import activity_recorded
from inbox.models import Activity, Cause

WORKS_ELSEWHERE = {"roles_set", "agent_switched_off", "agent_switched_on"}
HEARD = {"came_on_shift", "went_off_shift", "stepped_away", "came_back"} | WORKS_ELSEWHERE


def listen() -> None:
    """Hear of everything that is recorded."""
    activity_recorded.connect(_heard, sender=Activity, dispatch_uid="attendance")


def _heard(activity: Activity, **_: Any) -> None:
    if activity.verb in HEARD:
        concerns(activity.data["agent"], activity.verb, activity.at)


def concerns(agent: int, verb: str, now: datetime) -> None:
    """Somebody came, went, or works elsewhere now. Who goes leaves work behind, whether a shift was planned or not."""
    look_at([agent], now)
    if verb in WORKS_ELSEWHERE:
        outlooks.all_changed()
    if verb == "went_off_shift":
        moves = Roster.objects.filter(pk=agent, moves="")
        # Who goes in the middle of his shift leaves it without a reason and a note: that is no hand-over at its end.
        moves.filter(shift_until__gt=now + SOON).update(moves=Cause.ABSENCE)
        moves.update(moves=Cause.SHIFT_END)
