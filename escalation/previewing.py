"""What a change of policies would do at once: asked before it is made, because it moves people's work."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from escalation import clock, ladder
from escalation.clock import Entry
from escalation.policies import Climbing, in_force, policy_for
from escalation.rosters import working_hours
from escalation.shifts import Stretch
from inbox.models import Activity, Conversation, State

AT_ONCE = 500
HOURS_BACK = timedelta(days=60)


def would_climb(now: datetime) -> list[Conversation]:
    """The conversations in which a step is due by the policies as they stand. Call inside the change's transaction."""
    policies = in_force()
    hours: dict[int, list[Stretch] | None] = {}
    return [row for row, entries in _unsolved() if _is_due(row, entries, policies, hours, now)]


def _unsolved() -> Iterator[tuple[Conversation, list[Entry]]]:
    """Everything that is not solved, with its log, some at a time."""
    after = 0
    while True:
        rows = Conversation.objects.exclude(state=State.SOLVED).filter(pk__gt=after).select_related("customer", "team")
        found = list(rows.order_by("pk")[:AT_ONCE])
        if not found:
            return
        after = found[-1].pk
        entries: dict[int, list[Entry]] = {row.pk: [] for row in found}
        lines = Activity.objects.filter(conversation__in=found).order_by("conversation_id", "pk")
        for pk, at, verb, data in lines.values_list("conversation_id", "at", "verb", "data"):
            entries[pk].append(Entry(at, verb, data))
        for row in found:
            yield row, entries[row.pk]


def _is_due(
    row: Conversation,
    entries: list[Entry],
    policies: list[Climbing],
    hours: dict[int, list[Stretch] | None],
    now: datetime,
) -> bool:
    climbing = policy_for(row, policies)
    reading = clock.read(row.opened_at, entries)
    if climbing is None or reading.since is None:
        return False
    within = None
    if climbing.by_working_hours:
        if row.team_id not in hours:
            hours[row.team_id] = working_hours(row.team, now - HOURS_BACK, now)
        within = hours[row.team_id]
    return bool(ladder.due(climbing.ladder, row.level, reading.spent(now, within)))
