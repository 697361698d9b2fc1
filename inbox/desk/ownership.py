"""Ending one stretch of ownership and beginning the next: the one way in which responsibility moves."""

from datetime import datetime, timedelta
from typing import Any, LiteralString

from django.db.models import Q

from inbox import hot
from inbox.activity import record
from inbox.desk.levels import highest, holds, is_at_the_top, stands_for
from inbox.desk.stretches import change_hands
from inbox.desk.tell import overtaken, tell
from inbox.errors import AlreadyDone, MergedAway, NotAllowed, StaysAtTheTop, TeamClosed
from inbox.models import (
    Agent,
    Cause,
    Conversation,
    Interval,
    LeadTerm,
    Membership,
    NoticeKind,
    Participant,
    State,
    Team,
)

# Who is there, held until the transaction ends: who switches him off or lets him go meanwhile has looked already at
# what he has.
WORKS: LiteralString = "SELECT id FROM inbox_agent WHERE id = %s AND is_active FOR NO KEY UPDATE"
STAYS: LiteralString = (
    "SELECT id FROM inbox_agent WHERE id = %s AND is_active AND status = 'on_shift' FOR NO KEY UPDATE"
)
NEW_CYCLE_AFTER = timedelta(days=7)  # what is opened again later than so is a new problem to the ladder
# Who loses it in one of these ways knows it already, or is told of all of it at once.
UNTOLD = {Cause.SHIFT_END, Cause.ABSENCE}


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
    """The conversation as it is now, held until the transaction ends.

    Its row alone: where it had to be waited for, PostgreSQL holds the new row against the joined ones of before, and a
    conversation that went to another team meanwhile would not be found.
    """
    held = hot.row(Conversation, conversation.pk, "FOR NO KEY UPDATE")
    if held is None:
        raise Conversation.DoesNotExist
    return held


def locked_to_write(conversation: Conversation) -> Conversation:
    """`locked`, for what is to be said in it. Raise MergedAway where all that was said stands in another one now."""
    held = locked(conversation)
    require_not_merged(held)
    return held


def require_not_merged(conversation: Conversation) -> None:
    """Raise MergedAway where all that was said in it stands in another one now."""
    if conversation.merged_into:
        raise MergedAway(number=whole_of(conversation).label)


def pair_locked(one: Conversation, other: Conversation) -> tuple[Conversation, Conversation]:
    """Both as they are now, locked in the order of their ids so that two at once cannot wait for each other."""
    rows = Conversation.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    found = {row.pk: row for row in rows.filter(pk__in=[one.pk, other.pk])}
    return found[one.pk], found[other.pk]


def whole_of(conversation: Conversation) -> Conversation:
    """Where everything said in it stands now: what it was merged into may have been merged on."""
    while conversation.merged_into:
        conversation = conversation.merged_into
    return conversation


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
    why: dict[str, object] | None = None,
    only_on_shift: bool = False,
) -> Interval:
    """Make `owner` (or, if None, the team's queue) responsible from now on, and tell both. Call with the row locked.

    Whoever takes something himself has accepted it. `reason` and `note` are a person's words, `why` is the system's.
    Raise AlreadyDone if the conversation is solved, NotAllowed if `owner` does not work here any more (or, with
    `only_on_shift`, is not on shift, and he cannot go then before the transaction ends), StaysAtTheTop if
    it stands on the highest level and would leave the people who hold that, TeamClosed if it would come to such a team.
    """
    _may_go_to(conversation, owner, level or conversation.level, STAYS if only_on_shift else WORKS)
    if team and team.pk != conversation.team_id:
        require_open(team)
    former = conversation.owner
    conversation.owner = owner
    conversation.team = team or conversation.team
    conversation.level = level or conversation.level
    interval = _beginning(conversation, now=now, cause=cause, by=by, reason=reason, note=note, why=why)
    whose = owner.pk if owner else None
    change_hands(interval, owner=whose, team=conversation.team_id, **standing(conversation))
    _tell_both(conversation, interval, former=former, now=interval.started_at)
    return interval


def _may_go_to(conversation: Conversation, owner: Agent | None, level: int, is_there: LiteralString) -> None:
    if conversation.state == State.SOLVED:
        raise AlreadyDone
    if owner and not hot.fetch(is_there, [owner.pk]):
        raise NotAllowed
    if is_at_the_top(level) and not holds(owner, level):
        raise StaysAtTheTop


