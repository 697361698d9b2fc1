"""What somebody is writing goes along to where the messages went: in a conversation merged away nobody finds it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from inbox.database import storable
from inbox.desk.drafts import LONGEST, SEVERAL, Beside, kept_of, together
from inbox.desk.ownership import pair_locked, whole_of
from inbox.models import Agent, Conversation, Draft, Mode
from inbox.models.drafts import made_version
from inbox.permissions import Can, may

CARRIED = "carried"  # beside a draft: from which conversation its last words were carried there, and these words


def carry_drafts(source: Conversation, target: Conversation, *, of: Agent | None = None) -> list[int]:
    """Move all drafts, or those of one person, if their authors may write where they go; the others stay.

    One beside another of his comes after it, in place of what was carried there from the same conversation before. Call
    with both rows locked. Return the ids of those that stand alone there, which can go back.
    """
    moved = []
    found = Draft.objects.filter(conversation=source, **({"agent": of} if of else {})).select_related("agent")
    for draft in [draft for draft in found.order_by("pk") if may(draft.agent, Can.NOTE, target)]:
        there = Draft.objects.filter(conversation=target, agent=draft.agent, mode=draft.mode).first()
        carried = {CARRIED: [str(source.pk), draft.text]}
        if there:
            there.text = together(_without_carried(there, source), draft.text)
            there.beside = {**_beside(there.beside, draft.beside), **carried}
            there.version = made_version()
            there.save(update_fields=["text", "beside", "version"])
            draft.delete()
        else:
            draft.conversation, draft.beside = target, {**draft.beside, **carried}
            draft.save(update_fields=["conversation", "beside"])
            moved.append(draft.pk)
    return moved


def carry_over(
    gone: Conversation, mode: Mode, text: str, *, beside: Beside, by: Agent, now: datetime
) -> Conversation | None:
    """What he went on writing in what was merged away is his draft where that is now.

    Return where, or None if there is no text or he may not write there.
    """
    there = whole_of(Conversation.objects.get(pk=gone.pk))
    written = {"text": storable(text)[:LONGEST], "beside": kept_of(beside), "version": made_version(), "at": now}
    if not text.strip() or not may(by, Can.NOTE, there):
        return None
    with transaction.atomic():
        gone, there = pair_locked(gone, there)
        Draft.objects.update_or_create(conversation=gone, agent=by, mode=mode, defaults=written)
        carry_drafts(gone, there, of=by)
    return there


def take_drafts_back(ids: Sequence[int], source: Conversation, target: Conversation) -> None:
    """Move these again, where they stand there still and nothing was begun meanwhile where they go."""
    for draft in Draft.objects.filter(pk__in=ids, conversation=source):
        if not Draft.objects.filter(conversation=target, agent=draft.agent, mode=draft.mode).exists():
            draft.conversation = target
            draft.save(update_fields=["conversation"])


def _without_carried(there: Draft, source: Conversation) -> str:
    """Its text without what was carried there from that conversation last, which comes again as it was written on."""
    where, words = there.beside.get(CARRIED, ("", ""))
    return str(there.text.removesuffix(words).rstrip() if where == str(source.pk) else there.text)


def _beside(first: Beside, second: Beside) -> Mapping[str, Sequence[str]]:
    both = {name: [*first.get(name, ()), *second.get(name, ())] for name in SEVERAL & {*first, *second}}
    return {**second, **first, **{name: list(dict.fromkeys(values)) for name, values in both.items()}}
