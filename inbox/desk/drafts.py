"""What somebody writes is kept as he types: his own, and for whoever takes the conversation over from him."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from django.db import transaction
from django.db.models import QuerySet

from inbox.database import storable
from inbox.desk.ownership import locked, require_not_merged, whole_of
from inbox.models import Agent, Conversation, Direction, Draft, Message, Mode
from inbox.permissions import Can, require

LONGEST = 500_000  # characters, as a reply may have
# What stands beside an answer that is not sent yet: who gets a copy, which uploads go along, what is done with it.
BESIDE = ("cc", "attachments", "answer", "tags", "after", "to", "reason", "note")
SEVERAL = {"cc", "attachments", "tags"}  # of these two drafts add up; of the others there is one
PASSING_ON = {"to", "reason", "note"}
MOST, LONGEST_BESIDE = 100, 5000
TAKEN_OVER = "taken_over"  # in the details of a note: its author's draft, kept when a colleague took over

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
) -> bool:
    """Keep it in place of what he had written before; one without text and files is forgotten.

    What he has sent in this mode since `seen_up_to` is no draft any more: a slow request must not bring it back. Then
    nothing is done; return whether it was. Raise MergedAway where nobody would find it.
    """
    require(by, Can.NOTE, conversation)
    text, kept = storable(text)[:LONGEST], kept_of(beside)
    with transaction.atomic():
        conversation = locked(conversation)  # who forgets it meanwhile waits, and then finds it
        if _sent(whole_of(conversation), mode, by).filter(pk__gt=seen_up_to).exists():
            return False
        require_not_merged(conversation)
        if not text.strip() and not kept.get("attachments"):
            forget(conversation, mode, by=by)
            return True
        written = {"text": text, "beside": kept, "at": now}
        Draft.objects.update_or_create(conversation=conversation, agent=by, mode=mode, defaults=written)
        return True


def _sent(conversation: Conversation, mode: Mode, by: Agent) -> QuerySet[Message]:
    """What he has sent himself: a draft of his that was taken over stands there as a note in his name, too."""
    direction = Direction.OUTGOING if mode == Mode.REPLY else Direction.NOTE
    return conversation.messages.filter(author=by, direction=direction).exclude(details__has_key=TAKEN_OVER)


def kept_of(beside: Beside) -> dict[str, list[str]]:
    """What is kept of it: what is known, and no more of that than anybody needs."""
    return {name: [storable(v)[:LONGEST_BESIDE] for v in beside[name][:MOST]] for name in BESIDE if name in beside}


def bring_back(
    message: Message, beside: Beside, *, to: Conversation, begun: str | None, by: Agent, now: datetime
) -> None:
    """What was sent and taken back is his draft again, before what he has begun since: `begun`, else as it was kept.

    `to` is where he wrote it. Call with its row locked.
    """
    there = Draft.objects.filter(conversation=to, agent=by, mode=Mode.REPLY).first()
    since = begun if begun is not None else there.text if there else ""
    written = {
        "text": "\n\n".join(filter(None, (message.text, storable(since).strip())))[:LONGEST],
        "beside": _together(beside, there.beside if there else {}),
        "at": now,
    }
    Draft.objects.update_or_create(conversation=to, agent=by, mode=Mode.REPLY, defaults=written)


def _together(first: Beside, second: Beside) -> dict[str, list[str]]:
    both = {name: [*first.get(name, ()), *second.get(name, ())] for name in SEVERAL if name in first or name in second}
    one = {name: list(first.get(name) or second.get(name, ())) for name in {*first, *second} - SEVERAL}
    return {name: list(dict.fromkeys(values)) for name, values in {**one, **both}.items()}


def forget(conversation: Conversation, mode: Mode, *, by: Agent) -> None:
    """It was sent, or is not wanted any more. Call after what was sent is there: a late `keep` looks for that."""
    with transaction.atomic():
        Draft.objects.filter(conversation=locked(conversation), agent=by, mode=mode).delete()


def of(conversation: Conversation, agent: Agent) -> dict[str, Draft]:
    """What he was writing here, by mode."""
    return {draft.mode: draft for draft in Draft.objects.filter(conversation=conversation, agent=agent)}
