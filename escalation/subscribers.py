"""What this room hears of the log, and the hints that follow: each says "look", and one stands for many."""

from collections.abc import Iterable
from typing import Any

from escalation import promises, telling
from escalation.clock import ANSWERS
from escalation.hints import Hint
from inbox.activity import activity_recorded
from inbox.models import Activity, Cause, Conversation, State

# Somebody may have room now.
FREES = {
    *("solved", "waits", "snoozed", "replied", "came_on_shift", "came_back", "capacity_set", "roles_set"),
    *("conversations_merged", "plan_given"),
    *(Cause.PASSED_ON, Cause.PASSED_UP, Cause.TIMED_OUT, Cause.TAKEN_OVER, Cause.GIVEN_BACK, Cause.RELIEF),
}
# Something may be due now.
MOVES = {
    "received",
    "said_elsewhere",
    "logged_outside",
    "needs_us",
    "send_undone",
    "promised",
    "topic_set",
    "priority_set",
    "conversation_split",
    "rearrangement_undone",
    *Cause.values,
} | FREES

look = Hint("escalation.tasks.look")
fill = Hint("escalation.tasks.fill_queues")


def listen() -> None:
    """Hear of everything that is recorded."""
    activity_recorded.connect(_heard, sender=Activity)


def _heard(activity: Activity, **_: Any) -> None:
    if activity.verb == "conversations_merged":
        promises.follow(activity.data["gone"], activity.data["into"], activity.at)
        _look_at([activity.data["into"]], activity)
    if activity.verb == "rearrangement_undone":
        _promises_of_what_was_undone(activity)
    if activity.verb == "send_undone":
        telling.taken_back(activity)
    if activity.verb in ANSWERS:
        telling.answered(activity)
    if activity.verb in MOVES:
        look.give()
    if activity.verb in FREES:
        fill.give()


def _promises_of_what_was_undone(undone: Activity) -> None:
    act = Activity.objects.get(pk=undone.data["undid"])
    part, whole = undone.data["part"], undone.data["whole"]
    if act.verb == "conversations_merged":
        promises.follow_back(part, whole, act.at)
    else:
        promises.follow(part, whole, undone.at)
    _look_at([part, whole], undone)


def _look_at(conversations: Iterable[int], activity: Activity) -> None:
    """What was put together or taken apart owes other things than before, though its row may say the same."""
    unsolved = Conversation.objects.filter(pk__in=conversations).exclude(state=State.SOLVED)
    unsolved.update(look_at=activity.at)
