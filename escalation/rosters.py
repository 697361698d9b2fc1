"""Plans as they stand in the database: who works when, and when a team is at work."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from escalation import shifts
from escalation.models import Change, ChangeKind, Cover, Roster, Shift, TeamCalendar
from escalation.public_holidays import holidays_between
from escalation.shifts import Gap, Stretch, Weekly
from inbox import hot
from inbox.models import Agent, Membership, Role, Status, Team

HOURS_BACK = timedelta(days=60)  # as far as working hours are asked for at first
HORIZONS = (timedelta(days=15), timedelta(days=130))  # how far a next shift is looked for: near first, it mostly is
# What was planned apart from the weekly shifts of these people, and what they took over from others.
CHANGES = """
WHERE (t.agent_id = ANY(%(people)s::bigint[]) OR t.instead_id = ANY(%(people)s::bigint[]))
  AND t.starts_at < %(end)s AND t.ends_at > %(start)s
"""
# In which countries, and parts of them, each of these people works.
COUNTRIES = """
SELECT DISTINCT m.agent_id, c.country, c.subdivision
FROM inbox_membership m JOIN escalation_teamcalendar c ON c.team_id = m.team_id
WHERE m.agent_id = ANY(%s::bigint[]) AND m.role = ANY(%s::text[])
"""
WORKERS = (Role.AGENT, Role.SUPERVISOR, Role.MANAGER)
ANSWERING = (Role.AGENT, Role.SUPERVISOR)  # routing gives work to them alone: nobody else is there for a customer


def planned(agents: Iterable[Agent], start: datetime, end: datetime) -> dict[int, list[Stretch]]:
    """When each of them works between two instants: ordered stretches, cut at both edges. Three questions, always."""
    window, ids = Stretch(start, end), {agent.pk for agent in agents}
    changes = hot.rows(Change, CHANGES, {"people": list(ids), "start": start, "end": end})
    weekly = _weekly(ids | {change.agent_id for change in changes}, window)
    return {pk: _work(pk, weekly, changes, window) for pk in ids}


def next_start(agent: Agent, now: datetime) -> datetime | None:
    """When his next shift begins; None if none is planned for the next four months."""
    return _first_start([agent], now)


def anybody_from(team: Team, now: datetime) -> datetime | None:
    """From when on somebody is there who answers in the team: now, or the start of the next shift of any of them.

    None if nobody is there and no shift is planned for the next four months: then no time may be promised.
    """
    people = list(_answering_in(team))
    if any(agent.status == Status.ON_SHIFT for agent in people):
        return now
    return _first_start(people, now)


def attended(team: Team, now: datetime, end: datetime) -> list[Stretch]:
    """When somebody is there who answers in the team: in order, from now on.

    Who is on shift though nothing is planned stays as long as he likes: no end of it is known. Who is planned and not
    on shift now has left, or is late: he begins with his next shift.
    """
    people = {agent.pk: agent for agent in _answering_in(team)}
    found = planned(people.values(), now, end)
    for pk, plan in found.items():
        if people[pk].status != Status.ON_SHIFT:
            found[pk] = [stretch for stretch in plan if stretch.starts > now]
        elif shifts.present(plan, now) is None:
            found[pk] = [Stretch(now, end)]
    return shifts.merged(stretch for plan in found.values() for stretch in plan)


def working_hours(team: Team, start: datetime, end: datetime) -> list[Stretch] | None:
    """When the team is at work between two instants: its cover by its calendar's clock, less public holidays.

    None if no cover is given: such a team has no hours, and is always open. An empty list is another thing: it has
    hours, and none of them is in there.
    """
    needed = _needed([team], Stretch(start, end))
    return shifts.merged(stretch for stretch, _people in needed[team.pk]) if team.pk in needed else None


class WorkingHours:
    """Working hours of teams as far back as somebody's clock reaches: each team's asked once, or seldom."""

    def __init__(self, now: datetime, ahead: timedelta = timedelta(0)) -> None:
        self._now, self._until = now, now + ahead
        self._known: dict[int, tuple[datetime, list[Stretch] | None]] = {}

    def of(self, team: Team, since: datetime | None) -> list[Stretch] | None:
        """Those since then, and perhaps earlier ones; None for a team that is always open."""
        known = self._known.get(team.pk)
        if known is None or (since and since < known[0]):
            start = self._start(since or self._now)
            known = self._known[team.pk] = start, working_hours(team, start, self._until)
        return known[1]

    def _start(self, since: datetime) -> datetime:
        back = HOURS_BACK
        while self._now - back > since:
            back *= 2  # an older one is there rarely, and then asks for all that younger ones need
        return self._now - back


def gaps(teams: Collection[Team], start: datetime, end: datetime) -> dict[int, list[Gap]]:
    """Where fewer people who answer are planned than a team's cover says. Seven questions, however many the teams."""
    needed = _needed(teams, Stretch(start, end))
    belongs = Membership.objects.filter(team__in=needed, role__in=ANSWERING, agent__is_active=True)
    pairs = set(belongs.values_list("team", "agent"))
    plans = planned(Agent.objects.filter(pk__in={agent for _team, agent in pairs}), start, end)
    return {
        team: shifts.gaps(needed[team], [plans[agent] for of, agent in sorted(pairs) if of == team]) for team in needed
    }


