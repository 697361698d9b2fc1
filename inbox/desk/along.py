"""What is done together with an answer: tags are added, and it is passed on. All of it happens, or nothing does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_noop

from inbox.activity import record
from inbox.database import storable
from inbox.desk.ownership import hand
from inbox.desk.pass_on import pass_on
from inbox.errors import Invalid
from inbox.models import Agent, Cause, Conversation, Interval, Message, State, Team

LONGEST_TAG, MOST_TAGS = 50, 20


@dataclass(frozen=True, slots=True)
class Along:
    """What the agent saw beside his text when he sent it. `answer` is the canned answer it came from, for the log."""

    tags: Sequence[str] = ()
    to: Agent | Team | None = None
    reason: str = ""
    note: str = ""
    answer: int | None = None


NOTHING_ELSE = Along()


def tidy(tags: Sequence[str]) -> list[str]:
    """Tags as they are kept, each once. Raise Invalid for one that is too long, or too many."""
    kept = list(dict.fromkeys(filter(None, (" ".join(storable(tag).split()).lstrip("#") for tag in tags))))
    if len(kept) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in kept):
        said = gettext_noop("At most %(most)s tags, each of at most %(longest)s letters.")
        raise Invalid(said, most=MOST_TAGS, longest=LONGEST_TAG)
    return kept


def require_possible(along: Along, then: State) -> None:
    """Raise Invalid for what is to be solved and passed on at once."""
    if along.to and then == State.SOLVED:
        raise Invalid(gettext_noop("What is solved cannot be passed on: take one of the two away."))


def do_along(conversation: Conversation, along: Along, message: Message, *, by: Agent, now: datetime) -> None:
    """Do it. Call inside the transaction of the answer, after it, with the conversation's row locked."""
    if new := [tag for tag in tidy(along.tags) if tag not in conversation.tags]:
        conversation.tags = [*conversation.tags, *new]
        conversation.save(update_fields=["tags"])
        message.details = {**message.details, "tagged": new}
        message.save(update_fields=["details"])
        record("tagged", now=now, by=by, conversation=conversation, tags=new)
    if along.answer:
        record("canned_answer_used", now=now, by=by, conversation=conversation, answer=along.answer)
    if along.to:
        to, team = (along.to, None) if isinstance(along.to, Agent) else (None, along.to)
        passed = pass_on(conversation, by=by, now=now, to=to, team=team, reason=along.reason, note=along.note)
        message.details = {**message.details, "passed_on": _passing(passed)}
        message.save(update_fields=["details"])


def _passing(conversation: Conversation) -> dict[str, int]:
    """The stretch of ownership that has just begun, and the note to it, which is the last that was written."""
    begun = Interval.objects.get(conversation=conversation, ended_at=None)
    return {"interval": begun.pk, "note": conversation.last_message}


def took_back_passing_on(conversation: Conversation, message: Message, *, by: Agent, now: datetime) -> bool:
    """Take back that it was passed on with this answer; its note goes, too. Call with the conversation's row locked.

    False, and nothing changes, where the receiver has accepted it, or has it no more.
    """
    passed = message.details["passed_on"]
    begun = Interval.objects.filter(pk=passed["interval"], ended_at=None, accepted_at=None).first()
    before = Interval.objects.filter(conversation=conversation, pk__lt=passed["interval"]).order_by("-pk").first()
    if not begun or not before or before.team.closed_at or (before.owner and not before.owner.is_active):
        return False
    Message.objects.filter(pk=passed["note"]).update(withdrawn_at=now)
    given = hand(conversation, now=now, cause=Cause.GIVEN_BACK, owner=before.owner, team=before.team, by=by)
    Interval.objects.filter(pk=given.pk).update(accepted_at=before.accepted_at)
    return True
