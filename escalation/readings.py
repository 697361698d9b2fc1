"""Logs of many conversations, and when the clocks ran of what was merged into them: that counts there, too."""

from collections import defaultdict
from collections.abc import Collection

from django.db.models import F

from escalation import clock
from escalation.clock import Entry
from escalation.shifts import Stretch
from inbox.models import Activity, Cause, Conversation


def logs_of(conversations: Collection[int]) -> dict[int, list[Entry]]:
    """The log of each, oldest entry first. One question."""
    entries: dict[int, list[Entry]] = {pk: [] for pk in conversations}
    lines = Activity.objects.filter(conversation__in=conversations).order_by("conversation_id", "pk")
    for pk, *line in lines.values_list("conversation_id", "at", "verb", "data", "actor_id", "pk"):
        entries[pk].append(Entry(*line))
    return entries


def joined_to(conversations: Collection[int]) -> dict[int, list[Stretch]]:
    """When the clocks ran of what is part of each of these now, each up to the moment in which it became that.

    Only of what was not solved by then: what was done long ago does not make a new problem old. What had been merged
    into such a part before counts along with it. One question where nothing was merged.
    """
    merged = Conversation.objects.filter(merged_into__in=conversations)
    unsolved = merged.filter(intervals__ended_by=Cause.MERGED, intervals__ended_at=F("solved_at"))
    parts = list(unsolved.values_list("pk", "merged_into", "opened_at", "solved_at"))
    found: dict[int, list[Stretch]] = defaultdict(list)
    if parts:
        ids = [part for part, *_ in parts]
        entries, deeper = logs_of(ids), joined_to(ids)
        for part, into, opened_at, ended_at in parts:
            if into and ended_at:  # as was asked for
                found[into] += clock.read(opened_at, entries[part], deeper.get(part, [])).runs(ended_at)
    return found
