"""Passing a conversation on, to a person or a team, or up: always with a reason, and a note for the next one."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from inbox import hot
from inbox.database import storable
from inbox.desk.collect import missing_from
from inbox.desk.levels import highest, stands_for
from inbox.desk.note import note as leave_note
from inbox.desk.ownership import hand, locked
from inbox.errors import AlreadyDone, ChecklistIncomplete, Invalid, NotAllowed
from inbox.models import Agent, Cause, Conversation, Reason, State, Team
from inbox.permissions import Can, allows, require


def pass_on(
    conversation: Conversation,
    *,
    by: Agent,
    now: datetime,
    note: str,
    reason: str,
    to: Agent | None = None,
    team: Team | None = None,
) -> Conversation:
    """Give it to a person, or to a team's queue. The receiver has it at once; accepting is his mark.

    `reason` is one of Reason. What waited for the customer needs us again: the receiver has to look at it. Raise
    Invalid without a note, a reason or a receiver, or if it is not his and would become so, NotAllowed if the receiver
    may not answer in that team, AlreadyDone if it is his already, StaysAtTheTop if it would leave the highest level,
    TeamClosed.
    """
    require(by, Can.PASS_ON, conversation)
    note, reason = worded(note, reason)
    if to is None and team is None:
        raise Invalid(gettext_noop("Say who gets it: a person or a team."))
    with transaction.atomic():
        conversation = locked(conversation)
        goes_to = team or _team_for(to, conversation)
        _may_have_it(to, goes_to)
        if conversation.owner == to and conversation.team == goes_to:
            raise AlreadyDone
        if to == by and conversation.owner != by:
            raise Invalid(gettext_noop("To have it yourself, take it or take it over: nobody passes on to himself."))
        leave_note(conversation, note, by=by, now=now)
        conversation = locked(conversation)
        _needs_us(conversation)
        cause = Cause.PASSED_ON
        hand(conversation, now=now, cause=cause, owner=to, team=goes_to, by=by, reason=reason, note=note)
    return conversation


def pass_up(conversation: Conversation, *, by: Agent, now: datetime, note: str, reason: str) -> Conversation:
    """Give it to whoever stands for the next level. What its topic wants to be collected must be there.

    Raise Invalid without a note or a reason, or if nobody is above; ChecklistIncomplete if something is missing.
    """
    require(by, Can.PASS_ON, conversation)
    note, reason = worded(note, reason)
    with transaction.atomic():
        conversation = locked(conversation)
        if conversation.state == State.SOLVED:
            raise AlreadyDone
        level, above = _next_level(conversation, by)
        if missing := missing_from(conversation):
            raise ChecklistIncomplete(missing)
        leave_note(conversation, note, by=by, now=now)
        conversation = locked(conversation)
        _needs_us(conversation)
        cause = Cause.PASSED_UP
        hand(conversation, now=now, cause=cause, owner=above, level=level, by=by, reason=reason, note=note)
    return conversation


def worded(note: str, reason: str) -> tuple[str, str]:
    """Note and reason as they are kept. Raise Invalid if one is missing."""
    note, reason = storable(note).strip(), storable(reason).strip()
    if not note:
        raise Invalid(gettext_noop("Leave a note: the next one must not ask the customer again."))
    if reason not in Reason.values:
        raise Invalid(gettext_noop("Say why you pass it on."))
    return note, reason


def _next_level(conversation: Conversation, by: Agent) -> tuple[int, Agent]:
    """The next level and who stands for it; one on which only he himself stands is passed by."""
    for level in range(conversation.level + 1, highest() + 1):
        above = stands_for(level)
        if above and above != by:
            return level, above
    raise Invalid(gettext_noop("There is nobody above who could get it."))


def _needs_us(conversation: Conversation) -> None:
    """What waited for the customer is to be looked at: its receiver would not find it among what waits."""
    if conversation.state == State.PENDING:
        conversation.state, conversation.snoozed_until = State.OPEN, None
        hot.write(conversation, "state", "snoozed_until")


def _may_have_it(to: Agent | None, team: Team) -> None:
    if to and not (to.is_active and allows(to, Can.REPLY, team)):
        raise NotAllowed(gettext_noop("%(name)s may not answer in this team."), name=to.name)


def _team_for(to: Agent | None, conversation: Conversation) -> Team:
    """It stays in its team if the receiver works there, else it goes to a team of his."""
    if to is None or allows(to, Can.REPLY, conversation.team):
        return conversation.team
    other = Team.objects.filter(memberships__agent=to, closed_at=None).order_by("pk").first()
    return other or conversation.team
