"""What somebody writes is kept as he types: his own, and for whoever takes the conversation over from him."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from django.db import transaction

from inbox.database import storable
from inbox.desk.ownership import locked
from inbox.models import Agent, Conversation, Draft, Mode
from inbox.permissions import Can, require

LONGEST = 500_000  # characters, as a reply may have
# What stands beside an answer that is not sent yet: who gets a copy, which uploads go along, what is done with it.
BESIDE = ("cc", "attachments", "answer", "tags", "after", "to", "reason", "note")
MOST, LONGEST_BESIDE = 100, 5000

Beside = Mapping[str, Sequence[str]]


def keep(
    conversation: Conversation,
    mode: Mode,
    text: str,
    *,
    beside: Beside = MappingProxyType({}),
    seen_up_to: int,
    by: Agent,
    now: datetime,
) -> None:
    """Keep it in place of what he had written before; one without text and files is forgotten.

    What he has sent since `seen_up_to` is no draft any more: a slow request must not bring it back.
    """
    require(by, Can.NOTE, conversation)
    text = storable(text)[:LONGEST]
    kept = {name: [storable(v)[:LONGEST_BESIDE] for v in beside[name][:MOST]] for name in BESIDE if name in beside}
    with transaction.atomic():
        conversation = locked(conversation)  # who forgets it meanwhile waits, and then finds it
        if conversation.messages.filter(author=by, pk__gt=seen_up_to).exists():
            return
        if not text.strip() and not kept.get("attachments"):
            forget(conversation, mode, by=by)
            return
        written = {"text": text, "beside": kept, "at": now}
        Draft.objects.update_or_create(conversation=conversation, agent=by, mode=mode, defaults=written)


def forget(conversation: Conversation, mode: Mode, *, by: Agent) -> None:
    """It was sent, or is not wanted any more. Call after what was sent is there: a late `keep` looks for that."""
    with transaction.atomic():
        Draft.objects.filter(conversation=locked(conversation), agent=by, mode=mode).delete()


def of(conversation: Conversation, agent: Agent) -> dict[str, Draft]:
    """What he was writing here, by mode."""
    return {draft.mode: draft for draft in Draft.objects.filter(conversation=conversation, agent=agent)}
