"""Putting a conversation back as it stood before an act, where nothing has happened in it since."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from inbox.activity import record
from inbox.desk.ownership import hand, reopen
from inbox.desk.solve import set_solved
from inbox.desk.spam import unblock
from inbox.desk.tag import tag, untag
from inbox.errors import AlreadyDone
from inbox.models import Activity, Agent, Cause, Conversation, Interval, State, Team

# What changes only how people read it, or comes along later: nothing has happened in it by that.
ONLY_READ = ("pictures_allowed", "pictures_not_allowed", "message_read_again", "file_came")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a conversation stands, as a row can keep it: ids, and the instant of a snooze as ISO 8601.

    `accepted`: by its owner. `line` is the newest line of its log, by which the ladder's clock knows how it stood.
    """

    owner: int | None
    team: int
    state: str
    snoozed_until: str | None
    tags: list[str]
    blocked: bool
    level: int = 0  # these three are not in what was kept by an earlier version
    accepted: bool = False
    line: int = 0

    def kept(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


def standing_of(conversation: Conversation) -> Standing:
    """How it stands now."""
    return Standing(
        owner=conversation.owner_id,
        team=conversation.team_id,
        state=str(conversation.state),
        snoozed_until=conversation.snoozed_until.isoformat() if conversation.snoozed_until else None,
        tags=list(conversation.tags),
        blocked=conversation.address.blocked_at is not None,
        level=conversation.level,
        accepted=Interval.objects.filter(conversation=conversation, ended_at=None, accepted_at__isnull=False).exists(),
        line=newest_line(conversation),
    )


def newest_line(conversation: Conversation) -> int:
    """The newest line of its log: if that is another one later, something has happened."""
    lines = Activity.objects.filter(conversation=conversation).exclude(verb__in=ONLY_READ)
    return lines.order_by("-pk").values_list("pk", flat=True).first() or 0


def put_back(conversation: Conversation, before: Standing, *, mark: int, by: Agent, now: datetime) -> None:
    """Make it stand as `before`, on the ladder, too. Call with the row locked.

    `mark` is the newest line of its log right after the act. Raise AlreadyDone where something has happened since, or
    where whoever was given it has accepted it.
    """
    if newest_line(conversation) != mark or _accepted(conversation, by):
        raise AlreadyDone(gettext_noop("It has changed since: it stays as it is now."))
    if conversation.state == State.SOLVED and before.state != State.SOLVED:
        reopen(conversation.pk, now=now, by=by)
        conversation.refresh_from_db()
    if conversation.address.blocked_at and not before.blocked:
        unblock(conversation.address, by=by, now=now)
    tag(conversation, before.tags, by=by, now=now)
    untag(conversation, [name for name in conversation.tags if name not in before.tags], by=by, now=now)
    _give(conversation, before, by=by, now=now)
    _set_state(conversation, before, by=by, now=now)


def _accepted(conversation: Conversation, by: Agent) -> bool:
    given = Interval.objects.filter(conversation=conversation, ended_at=None, accepted_at__isnull=False)
    return given.filter(began_by=Cause.PASSED_ON).exclude(owner=by).exists()


def _give(conversation: Conversation, before: Standing, *, by: Agent, now: datetime) -> None:
    level = before.level or conversation.level
    stands = (conversation.owner_id, conversation.team_id, conversation.level)
    if conversation.state == State.SOLVED or stands == (before.owner, before.team, level):
        return
    owner = Agent.objects.get(pk=before.owner) if before.owner else None
    team = Team.objects.get(pk=before.team)
    begun = hand(conversation, now=now, cause=Cause.GIVEN_BACK, owner=owner, team=team, level=level, by=by)
    if before.accepted:
        Interval.objects.filter(pk=begun.pk).update(accepted_at=now)


def _set_state(conversation: Conversation, before: Standing, *, by: Agent, now: datetime) -> None:
    until = datetime.fromisoformat(before.snoozed_until) if before.snoozed_until else None
    if (conversation.state, conversation.snoozed_until) == (before.state, until):
        return
    if before.state == State.SOLVED:
        set_solved(conversation, by=by, now=now)
        return
    conversation.state, conversation.snoozed_until = State(before.state), until
    conversation.save(update_fields=["state", "snoozed_until"])
    verb = "needs_us" if before.state == State.OPEN else "snoozed" if until else "waits"
    record(verb, now=now, by=by, conversation=conversation, until=before.snoozed_until, as_at=before.line)
