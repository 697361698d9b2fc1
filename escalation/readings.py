"""Logs of many conversations, and when clocks ran elsewhere for the same problems: that counts there, too."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

import msgspec
from django.db.models import F, Min

from escalation import clock
from escalation.clock import Entry
from escalation.shifts import Stretch
from inbox import hot
from inbox.models import Activity, Cause, Conversation, Message, Rearranged

LOGS = """
SELECT conversation_id, at, verb, data, actor_id, id FROM inbox_activity
WHERE conversation_id = ANY(%s::bigint[]) ORDER BY conversation_id, id
"""
# Of most nothing was merged and nothing split.
HAVE_OTHERS = """
SELECT EXISTS (SELECT FROM inbox_conversation WHERE merged_into_id = ANY(%(ids)s::bigint[]))
    OR EXISTS (SELECT FROM inbox_interval WHERE conversation_id = ANY(%(ids)s::bigint[]) AND began_by = 'split')
"""


def logs_of(conversations: Collection[int]) -> dict[int, list[Entry]]:
    """The log of each, oldest entry first. One question."""
    entries: dict[int, list[Entry]] = {pk: [] for pk in conversations}
    for conversation, at, verb, data, actor, pk in hot.fetch(LOGS, [list(conversations)]):
        entries[conversation].append(Entry(at, verb, msgspec.json.decode(data), actor, pk))
    return entries


def elsewhere(conversations: Collection[int], before: datetime | None = None) -> dict[int, list[Stretch]]:
    """When clocks ran elsewhere for the problem of each: in what was merged into it, in what it was split off from.

    With `before`, only by what was done until then. One question where nothing was merged and nothing split.
    """
    found: dict[int, list[Stretch]] = defaultdict(list)
    ((have_others,),) = hot.fetch(HAVE_OTHERS, {"ids": list(conversations)})
    if not have_others:
        return found
    for runs_of in (_merged_into, _split_from):
        for conversation, runs in runs_of(conversations, before).items():
            found[conversation] += runs
    return found


def _merged_into(conversations: Collection[int], before: datetime | None) -> dict[int, list[Stretch]]:
    """Of what is part of each of these now, up to the moment in which it became that.

    Only of what was not solved by then: what was done long ago does not make a new problem old.
    """
    merged = Conversation.objects.filter(merged_into__in=conversations)
    unsolved = merged.filter(intervals__ended_by=Cause.MERGED, intervals__ended_at=F("solved_at"))
    if before:
        unsolved = unsolved.filter(solved_at__lte=before)
    found: dict[int, list[Stretch]] = defaultdict(list)
    for part, into, opened_at, ended_at in unsolved.values_list("pk", "merged_into", "opened_at", "solved_at"):
        if into and ended_at:  # as was asked for
            found[into] += _ran(part, opened_at, ended_at)
    return found


def _split_from(conversations: Collection[int], before: datetime | None) -> dict[int, list[Stretch]]:
    """Of what each was split off from, from the first message that was taken out until that was done.

    The customer has waited for so long.
    """
    parts = Conversation.objects.filter(pk__in=conversations, intervals__began_by=Cause.SPLIT)
    if before:
        parts = parts.filter(opened_at__lt=before)
    found: dict[int, list[Stretch]] = {}
    for part, former, former_opened_at, split_at in parts.values_list("pk", "former", "former__opened_at", "opened_at"):
        if former is None or former_opened_at is None:
            continue
        asked_at = _asked_at(part, former) or split_at
        runs = _ran(former, former_opened_at, split_at)
        found[part] = [Stretch(max(run.starts, asked_at), run.ends) for run in runs if run.ends > asked_at]
    return found


def _asked_at(part: int, former: int) -> datetime | None:
    """When the first was said of what was taken out; what was brought there later is no part of it."""
    split = Activity.objects.filter(conversation=former, verb=Rearranged.SPLIT, data__into=part).first()
    taken_out = Message.objects.filter(pk__in=split.data["messages"] if split else ())
    asked_at: datetime | None = taken_out.aggregate(at=Min("happened_at"))["at"]
    return asked_at


def _ran(conversation: int, opened_at: datetime, until: datetime) -> list[Stretch]:
    """When the clock of one ran until an instant, with all that counted in it by then."""
    entries = [entry for entry in logs_of([conversation])[conversation] if entry.at < until]
    return clock.read(opened_at, entries, elsewhere([conversation], until).get(conversation, ())).runs(until)
