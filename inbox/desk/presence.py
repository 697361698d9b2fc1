"""Who is at work now, and who of a team's supervisors has the duty because of that.

Doing any of this twice is doing it once. What rosters plan is theirs to know; here is what is so.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_noop

from inbox import hot
from inbox.activity import record
from inbox.desk.ownership import STAYS
from inbox.desk.teams import put_on_duty
from inbox.errors import Invalid, NotAllowed
from inbox.models import Agent, Role, Status, Team

SEEN_EVERY = timedelta(minutes=1)
SEEN = """
UPDATE inbox_agent SET seen_at = %(now)s
WHERE id = %(agent)s AND (seen_at IS NULL OR seen_at <= %(long_ago)s)
"""


def come_on_shift(agent: Agent, *, now: datetime, until: datetime | None = None, by: Agent | None = None) -> None:
    """He works from now on, until a planned end if there is one; for who is here already only the end moves.

    Raise NotAllowed if he does not work here any more.
    """
    if agent.is_active and agent.status != Status.OFF and agent.on_shift_until == until:
        return
    with transaction.atomic():
        agent = _locked(agent)
        if not agent.is_active:
            raise NotAllowed
        agent.on_shift_until = until
        if agent.status != Status.OFF:
            agent.save(update_fields=["on_shift_until"])
            return
        agent.status, agent.on_shift_since = Status.ON_SHIFT, now
        agent.save(update_fields=["status", "on_shift_since", "on_shift_until"])
        _changed("came_on_shift", agent, now=now, by=by)


def go_off_shift(agent: Agent, *, now: datetime, by: Agent | None = None) -> None:
    """He does not work any more. What is open at his hands is moved by whoever hears of it."""
    with transaction.atomic():
        agent = _locked(agent)
        if agent.status == Status.OFF:
            return
        agent.status = Status.OFF
        agent.away_since = agent.on_shift_since = agent.on_shift_until = None
        agent.save(update_fields=["status", "away_since", "on_shift_since", "on_shift_until"])
        _changed("went_off_shift", agent, now=now, by=by)


def step_away(agent: Agent, *, now: datetime) -> None:
    """He is away for a moment: he keeps his work, and gets no more. Raise Invalid if he is not on shift."""
    with transaction.atomic():
        agent = _locked(agent)
        if agent.status == Status.OFF:
            raise Invalid(gettext_noop("Only who is on shift can be away for a moment."))
        if agent.status == Status.AWAY:
            return
        agent.status, agent.away_since = Status.AWAY, now
        agent.save(update_fields=["status", "away_since"])
        _changed("stepped_away", agent, now=now, by=agent)


def come_back(agent: Agent, *, now: datetime) -> None:
    """He is here again. Raise Invalid if he was not away."""
    with transaction.atomic():
        agent = _locked(agent)
        if agent.status == Status.OFF:
            raise Invalid(gettext_noop("Only who is on shift can be away for a moment."))
        if agent.status == Status.ON_SHIFT:
            return
        agent.status, agent.away_since, agent.seen_at = Status.ON_SHIFT, None, now
        agent.save(update_fields=["status", "away_since", "seen_at"])
        _changed("came_back", agent, now=now, by=agent)


def stays_here(agent: Agent) -> bool:
    """Whether he is on shift; if so, he cannot go before the transaction ends, and then leaves what he got in it."""
    return bool(hot.fetch(STAYS, [agent.pk]))


def seen(agent: Agent, now: datetime) -> None:
    """He is at his desk: he did something. At most one UPDATE a minute, and nothing in the log."""
    if agent.seen_at is None or now - agent.seen_at >= SEEN_EVERY:
        hot.change(SEEN, {"agent": agent.pk, "now": now, "long_ago": now - SEEN_EVERY})


def expect(agent: Agent, at: datetime | None) -> None:
    """When his next shift begins, as his plan says."""
    if agent.next_shift_at != at:
        Agent.objects.filter(pk=agent.pk).update(next_shift_at=at)


def settle_duty(teams: Iterable[int], *, now: datetime) -> None:
    """Give the duty of these teams to whom it belongs now. Call inside a transaction.

    It belongs to the standing lead if he is on shift, else to the supervisor who is longest on shift, else to the
    standing lead. Who is away for a moment keeps it: he is back before a queue would notice.
    """
    held = Team.objects.select_for_update(no_key=True).filter(pk__in=set(teams), closed_at=None)
    for team in held.order_by("pk"):
        lead = _due_lead(team)
        if put_on_duty(team, lead, now=now):
            record("duty_moved", now=now, team=team.pk, lead=lead.pk)


def _due_lead(team: Team) -> Agent:
    here = Agent.objects.filter(is_active=True).exclude(status=Status.OFF)
    able = Q(pk=team.lead_id) | Q(memberships__team=team, memberships__role=Role.SUPERVISOR)
    found = list(here.filter(able).distinct().order_by(F("on_shift_since").asc(nulls_first=True), "pk"))
    return next((agent for agent in found if agent.pk == team.lead_id), found[0] if found else team.lead)


def _changed(verb: str, agent: Agent, *, now: datetime, by: Agent | None) -> None:
    his = Team.objects.filter(Q(lead=agent) | Q(memberships__agent=agent, memberships__role=Role.SUPERVISOR))
    settle_duty(his.values_list("pk", flat=True), now=now)
    record(verb, now=now, by=by, agent=agent.pk)


def _locked(agent: Agent) -> Agent:
    return Agent.objects.select_for_update(no_key=True).get(pk=agent.pk)
