"""Handing over: what a person has that needs us goes to somebody who is here, with a note, at the end of his shift.

What waits for the customer stays with him, and is routed anew the moment the customer writes. What stands above the
front line stays at its level: with whoever else of it is on duty, or else where it is.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from escalation import routing
from escalation.models import Proposal
from inbox.activity import record
from inbox.database import storable
from inbox.desk.levels import Rungs, rungs
from inbox.desk.note import note as leave_note
from inbox.desk.ownership import hand, locked
from inbox.desk.presence import stays_here
from inbox.errors import AlreadyDone, Invalid, Refusal, sentence
from inbox.models import Agent, Cause, Conversation, State, Status
from inbox.models.conversations import MUST_CLIMB
from inbox.permissions import Can, allows

LONGEST_NOTE = 5000
SOON = timedelta(minutes=15)
AWAY_FOR = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Goes:
    """Where one conversation goes: to a person, or to the team's queue, and why."""

    receiver: Agent | None
    why: dict[str, object]


@dataclass(frozen=True, slots=True)
class Line:
    """One conversation of a hand-over list. `stays` says that it does not move, because of its level."""

    conversation: Conversation
    proposal: Proposal | None
    stays: bool


def open_of(agent: Agent) -> QuerySet[Conversation]:
    """What is open at his hands, in the order in which it falls due; what must be solved, at the top, comes first."""
    his = Conversation.objects.filter(owner=agent, state=State.OPEN).select_related("customer__plan", "channel", "team")
    return his.order_by(MUST_CLIMB, "opened_at", "pk")


def lines(agent: Agent) -> list[Line]:
    """His hand-over list as it stands now; what came after it was made has no proposal yet."""
    made = {p.conversation_id: p for p in Proposal.objects.filter(agent=agent).select_related("receiver")}
    his, ladder = open_of(agent).select_related("address", "owner"), rungs()
    return [Line(c, made.get(c.pk), _stays(c, agent, ladder)) for c in his]


def prepare(agent: Agent, *, now: datetime) -> int:
    """Make his list: a proposed receiver for everything that will move. Return how many there are.

    What he chose or wrote before stays; the rest is proposed as routing would give it, one after the other.
    """
    with transaction.atomic():
        ladder = rungs()
        his = [conversation for conversation in open_of(agent) if not _stays(conversation, agent, ladder)]
        Proposal.objects.filter(agent=agent).exclude(conversation__in=his).delete()
        known = set(Proposal.objects.filter(conversation__in=his, agent=agent).values_list("conversation", flat=True))
        fresh = [conversation for conversation in his if conversation.pk not in known]
        choices = routing.rehearse(fresh, now=now, without=_leaving(agent, now)) if fresh else []
        made = []
        for conversation, choice in zip(fresh, choices, strict=True):
            receiver = of_its_level(conversation, agent, ladder) or (choice.agent if choice else None)
            made.append(Proposal(conversation=conversation, agent=agent, receiver=receiver, made_at=now))
        anew = ["agent", "receiver", "made_at", "note"]  # where somebody who had it before him left one
        Proposal.objects.bulk_create(made, update_conflicts=True, unique_fields=["conversation"], update_fields=anew)
        return len(his)


def propose(conversation: Conversation, *, by: Agent, now: datetime, receiver: Agent | None, note: str) -> None:
    """Say who should get it, or the queue, and what he must know.

    Raise AlreadyDone if it is not his any more, Invalid if that person may not answer in its team.
    """
    with transaction.atomic():
        conversation = locked(conversation)
        if conversation.owner_id != by.pk or conversation.state == State.SOLVED:
            raise AlreadyDone
        if receiver and (receiver == by or not allows(receiver, Can.REPLY, conversation.team_id)):
            raise Invalid(gettext_noop("%(name)s may not answer in this team."), name=receiver.name)
        values = {"agent": by, "receiver": receiver, "note": storable(note).strip()[:LONGEST_NOTE], "made_at": now}
        Proposal.objects.update_or_create(conversation=conversation, defaults=values)


def may_go(agent: Agent, now: datetime) -> bool:
    """Whether he may hand over now: his shift is over or ends soon, or he has been away for long."""
    if agent.status == Status.OFF:
        return True
    ends, away_since = agent.on_shift_until, agent.away_since
    return bool((ends and ends - SOON <= now) or (away_since and away_since + AWAY_FOR <= now))


def hand_over(agent: Agent, *, now: datetime, only: Collection[int]) -> int:
    """He hands these over himself. Return how many went. Raise Invalid while he should solve them himself.

    What goes in this way needs no reason and is nobody's fault; in the middle of a shift it would be a way round both.
    """
    if not may_go(agent, now):
        raise Invalid(
            gettext_noop(
                "You can hand over in the last 15 minutes of your shift, or after 30 minutes away. Until then, pass on "
                "what somebody else should solve."
            )
        )
    return move(agent, now=now, cause=Cause.SHIFT_END, by=agent, only=only)


