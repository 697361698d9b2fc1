"""Taking a conversation: from the queue by anybody of the team, from a colleague by a supervisor."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from inbox import hot
from inbox.database import storable
from inbox.desk import drafts
from inbox.desk.note import note as leave_note
from inbox.desk.ownership import hand, locked
from inbox.desk.stretches import accepted
from inbox.errors import AlreadyDone, Invalid, NotAllowed
from inbox.models import Agent, Attachment, Cause, Conversation, Draft, Interval, Mode
from inbox.permissions import Can, require

# What came to somebody in one of these ways he accepts by looking at it.
BY_LOOKING = (Cause.ROUTED, Cause.REOPENED)
LOOKS = """
UPDATE inbox_interval SET accepted_at = %s
WHERE conversation_id = %s AND owner_id = %s AND ended_at IS NULL AND accepted_at IS NULL AND began_by = ANY(%s::text[])
"""


def take(conversation: Conversation, *, by: Agent, now: datetime) -> Conversation:
    """Make it mine. Raise AlreadyDone if somebody was quicker, if it is mine already, or if it is solved."""
    require(by, Can.TAKE, conversation)
    with transaction.atomic():
        conversation = locked(conversation)
        if conversation.owner_id == by.pk:
            raise AlreadyDone(gettext_noop("You have it already."))
        if conversation.owner_id is not None:
            raise AlreadyDone
        hand(conversation, now=now, cause=Cause.ROUTED, owner=by, by=by)
    return conversation


def take_over(conversation: Conversation, *, by: Agent, now: datetime, note: str = "") -> Conversation:
    """Take it from whoever has it, even while he writes: what he has written is kept as a note.

    Raise AlreadyDone if it is mine or solved, StaysAtTheTop if it stands on the highest level and I do not hold that.
    """
    require(by, Can.ASSIGN, conversation)
    note = storable(note).strip()
    with transaction.atomic():
        conversation = locked(conversation)
        if conversation.owner_id == by.pk:
            raise AlreadyDone
        _keep_draft_as_note(conversation, now)
        if note:
            leave_note(conversation, note, by=by, now=now)
        conversation = locked(conversation)
        hand(conversation, now=now, cause=Cause.TAKEN_OVER, owner=by, by=by, note=note)
    return conversation


def give_back(conversation: Conversation, *, by: Agent, now: datetime, note: str) -> Conversation:
    """Give what I took over to whoever had it before; if he does not work here any more, to the queue.

    Raise Invalid without a note, NotAllowed if I did not take it over.
    """
    note = storable(note).strip()
    if not note:
        raise Invalid(gettext_noop("Leave a note: the next one must not ask the customer again."))
    with transaction.atomic():
        conversation = locked(conversation)
        present = Interval.objects.filter(conversation=conversation, owner=by, ended_at=None).first()
        if present is None or present.began_by != Cause.TAKEN_OVER:
            raise NotAllowed(gettext_noop("Only what you took over yourself can be given back."))
        before = conversation.intervals.filter(ended_at=present.started_at).order_by("-pk").first()
        former = before.owner if before and before.owner and before.owner.is_active else None
        leave_note(conversation, note, by=by, now=now)
        conversation = locked(conversation)
        hand(conversation, now=now, cause=Cause.GIVEN_BACK, owner=former, by=by, note=note)
    return conversation


def take_note(conversation: Conversation, agent: Agent, now: datetime) -> None:
    """He looks at it: what routing gave him he has accepted by that. What a colleague gave him he accepts himself."""
    if conversation.owner_id == agent.pk:
        hot.change(LOOKS, [now, conversation.pk, agent.pk, list(BY_LOOKING)])


def _keep_draft_as_note(conversation: Conversation, now: datetime) -> None:
    """The answer its owner was writing, for whoever goes on; his own draft of it is gone from his screen's memory."""
    if conversation.owner is None:
        return
    written = Draft.objects.filter(conversation=conversation, agent=conversation.owner, mode=Mode.REPLY).first()
    if written and written.text.strip():
        words = gettext("Draft of %(name)s:") % {"name": conversation.owner.name}
        kept = leave_note(conversation, f"{words}\n\n{written.text}", by=conversation.owner, now=now)
        kept.details[drafts.TAKEN_OVER] = True
        kept.save(update_fields=["details"])
        files = Attachment.objects.filter(uuid__in=written.beside.get("attachments", ()), message=None)
        files.filter(uploaded_by=conversation.owner).update(message=kept)
        written.delete()


def accept(conversation: Conversation, *, by: Agent, now: datetime) -> None:
    """The receiver's mark that he has it. Raise AlreadyDone if it is not his, or marked before."""
    if not accepted(conversation, by, now):
        raise AlreadyDone
