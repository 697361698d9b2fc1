"""Teams, who leads them, and the management ladder."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext_noop

from inbox.activity import record
from inbox.desk.anew import look_anew
from inbox.desk.levels import is_at_the_top
from inbox.desk.ownership import hand, locked
from inbox.errors import AlreadyDone, Invalid, StillInCharge
from inbox.models import (
    Agent,
    CannedAnswer,
    Cause,
    Channel,
    Conversation,
    LeadTerm,
    Level,
    Membership,
    State,
    Team,
    Topic,
)
from inbox.permissions import Can, require

# What of higher rooms sends work to a team: why it cannot be closed, if there is such a thing.
sending_there: list[Callable[[Team], StillInCharge | None]] = []


def make_team(name: str, *, lead: Agent, by: Agent | None, now: datetime) -> Team:
    """Make a team. Its standing lead is on duty from the first instant, so that somebody always answers for it.

    Raise Invalid if the name is taken or the lead does not work here any more. `by` is None only for the demo.
    """
    if by:
        require(by, Can.RUN_PEOPLE)
    _works_here(lead)
    with transaction.atomic():
        if Team.objects.filter(name__iexact=name.strip()).exists():
            raise Invalid(gettext_noop("There is a team of this name already."))
        team = Team.objects.create(name=name.strip(), lead=lead, created_at=now)
        LeadTerm.objects.create(team=team, agent=lead, started_at=now)
        record("team_made", now=now, by=by, team=team.pk, lead=lead.pk)
    return team


def change_team(team: Team, *, name: str, lead: Agent, by: Agent, now: datetime) -> None:
    """Rename a team or name another standing lead; he has the duty from now on."""
    require(by, Can.RUN_PEOPLE)
    _works_here(lead)
    with transaction.atomic():
        team = Team.objects.select_for_update().get(pk=team.pk)
        if Team.objects.filter(name__iexact=name.strip()).exclude(pk=team.pk).exists():
            raise Invalid(gettext_noop("There is a team of this name already."))
        team.name, team.lead = name.strip(), lead
        team.save(update_fields=["name", "lead"])
        put_on_duty(team, lead, now=now)
        record("team_changed", now=now, by=by, team=team.pk, lead=lead.pk)


def put_on_duty(team: Team, agent: Agent, *, now: datetime) -> bool:
    """From now on he answers for the team's queue; whether he did not before.

    Call inside a transaction with the team's row locked.
    """
    present = LeadTerm.objects.select_for_update().get(team=team, ended_at=None)
    if present.agent_id == agent.pk:
        return False
    if present.started_at >= now:
        LeadTerm.objects.filter(pk=present.pk).update(agent=agent)
        return True
    LeadTerm.objects.filter(pk=present.pk).update(ended_at=now)
    LeadTerm.objects.create(team=team, agent=agent, started_at=now)
    return True


def close_team(team: Team, *, by: Agent, now: datetime) -> None:
    """Close a team for new work.

    Raise StillInCharge while channels or unsolved conversations belong to it, or topics, rules or canned answers send
    work there. Somebody's own answer does not hold it up: he is told when he uses it.
    """
    require(by, Can.RUN_PEOPLE)
    with transaction.atomic():
        team = Team.objects.select_for_update().get(pk=team.pk)
        if team.closed_at:
            raise AlreadyDone
        channel = Channel.objects.filter(team=team).first()
        waits = Conversation.objects.filter(team=team).exclude(state=State.SOLVED).first()
        if what := channel or waits:
            said = gettext_noop("%(what)s belongs to %(name)s. Give it to another team first.")
            raise StillInCharge(said, name=team.name, what=str(what))
        if refusal := next(filter(None, (sends(team) for sends in (_topic, _answer, *sending_there))), None):
            raise refusal
        if stays := _only_here(team):
            said = gettext_noop("%(who)s would be left without a team. Give them another one first.")
            raise StillInCharge(said, who=", ".join(stays))
        Team.objects.filter(pk=team.pk).update(closed_at=now)
        record("team_closed", now=now, by=by, team=team.pk)


def _topic(team: Team) -> StillInCharge | None:
    topic = Topic.objects.filter(team=team).first()
    said = gettext_noop("The topic “%(what)s” sends work to %(name)s. Change that first.")
    return StillInCharge(said, name=team.name, what=str(topic)) if topic else None


def _answer(team: Team) -> StillInCharge | None:
    answer = CannedAnswer.objects.filter(to_team=team, owner=None).first()
    said = gettext_noop("The canned answer “%(what)s” sends work to %(name)s. Change that first.")
    return StillInCharge(said, name=team.name, what=str(answer)) if answer else None


def _only_here(team: Team) -> list[str]:
    """The people who work in this team and in no other that is open."""
    elsewhere = Membership.objects.exclude(team=team).filter(Q(team=None) | Q(team__closed_at=None))
    here = Agent.objects.filter(is_active=True, memberships__team=team)
    alone = here.exclude(pk__in=elsewhere.values("agent")).distinct()
    return list(alone.order_by("name").values_list("name", flat=True))


def set_level(number: int, *, name: str, holder: Agent, deputy: Agent | None, by: Agent | None, now: datetime) -> Level:
    """Make or change a rung of the ladder. Rungs follow each other; a new one comes on top.

    Raise Invalid for a gap, or for holder and deputy in one person. `by` is None only for the demo.
    """
    if by:
        require(by, Can.RUN_PEOPLE)
    for person in filter(None, [holder, deputy]):
        _works_here(person)
    if deputy == holder:
        raise Invalid(gettext_noop("The deputy must be another person than the holder."))
    with transaction.atomic():
        top = Level.objects.aggregate(top=Max("number"))["top"] or 0
        if not 1 <= number <= top + 1:
            raise Invalid(gettext_noop("Levels follow each other: the next one is %(next)s."), next=top + 1)
        level, _made = Level.objects.update_or_create(
            number=number, defaults={"name": name.strip(), "holder": holder, "deputy": deputy}
        )
        record("level_set", now=now, by=by, level=number, holder=holder.pk, deputy=deputy.pk if deputy else None)
        _relieve_former_holders(level, by=by, now=now)
        if number > top:
            look_anew()  # what has stood on the highest level until now has one above it
    return level


def _relieve_former_holders(level: Level, *, by: Agent | None, now: datetime) -> None:
    """What stands on a level is its present holder's: whoever held it before has nothing to do with it any more."""
    if not is_at_the_top(level.number):
        return
    there = Conversation.objects.filter(level=level.number).exclude(state=State.SOLVED)
    foreign = there.exclude(owner__in=[level.holder_id, level.deputy_id or level.holder_id])
    for conversation in foreign.order_by("pk"):
        here = locked(conversation)
        if foreign.filter(pk=here.pk).exists():  # not if it was solved or given to him meanwhile
            hand(here, now=now, cause=Cause.RELIEF, owner=level.holder, by=by)


def remove_top_level(*, by: Agent, now: datetime) -> None:
    """Take the highest rung away. Raise Invalid if it is the only one, StillInCharge if something stands on it."""
    require(by, Can.RUN_PEOPLE)
    with transaction.atomic():
        top = Level.objects.select_for_update().order_by("number").last()
        if top is None or top.number == 1:
            raise Invalid(gettext_noop("The first level stays."))
        waits = Conversation.objects.filter(level=top.number).exclude(state=State.SOLVED).first()
        if waits:
            said = gettext_noop("%(what)s stands on %(name)s. Solve it or hand it down first.")
            raise StillInCharge(said, name=str(top), what=str(waits))
        top.delete()
        record("level_removed", now=now, by=by, level=top.number)
        _relieve_former_holders(Level.objects.get(number=top.number - 1), by=by, now=now)
        look_anew()


def _works_here(agent: Agent) -> None:
    if not agent.is_active:
        raise Invalid(gettext_noop("%(name)s does not work here any more."), name=agent.name)
