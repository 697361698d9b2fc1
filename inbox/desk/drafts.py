"""What somebody writes is kept as he types: his own, and for whoever takes the conversation over from him."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from inbox.database import storable
from inbox.desk.ownership import locked, require_not_merged, whole_of
from inbox.models import Agent, Conversation, Direction, Draft, Message, Mode
from inbox.models.drafts import made_version
from inbox.permissions import Can, require

LONGEST = 500_000  # characters, as a reply may have
# What stands beside an answer that is not sent yet: who gets a copy, which uploads go along, what is done with it.
BESIDE = ("cc", "attachments", "answer", "tags", "after", "to", "reason", "note")
SEVERAL = {"cc", "attachments", "tags"}  # of these two drafts add up; of the others there is one
PASSING_ON = {"to", "reason", "note"}
MOST, LONGEST_BESIDE = 100, 5000
TAKEN_OVER = "taken_over"  # in the details of a note: its author's draft, kept when a colleague took over

Beside = Mapping[str, Sequence[str]]


class Kept(NamedTuple):
    """What stands there now, by its version, and what stood there that was not known where this was written, if any."""

    version: str
    unknown: str | None = None


def keep(
    conversation: Conversation,
    mode: Mode,
    text: str,
    *,
    beside: Beside = MappingProxyType({}),
    seen_up_to: int,
    by: Agent,
    now: datetime,
    grown_from: Collection[str] | None = None,
    version: str = "",
) -> Kept | None:
    """Keep it in place of what he had written before; one without text and files is forgotten.

    `grown_from` names all versions that may stand there where this was written: what he wrote elsewhere meanwhile, in
    another browser, say, is none of them, and both are kept. Without it what stands there is known. `version` is what
    this becomes where nothing was unknown.

    What he has sent in this mode since `seen_up_to` is no draft any more: a slow request must not bring it back. Then
    nothing is done and None returned. Raise MergedAway where nobody would find it.
    """
    require(by, Can.NOTE, conversation)
    text = storable(text).replace("\r\n", "\n")[:LONGEST]  # lines end otherwise in a form than where it is typed
    kept, version = kept_of(beside), storable(version)[:36] or made_version()
    with transaction.atomic():
        conversation = locked(conversation)  # who forgets it meanwhile waits, and then finds it
        if _sent(whole_of(conversation), mode, by).filter(pk__gt=seen_up_to).exists():
            return None
        require_not_merged(conversation)
        there = of(conversation, by).get(mode)
        unknown = there if there and grown_from is not None and there.version not in grown_from else None
        if unknown:
            text, kept, version = together(unknown.text, text), _both(unknown.beside, kept), made_version()
        if not text.strip() and not kept.get("attachments"):
            forget(conversation, mode, by=by)
        else:
            _write(conversation, mode, by, {"text": text, "beside": kept, "version": version, "at": now})
        return Kept(version, unknown.text if unknown else None)


def _write(conversation: Conversation, mode: Mode, by: Agent, written: dict[str, object]) -> None:
    Draft.objects.update_or_create(conversation=conversation, agent=by, mode=mode, defaults=written)


def _sent(conversation: Conversation, mode: Mode, by: Agent) -> QuerySet[Message]:
    """What he has sent himself: a draft of his that was taken over stands there as a note in his name, too."""
    direction = Direction.OUTGOING if mode == Mode.REPLY else Direction.NOTE
    return conversation.messages.filter(author=by, direction=direction).exclude(details__has_key=TAKEN_OVER)


def kept_of(beside: Beside) -> dict[str, list[str]]:
    """What is kept of it: what is known, and no more of that than anybody needs."""
    return {name: [storable(v)[:LONGEST_BESIDE] for v in beside[name][:MOST]] for name in BESIDE if name in beside}


def bring_back(
    message: Message,
    beside: Beside,
    *,
    to: Conversation,
    begun: str | None,
    grown_from: Collection[str] | None,
    by: Agent,
    now: datetime,
) -> None:
    """What was sent and taken back is his draft again, before what he has begun since: `begun`, else as it was kept.

    What was kept is not lost for `begun` if it is none of `grown_from`, as in `keep`. `to` is where he wrote it. Call
    with its row locked.
    """
    there = of(to, by).get(Mode.REPLY)
    since = begun if begun is not None else there.text if there else ""
    if begun is not None and there and grown_from is not None and there.version not in grown_from:
        since = together(there.text, begun)
    written = {
        "text": "\n\n".join(filter(None, (message.text, storable(since).strip())))[:LONGEST],
        "beside": _both(beside, there.beside if there else {}),
        "version": made_version(),
        "at": now,
    }
    _write(to, Mode.REPLY, by, written)


def together(first: str, second: str) -> str:
    """One after the other; what the one has of the other already stands there once."""
    if second.strip() in first:
        return first
    return second if first.strip() in second else f"{first}\n\n{second}"


def _both(first: Beside, second: Beside) -> dict[str, list[str]]:
    both = {name: [*first.get(name, ()), *second.get(name, ())] for name in SEVERAL if name in first or name in second}
    one = {name: list(first.get(name) or second.get(name, ())) for name in {*first, *second} - SEVERAL}
    return {name: list(dict.fromkeys(values)) for name, values in {**one, **both}.items()}


def forget(conversation: Conversation, mode: Mode, *, by: Agent, grown_from: Collection[str] | None = None) -> None:
    """It was sent, or is not wanted any more; what is none of `grown_from` stays, see `keep`.

    Call after what was sent is there: a late `keep` looks for that.
    """
    known = {} if grown_from is None else {"version__in": grown_from}
    with transaction.atomic():
        Draft.objects.filter(conversation=locked(conversation), agent=by, mode=mode, **known).delete()


def of(conversation: Conversation, agent: Agent) -> dict[str, Draft]:
    """What he was writing here, by mode."""
    return {draft.mode: draft for draft in Draft.objects.filter(conversation=conversation, agent=agent)}
