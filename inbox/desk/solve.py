"""Done; or waiting for the customer; or for a time. A new message from the customer opens it again."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_noop

from inbox import hot
from inbox.activity import record
from inbox.desk.ownership import locked, reopen
from inbox.desk.stretches import end_solved
from inbox.desk.tell import overtaken
from inbox.errors import AlreadyDone, Invalid
from inbox.models import Agent, Conversation, State
from inbox.permissions import Can, require

LONGEST = timedelta(days=36525)  # of a snooze: the calendar ends where the years have five digits


def solve(conversation: Conversation, *, by: Agent, now: datetime) -> Conversation:
    """Solve it. Raise AlreadyDone if it is."""
    require(by, Can.SOLVE, conversation)
    with transaction.atomic():
        conversation = locked(conversation)
        if conversation.state == State.SOLVED:
            raise AlreadyDone
        set_solved(conversation, by=by, now=now)
    return conversation


def set_solved(conversation: Conversation, *, by: Agent, now: datetime) -> datetime:
    """End the present stretch and close the row. Return when that was. Call with the row locked and not solved."""
    solved_at = end_solved(conversation, by=by, now=now)
    overtaken([conversation.pk], now=solved_at)
    return solved_at


def open_again(conversation: Conversation, *, by: Agent, now: datetime) -> Conversation:
    """Take back a solution. Raise AlreadyDone if it is not solved."""
    require(by, Can.SOLVE, conversation)
    with transaction.atomic():
        conversation = locked(conversation)
        if conversation.state != State.SOLVED or conversation.merged_into_id:
            raise AlreadyDone
        reopen(conversation.pk, now=now, by=by)
    conversation.refresh_from_db()
    return conversation


def wait_for_customer(conversation: Conversation, *, by: Agent, now: datetime) -> Conversation:
    """It is his turn."""
    return _wait(conversation, by=by, now=now, until=None)


def snooze(conversation: Conversation, *, by: Agent, until: datetime, now: datetime) -> Conversation:
    """Put it aside until a time, or until the customer writes.

    Raise Invalid for a time that has passed or is a century away.
    """
    if until <= now:
        raise Invalid(gettext_noop("This time has already passed."))
    if until - now > LONGEST:
        raise Invalid(gettext_noop("This time is too far away."))
    return _wait(conversation, by=by, now=now, until=until)


def wake_up(conversation: Conversation, *, now: datetime) -> Conversation:
    """Its snooze has ended. Raise AlreadyDone if somebody was quicker, or has put it aside for longer meanwhile."""
    with transaction.atomic():
        conversation = locked(conversation)
        if conversation.snoozed_until is None or conversation.snoozed_until > now:
            raise AlreadyDone
        return needs_us(conversation, by=None, now=now)


def needs_us(conversation: Conversation, *, by: Agent | None, now: datetime) -> Conversation:
    """It is our turn again: somebody says so, or a time has come."""
    if by:
        require(by, Can.SOLVE, conversation)
    with transaction.atomic():
        conversation = locked(conversation)
        if conversation.state != State.PENDING:
            raise AlreadyDone
        conversation.state = State.OPEN
        conversation.snoozed_until = None
        conversation.last_activity_at = now
        hot.write(conversation, "state", "snoozed_until", "last_activity_at")
        record("needs_us", now=now, by=by, conversation=conversation)
    return conversation


def _wait(conversation: Conversation, *, by: Agent, now: datetime, until: datetime | None) -> Conversation:
    require(by, Can.SOLVE, conversation)
    with transaction.atomic():
        conversation = locked(conversation)
        if conversation.state == State.SOLVED:
            raise AlreadyDone
        conversation.state = State.PENDING
        conversation.snoozed_until = until
        hot.write(conversation, "state", "snoozed_until")
        when = until.isoformat() if until else None
        record("snoozed" if until else "waits", now=now, by=by, conversation=conversation, until=when)
    return conversation
