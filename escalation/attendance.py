"""What is heard of people's coming and going, by whatever way it was said: their plans are looked at again."""

from datetime import datetime
from typing import Any

from escalation import outlooks
from escalation.handover import SOON
from escalation.models import Roster
from escalation.rosters import look_at
from escalation.staff import watchers_of
from inbox.activity import activity_recorded
from inbox.desk.tell import tell
from inbox.models import Activity, Agent, Cause, NoticeKind

WORKS_ELSEWHERE = {"roles_set", "agent_switched_off", "agent_switched_on"}
HEARD = {"came_on_shift", "went_off_shift", "stepped_away", "came_back"} | WORKS_ELSEWHERE


def listen() -> None:
    """Hear of everything that is recorded."""
    activity_recorded.connect(_heard, sender=Activity, dispatch_uid="attendance")


def _heard(activity: Activity, **_: Any) -> None:
    if activity.verb not in HEARD:
        return
    agent = activity.data["agent"]
    look_at([agent], activity.at)
    if activity.verb in WORKS_ELSEWHERE:
        outlooks.all_changed()
    if activity.verb == "went_off_shift":
        _leaves_work_behind(agent, activity.at, by_himself=activity.actor_id == agent)


def _leaves_work_behind(agent: int, now: datetime, *, by_himself: bool) -> None:
    """Whether a shift was planned or not, it is moved.

    Who goes in the middle of his shift leaves it without a reason and a note: that is no hand-over at its end, and who
    watches over him is told.
    """
    moves = Roster.objects.filter(pk=agent, moves="")
    left_early = moves.filter(shift_until__gt=now + SOON).update(moves=Cause.ABSENCE)
    moves.update(moves=Cause.SHIFT_END)
    if left_early and by_himself:
        person = Agent.objects.get(pk=agent)
        for watcher in watchers_of(person) - {person}:
            tell(watcher, NoticeKind.LEFT_EARLY, None, about=person, now=now)