def move(
    agent: Agent, *, now: datetime, cause: Cause, by: Agent | None = None, only: Collection[int] | None = None
) -> int:
    """Move everything open of his to others; each at once, so that a crash leaves the rest for the next time.

    `cause` is SHIFT_END or ABSENCE, `by` who said so, `only` the conversations that are meant if not all are. Each
    goes to the proposed receiver if he is on shift and has room, else to whom routing finds, else to the team's queue.
    Return how many went.
    """
    his = [row for row in open_of(agent).select_related(None).only("level") if only is None or row.pk in only]
    ladder = rungs() if his else Rungs({})
    goes = [row.pk for row in his if not _stays(row, agent, ladder)]  # who holds a level may have thousands that stay
    moved = sum(_move(pk, agent, ladder, now=now, cause=cause, by=by) for pk in goes)
    if only is None:  # what did not move has no use for his words of today when he goes another day
        Proposal.objects.filter(agent=agent).delete()
    if moved:
        record("handed_over", now=now, by=by, agent=agent.pk, conversations=moved, cause=cause)
    return moved


def _move(pk: int, agent: Agent, ladder: Rungs, *, now: datetime, cause: Cause, by: Agent | None) -> bool:
    with transaction.atomic():
        conversation = locked(Conversation(pk=pk))
        if conversation.owner_id != agent.pk or conversation.state != State.OPEN:
            return False
        if _stays(conversation, agent, ladder):
            return False
        proposal = Proposal.objects.filter(conversation=conversation, agent=agent).select_related("receiver").first()
        note = proposal.note if proposal else ""
        if note and agent.is_active:
            leave_note(conversation, note, by=agent, now=now)
            conversation = locked(conversation)
        goes = _goes(conversation, agent, ladder, proposal.receiver if proposal else None, now)
        try:
            hand(conversation, now=now, cause=cause, owner=goes.receiver, by=by, note=note, why=goes.why)
        except Refusal:  # switched off at this very moment: the queue, where its duty lead answers for it
            hand(conversation, now=now, cause=cause, owner=None, by=by, note=note, why=_to_the_queue())
        Proposal.objects.filter(conversation=conversation).delete()
    return True


def _goes(conversation: Conversation, agent: Agent, ladder: Rungs, proposed: Agent | None, now: datetime) -> Goes:
    """The first who may have it and is still here: his own shift may end at this very moment."""
    wanted = _wanted(conversation, agent, ladder, proposed, now)
    return next((goes for goes in wanted if goes.receiver and stays_here(goes.receiver)), Goes(None, _to_the_queue()))


def _wanted(
    conversation: Conversation, agent: Agent, ladder: Rungs, proposed: Agent | None, now: datetime
) -> Iterator[Goes]:
    if of_level := of_its_level(conversation, agent, ladder):
        yield Goes(of_level, sentence(gettext_noop("Holds the same level and is on shift")))
    routing.hold()  # nobody else may fill the room that is found here
    asked = _leaving(agent, now)
    if proposed and proposed.pk not in asked and routing.has_room(proposed, conversation):
        yield Goes(proposed, sentence(gettext_noop("As the hand-over list says")))
    while choice := routing.find(conversation, now=now, without=asked):
        yield Goes(choice.agent, choice.why)
        asked.add(choice.agent.pk)


def _leaving(agent: Agent, now: datetime) -> set[int]:
    """He, and whoever goes with him or soon after: he would only hand it on. In the middle of his shift he goes now."""
    goes_at = max(now, agent.on_shift_until) if agent.on_shift_until and agent.on_shift_until - SOON <= now else now
    return {agent.pk, *Agent.objects.filter(on_shift_until__lte=goes_at + SOON).values_list("pk", flat=True)}


def _to_the_queue() -> dict[str, object]:
    return sentence(gettext_noop("Nobody on shift has room for it"))


def _stays(conversation: Conversation, agent: Agent, ladder: Rungs) -> bool:
    """Whether his going moves nothing: it is his by its level, and nobody else of that is on duty.

    On the highest level it stays in any case: there the holder is responsible until it is solved.
    """
    level = conversation.level
    if level == 1:
        return False
    nobody_else = of_its_level(conversation, agent, ladder) is None
    if ladder.is_at_the_top(level):
        return nobody_else or agent in ladder.people(level)
    return nobody_else and agent in ladder.people(level)


def of_its_level(conversation: Conversation, agent: Agent, ladder: Rungs) -> Agent | None:
    """The holder of its level, or the deputy, who is on shift and is not he; nobody for the front line."""
    if conversation.level == 1:
        return None
    here = (person for person in ladder.people(conversation.level) if person != agent)
    return next((person for person in here if person.status == Status.ON_SHIFT), None)