def require_open(team: Team) -> None:
    """Raise TeamClosed if no work goes there any more. Until the transaction ends it stays as it is now."""
    # What the foreign key will lock at the end: closing a team waits for it, and finds what came there.
    ((closed_at,),) = hot.fetch("SELECT closed_at FROM inbox_team WHERE id = %s FOR KEY SHARE", [team.pk])
    if closed_at:
        raise TeamClosed(name=team.name)


def _tell_both(conversation: Conversation, begun: Interval, *, former: Agent | None, now: datetime) -> None:
    owner, by = conversation.owner, begun.by
    overtaken([conversation.pk], now=now)
    if owner and owner not in (by, former):
        tell(owner, NoticeKind.GIVEN, conversation, about=by, note=begun.note, now=now)
    if former and former not in (by, owner) and begun.began_by not in UNTOLD:
        tell(former, NoticeKind.GONE, conversation, about=owner, note=begun.note, now=now)


def standing(conversation: Conversation) -> dict[str, object]:
    """How it stands after an act, for the log: from this alone the ladder's clock is read."""
    return {"state": str(conversation.state), "aside": conversation.snoozed_until is not None}


def reopen(conversation_id: int, *, now: datetime, by: Agent | None = None) -> None:
    """Open a solved conversation again: its last owner has it if he still may, else whoever stands for its level.

    Its level and clock go on; after a week they begin anew. If its level or its team is gone meanwhile, it is on the
    highest that there is, and with its channel's team.
    """
    conversation = Conversation.objects.get(pk=conversation_id)
    now = max(now, conversation.solved_at or now)
    anew = conversation.solved_at is not None and now - conversation.solved_at > NEW_CYCLE_AFTER
    if anew:
        conversation.cycle, conversation.level = conversation.cycle + 1, 1
    elif conversation.level > highest():
        conversation.cycle += 1  # should that level come again, it may climb there once more
    conversation.level = min(conversation.level, highest())
    if conversation.team.closed_at:
        conversation.team = conversation.channel.team
    owner = whose_again(conversation)
    conversation.state = State.OPEN
    conversation.solved_at = None
    conversation.owner = owner
    if _has_a_follower(conversation):
        conversation.thread_key = None  # what comes in unasked goes to the follower; two cannot both be known by it
    conversation.save(update_fields=["state", "solved_at", "owner", "team", "thread_key", "cycle", "level"])
    _beginning(conversation, now=now, cause=Cause.REOPENED, by=by, reason="", note="").save()
    whose = owner.pk if owner else None
    record(Cause.REOPENED, now=now, by=by, conversation=conversation, owner=whose, new_cycle=anew)


def whose_again(conversation: Conversation) -> Agent | None:
    """Its last owner, if he works in the team or holds its level; else, above the front line, who stands for that."""
    last = Interval.objects.filter(conversation=conversation).order_by("-started_at", "-id").first()
    owner = last.owner if last else None
    level = conversation.level
    if owner and _works_here(owner) and (level == 1 or not is_at_the_top(level) or holds(owner, level)):
        in_team = Membership.objects.filter(agent=owner, team=conversation.team).exists()
        if in_team or holds(owner, level):
            return owner
    return stands_for(level) if level > 1 else None


def _works_here(agent: Agent) -> bool:
    return bool(hot.fetch(WORKS, [agent.pk]))


def _has_a_follower(conversation: Conversation) -> bool:
    """Whether another conversation took up its thread while it was solved."""
    same = Conversation.objects.filter(channel=conversation.channel_id, thread_key=conversation.thread_key)
    return same.exclude(state=State.SOLVED).exclude(pk=conversation.pk).exists()


def _beginning(
    conversation: Conversation,
    *,
    now: datetime,
    cause: Cause,
    by: Agent | None,
    reason: str,
    note: str,
    why: dict[str, object] | None = None,
) -> Interval:
    """The stretch that begins, not written down yet. Whoever takes something himself has accepted it."""
    own_doing = by is not None and by == conversation.owner
    return Interval(
        conversation=conversation,
        team=conversation.team,
        owner=conversation.owner,
        level=conversation.level,
        started_at=now,
        began_by=cause,
        by=by,
        reason=reason,
        note=note,
        why=why,
        accepted_at=now if own_doing else None,
    )