def members_of(teams: Collection[Team]) -> QuerySet[Agent]:
    """The people who work in any of these teams."""
    belongs = Membership.objects.filter(team__in=teams, role__in=WORKERS)
    return Agent.objects.filter(is_active=True, pk__in=belongs.values("agent")).order_by("name", "pk")


def _answering_in(team: Team) -> QuerySet[Agent]:
    return Agent.objects.filter(is_active=True, memberships__team=team, memberships__role__in=ANSWERING).distinct()


def holidays_of(calendar: TeamCalendar, first: date, last: date, language: str | None = None) -> dict[date, str]:
    """The public holidays of a team and their names."""
    return holidays_between(calendar.country, calendar.subdivision, first, last, language)


def look_at(agents: Iterable[int], now: datetime) -> None:
    """Something in their plans has changed: look at them at once."""
    ids = set(agents)
    Roster.objects.bulk_create([Roster(agent_id=pk) for pk in sorted(ids)], ignore_conflicts=True)
    Roster.objects.filter(pk__in=ids).update(due_at=now)


def _first_start(agents: list[Agent], now: datetime) -> datetime | None:
    start = now
    for horizon in HORIZONS:
        found = planned(agents, start, now + horizon).values()
        # A shift that goes on across `start` begins there only because the window does.
        if first := min(filter(None, (shifts.next_start(plan, start) for plan in found)), default=None):
            return first
        start = now + horizon
    return None


def _weekly(ids: Collection[int], window: Stretch) -> Mapping[int, list[Stretch]]:
    rows: dict[int, list[Weekly]] = defaultdict(list)
    for shift in hot.rows(Shift, "WHERE t.agent_id = ANY(%s::bigint[])", [list(ids)]):
        rows[shift.agent_id].append(
            Weekly(
                weekday=shift.weekday,
                starts=shift.starts,
                ends=shift.ends,
                zone=shift.timezone,
                since=shift.since,
                until=shift.until or date.max,
                on_holidays=shift.on_holidays,
            )
        )
    free = _holidays(ids, window)
    return {pk: shifts.stretches(weekly, window, free[pk]) for pk, weekly in rows.items()}


def _holidays(ids: Collection[int], window: Stretch) -> Mapping[int, set[date]]:
    """Everybody's days off because they are public holidays in any team of his."""
    found: dict[int, set[date]] = defaultdict(set)
    for pk, country, subdivision in hot.fetch(COUNTRIES, [list(ids), list(WORKERS)]):
        found[pk] |= set(holidays_between(country, subdivision, *_days(window)))
    return found


def _days(window: Stretch) -> tuple[date, date]:
    """The days it touches on any wall of the world."""
    return (window.starts - timedelta(days=2)).date(), (window.ends + timedelta(days=2)).date()


def _work(pk: int, weekly: Mapping[int, list[Stretch]], changes: list[Change], window: Stretch) -> list[Stretch]:
    his = [change for change in changes if change.agent_id == pk]
    received = [change for change in changes if change.instead_id == pk]
    found = shifts.work(
        weekly.get(pk, []),
        given=_those(his, ChangeKind.SWAP),
        received=[
            part for change in received for part in shifts.overlap(weekly.get(change.agent_id, []), [_stretch(change)])
        ],
        off=_those(his, ChangeKind.DAY_OFF) + _those(his, ChangeKind.SICK),
        extra=_those(his, ChangeKind.EXTRA),
    )
    return shifts.within(found, window)


def _those(changes: Iterable[Change], kind: ChangeKind) -> list[Stretch]:
    return [_stretch(change) for change in changes if change.kind == kind]


def _stretch(change: Change) -> Stretch:
    return Stretch(change.starts_at.astimezone(UTC), change.ends_at.astimezone(UTC))


def _needed(teams: Iterable[Team], window: Stretch) -> dict[int, list[tuple[Stretch, int]]]:
    """How many people each team that has a cover needs, and when."""
    rows = list(Cover.objects.filter(team__in=teams).order_by("pk"))
    calendars = {c.team_id: c for c in TeamCalendar.objects.filter(team__in={row.team_id for row in rows})}
    found: dict[int, list[tuple[Stretch, int]]] = defaultdict(list)
    for row in rows:
        calendar = calendars.get(row.team_id) or TeamCalendar(team_id=row.team_id)
        weekly = Weekly(row.weekday, row.starts, row.ends, calendar.timezone)
        free = holidays_of(calendar, *_days(window))
        found[row.team_id] += [(each, row.people) for each in shifts.stretches([weekly], window, free)]
    return dict(found)


def midnight(day: date, zone: str) -> datetime:
    """When a day begins on the wall of a zone."""
    return shifts.instant(day, datetime.min.time(), ZoneInfo(zone))
