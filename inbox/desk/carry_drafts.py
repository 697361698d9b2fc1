"""What somebody is writing goes along to where the messages went: in a conversation merged away nobody finds it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from inbox.database import storable
from inbox.desk.drafts import SEVERAL, Beside, kept_of
from inbox.desk.ownership import locked
from inbox.models import Agent, Conversation, Draft, Mode


def carry_drafts(source: Conversation, target: Conversation, *, of: Agent | None = None) -> list[int]:
    """Move all drafts, or those of one person; one beside another of his comes after it. Call with both rows locked.

    Return the ids of those that stand alone there, which can go back.
    """
    moved = []
    found = Draft.objects.filter(conversation=source, **({"agent": of} if of else {}))
    for draft in found.order_by("pk"):
        there = Draft.objects.filter(conversation=target, agent=draft.agent, mode=draft.mode).first()
        if there:
            there.text, there.beside = _texts(there.text, draft.text), _beside(there.beside, draft.beside)
            there.save(update_fields=["text", "beside"])
            draft.delete()
        else:
            draft.conversation = target
            draft.save(update_fields=["conversation"])
            moved.append(draft.pk)
    return moved


def carry_over(
    gone: Conversation, there: Conversation, mode: Mode, text: str, *, beside: Beside, by: Agent, now: datetime
) -> None:
    """What he went on writing in what was merged away is his draft where that is now."""
    written = {"text": storable(text), "beside": kept_of(beside), "at": now}
    if not written["text"]:
        return
    with transaction.atomic():
        for pk in sorted({gone.pk, there.pk}):  # two at once cannot wait for each other
            locked(Conversation(pk=pk))
        Draft.objects.update_or_create(conversation=gone, agent=by, mode=mode, defaults=written)
        carry_drafts(gone, there, of=by)


def take_drafts_back(ids: Sequence[int], source: Conversation, target: Conversation) -> None:
    """Move these again, where they stand there still and nothing was begun meanwhile where they go."""
    for draft in Draft.objects.filter(pk__in=ids, conversation=source):
        if not Draft.objects.filter(conversation=target, agent=draft.agent, mode=draft.mode).exists():
            draft.conversation = target
            draft.save(update_fields=["conversation"])


def _texts(first: str, second: str) -> str:
    """One after the other; what the one has of the other already stands there once."""
    if second.strip() in first:
        return first
    return second if first.strip() in second else f"{first}\n\n{second}"


def _beside(first: Beside, second: Beside) -> Mapping[str, Sequence[str]]:
    both = {name: [*first.get(name, ()), *second.get(name, ())] for name in SEVERAL & {*first, *second}}
    return {**second, **first, **{name: list(dict.fromkeys(values)) for name, values in both.items()}}
