"""Ending one stretch of ownership and beginning the next: the one way in which responsibility moves."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from inbox.activity import record
from inbox.errors import AlreadyDone, NotAllowed
from inbox.models import Agent, Cause, Conversation, Interval, LeadTerm, Membership, Participant, State, Team


def responsible_for(conversation: Conversation, at: datetime) -> Agent:
    """The one person who answers for it: its owner, or the duty lead of the team in whose queue it waits."""
    return conversation.owner or duty_lead(conversation.team, at)


def duty_lead(team: Team, at: datetime) -> Agent:
    """Who leads a team at an instant. The database holds that there is always one."""
    return (
        LeadTerm.objects.select_related("agent")
        .get(Q(ended_at=None) | Q(ended_at__gt=at), team=team, started_at__lte=at)
        .agent
    )


def locked(conversation: Conversation) -> Conversation:
    """The conversation as it is now, held until the transaction ends."""
    return Conversation.objects.select_for_update(of=("self",), no_key=True).get(pk=conversation.pk)


def opened(
    *, now: datetime, cause: Cause = Cause.OPENED, by: Agent | None = None, reason: str = "", **about: Any
) -> Conversation:
    """A new conversation with its first stretch of ownership. `about` are fields of Conversation.

    Whoever opens it for himself has accepted it. Call inside a transaction.
    """
    conversation = Conversation.objects.create(
        **{"reply_channel": about["channel"], "opened_at": now, "last_activity_at": now, **about}
    )
    Interval.objects.create(
        conversation=conversation,
        team=conversation.team,
        owner=conversation.owner,
        level=conversation.level,
        by=by,
        started_at=now,
        began_by=cause,
        reason=reason[:300],
        accepted_at=now if conversation.owner else None,
    )
    Participant.objects.create(conversation=conversation, address=conversation.address)
    return conversation


def hand(
    conversation: Conversation,
    *,
    now: datetime,
    cause: Cause,
    owner: Agent | None,
    team: Team | None = None,
    level: int | None = None,
    by: Agent | None = None,
    reason: str = "",
    note: str = "",
) -> Interval:
    """Make `owner` (or, if None, the team's queue) responsible from now on. Call with the row locked.

    Whoever takes something himself has accepted it. Raise AlreadyDone if the conversation is solved, NotAllowed if
    `owner` does not work here any more.
    """
    if conversation.state == State.SOLVED:
        raise AlreadyDone
    if owner and not _works_here(owner):
        raise NotAllowed
    end(conversation, now=now, cause=cause)
    conversation.owner = owner
    conversation.team = team or conversation.team
    conversation.level = level or conversation.level
    conversation.save(update_fields=["owner", "team", "level"])
    interval = _begin(conversation, now=now, cause=cause, by=by, reason=reason, note=note)
    record(
        cause,
        now=now,
        by=by,
        conversation=conversation,
        interval=interval.pk,
        owner=owner.pk if owner else None,
        team=conversation.team_id,
    )
    return interval


def end(conversation: Conversation, *, now: datetime, cause: Cause) -> None:
    """End the present stretch."""
    Interval.objects.filter(conversation=conversation, ended_at=None).update(ended_at=now, ended_by=cause)


def reopen(conversation_id: int, *, now: datetime) -> None:
    """Open a solved conversation again: its last owner has it if he still works in the team, else the queue."""
    conversation = Conversation.objects.get(pk=conversation_id)
    last = Interval.objects.filter(conversation=conversation).order_by("-started_at", "-id").first()
    owner = last.owner if last else None
    if owner and not (_works_here(owner) and Membership.objects.filter(agent=owner, team=conversation.team).exists()):
        owner = None
    conversation.state = State.OPEN
    conversation.solved_at = None
    conversation.owner = owner
    if _has_a_follower(conversation):
        conversation.thread_key = None  # what comes in unasked goes to the follower; two cannot both be known by it
    conversation.save(update_fields=["state", "solved_at", "owner", "thread_key"])
    _begin(conversation, now=now, cause=Cause.REOPENED, by=None, reason="", note="")
    record(Cause.REOPENED, now=now, conversation=conversation, owner=owner.pk if owner else None)


def _works_here(agent: Agent) -> bool:
    """Held until the transaction ends: who switches him off meanwhile has looked already at what he has."""
    return Agent.objects.select_for_update(no_key=True).filter(pk=agent.pk, is_active=True).first() is not None


def _has_a_follower(conversation: Conversation) -> bool:
    """Whether another conversation took up its thread while it was solved."""
    same = Conversation.objects.filter(channel=conversation.channel_id, thread_key=conversation.thread_key)
    return same.exclude(state=State.SOLVED).exclude(pk=conversation.pk).exists()


def _begin(
    conversation: Conversation, *, now: datetime, cause: Cause, by: Agent | None, reason: str, note: str
) -> Interval:
    own_doing = by is not None and by == conversation.owner
    return Interval.objects.create(
        conversation=conversation,
        team=conversation.team,
        owner=conversation.owner,
        level=conversation.level,
        started_at=now,
        began_by=cause,
        by=by,
        reason=reason,
        note=note,
        accepted_at=now if own_doing else None,
    )
