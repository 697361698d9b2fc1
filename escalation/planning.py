"""What supervisors plan: weekly shifts, what differs from them, and a team's calendar.

Whatever is planned, the people it concerns are looked at again at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import available_timezones

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_noop

from escalation import outlooks
from escalation.hours import Span
from escalation.models import Change, ChangeKind, Clock, Cover, Policy, Shift, TeamCalendar
from escalation.public_holidays import countries
from escalation.rosters import look_at, members_of
from escalation.subscribers import look
from inbox.activity import record
from inbox.database import storable
from inbox.desk.anew import look_anew
from inbox.errors import AlreadyDone, Invalid, NotAllowed
from inbox.models import Agent, Team
from inbox.permissions import Can, allows, roles_of

LONGEST = timedelta(days=366)
Week = Mapping[int, Sequence[Span]]


def may_plan(by: Agent, agent: Agent) -> bool:
    """Whether he plans for this person: a supervisor or manager of a team of his, or who runs people."""
    teams = {held.team_id for held in roles_of(agent)}
    return allows(by, Can.RUN_PEOPLE) or any(team and allows(by, Can.PLAN_SHIFTS, team) for team in teams)


def may_plan_team(by: Agent, team: Team) -> bool:
    """Whether he plans for this team."""
    return allows(by, Can.RUN_PEOPLE) or allows(by, Can.PLAN_SHIFTS, team)


def set_week(
    agent: Agent, week: Week, *, zone: str, since: date, on_holidays: bool = False, by: Agent, now: datetime
) -> None:
    """From a day on he works so, by the clock of a zone; `week` has the stretches of each weekday (1 is Monday).

    What was before that day stays as it was. Raise NotAllowed, or Invalid for a zone that is none.
    """
    _require(by, agent)
    _is_a_zone(zone)
    with transaction.atomic():
        Agent.objects.select_for_update(no_key=True).get(pk=agent.pk)
        his = Shift.objects.filter(agent=agent)
        his.filter(since__gte=since).delete()
        his.filter(Q(until=None) | Q(until__gte=since)).update(until=since - timedelta(days=1))
        Shift.objects.bulk_create(
            Shift(
                agent=agent,
                weekday=day,
                starts=starts,
                ends=ends,
                timezone=zone,
                since=since,
                on_holidays=on_holidays,
            )
            for day, spans in week.items()
            for starts, ends in spans
        )
        record("week_planned", now=now, by=by, agent=agent.pk)
        _look_at([agent.pk], now)


def week_on(agent: Agent, day: date) -> list[Shift]:
    """His weekly shifts as they stand on a day."""
    his = Shift.objects.filter(agent=agent, since__lte=day).filter(Q(until=None) | Q(until__gte=day))
    return list(his.order_by("weekday", "starts"))


def zone_of(agent: Agent) -> str:
    """The clock by which he works: that of his newest weekly shift, else his own."""
    newest = Shift.objects.filter(agent=agent).order_by(F("since").desc(), "-pk").first()
    return newest.timezone if newest else agent.timezone


def plan_change(
    agent: Agent,
    kind: ChangeKind,
    *,
    starts_at: datetime,
    ends_at: datetime,
    by: Agent,
    now: datetime,
    instead: Agent | None = None,
    reason: str = "",
    uid: str = "",
) -> Change:
    """It is otherwise in this stretch. Raise NotAllowed, or Invalid for what makes no sense."""
    _require(by, agent)
    if not starts_at < ends_at <= starts_at + LONGEST:
        raise Invalid(gettext_noop("It has to end after it begins, and within a year."))
    if (kind == ChangeKind.SWAP) != (instead is not None) or instead == agent:
        raise Invalid(gettext_noop("A swap, and only a swap, says who else works in his place."))
    if instead and not instead.is_active:
        raise Invalid(gettext_noop("%(name)s does not work here any more."), name=instead.name)
    if instead and not may_plan(by, instead):
        raise Invalid(gettext_noop("You do not plan for %(name)s."), name=instead.name)
    with transaction.atomic():
        change = Change.objects.create(
            agent=agent,
            kind=kind,
            starts_at=starts_at,
            ends_at=ends_at,
            instead=instead,
            reason=storable(reason).strip()[:200],
            uid=uid,
            by=by,
            at=now,
        )
        record("change_planned", now=now, by=by, agent=agent.pk, change=change.pk, kind=kind)
        _look_at([pk for pk in (change.agent_id, change.instead_id) if pk], now)
    return change


def drop_change(change: Change, *, by: Agent, now: datetime) -> None:
    """It is not otherwise after all. Raise AlreadyDone if it is gone."""
    _require(by, change.agent)
    with transaction.atomic():
        if not Change.objects.filter(pk=change.pk).delete()[0]:
            raise AlreadyDone
        record("change_dropped", now=now, by=by, agent=change.agent_id, kind=change.kind)
        _look_at([pk for pk in (change.agent_id, change.instead_id) if pk], now)


def set_calendar(
    team: Team,
    *,
    zone: str,
    country: str,
    subdivision: str,
    cover: Mapping[int, Sequence[tuple[time, time, int]]],
    by: Agent,
    now: datetime,
) -> None:
    """A team's clock, its public holidays, and how many people it needs when. Raise NotAllowed or Invalid.

    These are its working hours: deadlines that count them are computed anew.
    """
    if not may_plan_team(by, team):
        raise NotAllowed
    _is_a_zone(zone)
    if country and subdivision not in ("", *countries().get(country, [])):
        raise Invalid(gettext_noop("This country has no such part."))
    with transaction.atomic():
        Team.objects.select_for_update(no_key=True).get(pk=team.pk)
        values = {
            "timezone": zone,
            "country": country,
            "subdivision": subdivision if country else "",
            "outlook_until": None,
        }
        TeamCalendar.objects.update_or_create(team=team, defaults=values)
        Cover.objects.filter(team=team).delete()
        Cover.objects.bulk_create(
            Cover(team=team, weekday=day, starts=starts, ends=ends, people=people)
            for day, needed in cover.items()
            for starts, ends, people in needed
        )
        record("calendar_set", now=now, by=by, team=team.pk)
        if Policy.objects.filter(is_on=True, clock=Clock.WORKING).exists():
            look_anew(team=team)
            look.give()
        _look_at(members_of([team]).values_list("pk", flat=True), now)


def _look_at(agents: Iterable[int], now: datetime) -> None:
    ids = set(agents)
    look_at(ids, now)
    outlooks.changed(ids)


def _require(by: Agent, agent: Agent) -> None:
    if not may_plan(by, agent):
        raise NotAllowed


def _is_a_zone(zone: str) -> None:
    if zone not in available_timezones():
        raise Invalid(gettext_noop("There is no such time zone."))
