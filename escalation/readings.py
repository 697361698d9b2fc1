"""Logs of many conversations, and when clocks ran elsewhere for the same problems: that counts there, too."""

from collections import defaultdict
from collections.abc import Collection

from django.db.models import F, Min

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


def taken_along(conversations: Collection[int]) -> dict[int, list[Stretch]]:
    """When the clocks ran of what is part of each of these now, or of what each was split off from."""
    found = joined_to(conversations)
    for part, runs in split_from(conversations).items():
        found[part] = found.get(part, []) + runs
    return found


def split_from(conversations: Collection[int]) -> dict[int, list[Stretch]]:
    """When the clocks of the former conversations ran, from the first message that was taken out until that was done.

    The customer has waited for so long. One question where nothing was split.
    """
    parts = Conversation.objects.filter(pk__in=conversations, intervals__began_by=Cause.SPLIT)
    lines = parts.annotate(asked_at=Min("messages__happened_at")).values_list(
        "pk", "former", "former__opened_at", "opened_at", "asked_at"
    )
    found: dict[int, list[Stretch]] = {}
    for part, former, opened_at, split_at, asked_at in lines:
        if former is None or opened_at is None:
            continue
        until_then = [entry for entry in logs_of([former])[former] if entry.at < split_at]
        runs = clock.read(opened_at, until_then, taken_along([former]).get(former, [])).runs(split_at)
        since = asked_at or split_at
        found[part] = [Stretch(max(run.starts, since), run.ends) for run in runs if run.ends > since]
    return found


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
