"""Taking an answer back while it can be: within the undo window nothing has left yet."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from inbox.activity import record
from inbox.desk import drafts
from inbox.desk.along import took_back_passing_on
from inbox.desk.ownership import locked, reopen, standing, whole_of
from inbox.desk.solve import set_solved
from inbox.errors import AlreadyDone
from inbox.models import Agent, Attachment, Conversation, DeliveryState, Direction, Message, State, preview_of
from inbox.outbound.outbox import UNDO_WINDOW
from inbox.outbound.states import move
from inbox.permissions import Can, require


def stands_from(written_at: datetime) -> datetime:
    """From when on an answer cannot be taken back any more."""
    return written_at + UNDO_WINDOW


def undo_send(
    message: Message, *, by: Agent, now: datetime, begun: str | None = None, grown_from: Collection[str] | None = None
) -> str:
    """Cancel a held answer: its text, which is returned, is his draft again with all that stood beside it.

    `begun` is what stands in his composer meanwhile, grown from these versions, and follows it. The conversation is as
    if it had not been written: it needs us again, or waits as it waited before unless something came since; without the
    tags that came with it, and with whoever had it before, unless the one it was passed on to with it has accepted it.
    What went on in private is a draft where it was written, in public, and what was opened for it alone is solved.
    Raise AlreadyDone if it has left.
    """
    if message.author_id != by.pk:  # who wrote it may take it back, also where he passed it on with it
        require(by, Can.REPLY, message.conversation)
    with transaction.atomic():
        home, conversation = locked(written_in(message)), locked(message.conversation)
        solved_with_it = _stands_solved_by(message, conversation)
        held = [
            move(pk, DeliveryState.CANCELLED, only_from={DeliveryState.HELD}, due_at=None)
            for pk in message.deliveries.values_list("pk", flat=True)
        ]
        if not held or not all(held):
            raise AlreadyDone
        Attachment.objects.filter(message=message).update(message=None, uploaded_by=by)
        Message.objects.filter(pk=message.pk).update(withdrawn_at=now)
        beside = message.details.get("beside", {})
        if "passed_on" in message.details and not took_back_passing_on(conversation, message, by=by, now=now):
            beside = {name: values for name, values in beside.items() if name not in drafts.PASSING_ON}
        if solved_with_it:
            reopen(conversation.pk, now=now, by=by)
        _as_before(locked(conversation), message, by=by, now=now)
        begun = begun if home == conversation else None
        drafts.bring_back(message, beside, to=home, begun=begun, grown_from=grown_from, by=by, now=now)
        if home != conversation:
            _solve_if_empty(locked(conversation), by=by, now=now)
    return message.text


def written_in(message: Message) -> Conversation:
    """Where its author wrote it: what goes on in private was written in the public conversation."""
    public = message.details.get("continued_from")
    return whole_of(Conversation.objects.get(pk=public) if public else message.conversation)


def _stands_solved_by(message: Message, conversation: Conversation) -> bool:
    """Whether this answer solved it, and nothing has opened it since."""
    solved_at = message.details.get("solved_at")
    return solved_at is not None and conversation.solved_at == datetime.fromisoformat(solved_at)


def _solve_if_empty(conversation: Conversation, *, by: Agent, now: datetime) -> None:
    if conversation.state != State.SOLVED and not conversation.messages.filter(withdrawn_at=None).exists():
        set_solved(conversation, by=by, now=now)


def _as_before(conversation: Conversation, message: Message, *, by: Agent, now: datetime) -> None:
    _stands_as_before(conversation, message, by=by, now=now)
    last = conversation.messages.exclude(direction=Direction.NOTE).filter(withdrawn_at=None).order_by("pk").last()
    conversation.we_spoke_last = last is not None and last.direction == Direction.OUTGOING
    conversation.preview = preview_of(last.reply_text if last else "")
    conversation.tags = [tag for tag in conversation.tags if tag not in message.details.get("tagged", ())]
    conversation.save(update_fields=["we_spoke_last", "preview", "tags"])
    record("send_undone", now=now, by=by, conversation=conversation, message=message.pk, **standing(conversation))


def _stands_as_before(conversation: Conversation, message: Message, *, by: Agent, now: datetime) -> None:
    """Where nothing came since, it stands as it stood; else it needs us.

    What it was merged into since keeps its own state, unless the answer was given where it needed us.
    """
    stood = message.details.get("stood", {"in": conversation.pk, "state": State.OPEN})
    here, since = stood["in"] == conversation.pk, conversation.messages.filter(pk__gt=message.pk, withdrawn_at=None)
    if conversation.state == State.SOLVED or (not here and stood["state"] != State.OPEN):
        return
    before = State(stood["state"]) if here and not since.exists() else State.OPEN
    if before == State.SOLVED:
        set_solved(conversation, by=by, now=now)
        return
    until = stood["until"] if before == State.PENDING else None
    conversation.state, conversation.snoozed_until = before, datetime.fromisoformat(until) if until else None
    conversation.save(update_fields=["state", "snoozed_until"])
