"""Making and switching off agents, and saying what they may do where."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_noop

from inbox.activity import record
from inbox.desk.levels import stands_for
from inbox.desk.ownership import hand, locked
from inbox.desk.presence import go_off_shift, settle_duty
from inbox.errors import AlreadyDone, Invalid, StillInCharge
from inbox.models import (
    Agent,
    ApiToken,
    Browser,
    Cause,
    Conversation,
    Level,
    Membership,
    OneTimeLink,
    Role,
    State,
    Team,
)
from inbox.permissions import Can, require


def make_agent(*, name: str, email: str, language: str = "", by: Agent, now: datetime) -> Agent:
    """Make an account without a password; an invitation lets him in. Raise Invalid if the address is taken."""
    require(by, Can.RUN_PEOPLE)
    return new_agent(name=name, email=email, language=language, by=by, now=now)


def new_agent(*, name: str, email: str, language: str = "", by: Agent | None, now: datetime) -> Agent:
    """As make_agent, for the first admin, who is made by nobody."""
    email = email.strip().lower()
    with transaction.atomic():
        if Agent.objects.filter(email=email).exists():
            raise Invalid(gettext_noop("Somebody here has this address already."))
        agent = Agent(name=name.strip(), email=email, language=language, created_at=now)
        agent.set_unusable_password()
        agent.save()
        record("agent_made", now=now, by=by, agent=agent.pk)
    return agent


def change_agent(agent: Agent, *, name: str, email: str, by: Agent, now: datetime) -> None:
    """Change his name or address."""
    require(by, Can.RUN_PEOPLE)
    email = email.strip().lower()
    if Agent.objects.filter(email=email).exclude(pk=agent.pk).exists():
        raise Invalid(gettext_noop("Somebody here has this address already."))
    with transaction.atomic():
        Agent.objects.filter(pk=agent.pk).update(name=name.strip(), email=email)
        record("agent_changed", now=now, by=by, agent=agent.pk)


def switch_off(agent: Agent, *, by: Agent, now: datetime) -> int:
    """Let him in no more, by no way, and give his open and pending work to the queues. Return how many went.

    Raise StillInCharge while he leads a team, holds a level, or is the last admin.
    """
    require(by, Can.RUN_PEOPLE)
    with transaction.atomic():
        agent = Agent.objects.select_for_update(no_key=True).get(pk=agent.pk)  # who answers names him, holding a row
        if not agent.is_active:
            raise AlreadyDone
        _is_in_charge_of_nothing(agent)
        agent.is_active, agent.switched_off_at = False, now
        agent.save(update_fields=["is_active", "switched_off_at"])
        go_off_shift(agent, now=now, by=by)
        end_sessions(agent)
        ApiToken.objects.filter(agent=agent).delete()
        OneTimeLink.objects.filter(agent=agent).delete()
        record("agent_switched_off", now=now, by=by, agent=agent.pk)
        return _give_work_to_queues(agent, by, now)


def switch_on(agent: Agent, *, by: Agent, now: datetime) -> None:
    """Let him in again; his password is as it was, his work is not."""
    require(by, Can.RUN_PEOPLE)
    with transaction.atomic():
        if not Agent.objects.filter(pk=agent.pk, is_active=False).update(is_active=True, switched_off_at=None):
            raise AlreadyDone
        record("agent_switched_on", now=now, by=by, agent=agent.pk)


def set_roles(agent: Agent, roles: Iterable[tuple[Role, Team | None]], *, by: Agent, now: datetime) -> None:
    """What he may do where, from now on. Raise StillInCharge rather than leave nobody who runs the place."""
    require(by, Can.RUN_PEOPLE)
    wanted = {(role, team.pk if team else None) for role, team in roles}
    with transaction.atomic():
        Agent.objects.select_for_update(no_key=True).get(pk=agent.pk)  # before his teams, as when he comes or goes
        held = {(m.role, m.team_id): m for m in Membership.objects.select_for_update().filter(agent=agent)}
        if (Role.ADMIN, None) in held and (Role.ADMIN, None) not in wanted:
            _is_not_the_last_admin(agent)
        Membership.objects.filter(pk__in=[m.pk for key, m in held.items() if key not in wanted]).delete()
        Membership.objects.bulk_create(
            Membership(agent=agent, role=role, team_id=team) for role, team in wanted if (role, team) not in held
        )
        settle_duty({team for _role, team in wanted | set(held) if team}, now=now)
        record("roles_set", now=now, by=by, agent=agent.pk, roles=[list(pair) for pair in wanted])


def end_sessions(agent: Agent, *, but: UUID | None = None) -> None:
    """Sign him out everywhere, and let nothing ring anywhere but in the browser with this handle.

    Sessions carry a hash of this row's `session_salt`; a new one makes them worthless.
    """
    Agent.objects.filter(pk=agent.pk).update(session_salt=uuid4())
    his = Browser.objects.filter(agent=agent)
    (his.exclude(handle=but) if but else his).delete()


def _is_in_charge_of_nothing(agent: Agent) -> None:
    leads = Team.objects.filter(lead=agent, closed_at=None).first()
    holds = Level.objects.filter(holder=agent).first() or Level.objects.filter(deputy=agent).first()
    if what := leads or holds:
        raise StillInCharge(name=agent.name, what=str(what))
    _is_not_the_last_admin(agent)


def _is_not_the_last_admin(agent: Agent) -> None:
    others = Membership.objects.filter(role=Role.ADMIN, agent__is_active=True).exclude(agent=agent)
    if Membership.objects.filter(role=Role.ADMIN, agent=agent).exists() and not others.exists():
        raise StillInCharge(gettext_noop("%(name)s is the only admin. Make another one first."), name=agent.name)


def _give_work_to_queues(agent: Agent, by: Agent, now: datetime) -> int:
    given = 0
    for conversation in Conversation.objects.filter(owner=agent).exclude(state=State.SOLVED).order_by("pk"):
        his = locked(conversation)
        if his.owner_id != agent.pk or his.state == State.SOLVED:
            continue  # passed on or solved meanwhile
        above = stands_for(his.level) if his.level > 1 else None
        hand(his, now=now, cause=Cause.ABSENCE, owner=above, by=by)
        given += 1
    return given
