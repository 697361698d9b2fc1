"""The calendar: who of a team works when in a week, what differs from the ordinary, and where somebody is missing."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from escalation import rosters
from escalation.models import Change, TeamCalendar
from escalation.planning import may_plan_team
from escalation.shifts import Gap, Stretch, within
from inbox.models import Agent, Status, Team
from inbox.permissions import Can, allows, teams_where
from inbox.web.requests import agent_of

MINUTE = timedelta(minutes=1)
DAYS = 7


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the reader: how it is called, how long it is, and whether it is a holiday of the team."""

    date: date
    stretch: Stretch
    holiday: str
    is_today: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of a day: its words, and where it is drawn, in thousandths of the day."""

    words: str
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Cell:
    """What one person does on one day."""

    bars: list[Bar]
    changes: list[Change]


@dataclass(frozen=True, slots=True)
class Row:
    """One person's week."""

    agent: Agent
    cells: list[Cell]
    may_open: bool
    may_move: bool


@login_required
def calendar(request: HttpRequest) -> HttpResponse:
    """A week of a team, by the reader's clock."""
    agent = agent_of(request)
    teams = list(teams_of(agent).order_by("name"))
    asked = request.GET.get("team", "")
    team = next((each for each in teams if str(each.pk) == asked), teams[0] if teams else None)
    if team is None:
        return render(request, "escalation/calendar.html", {"teams": teams})
    monday = _monday(request.GET.get("week", ""))
    context = {
        "teams": teams,
        "team": team,
        "monday": monday,
        "before": monday - timedelta(days=DAYS),
        "after": monday + timedelta(days=DAYS),
        "zone": timezone.get_current_timezone_name().replace("_", " "),
        "may_plan_team": may_plan_team(agent, team),
        **week(team, monday, agent),
    }
    return render(request, "escalation/calendar.html", context)


def teams_of(agent: Agent) -> QuerySet[Team]:
    """The teams whose calendar he sees: where he works, and all of them if he runs people."""
    teams = Team.objects.all() if allows(agent, Can.RUN_PEOPLE) else teams_where(agent, Can.READ)
    return teams.filter(closed_at=None)


def week(team: Team, monday: date, reader: Agent) -> dict[str, object]:
    """The days, the rows and the gaps of a week; the same few questions, however many people there are."""
    days = _days(team, monday)
    start, end = days[0].stretch.starts, days[-1].stretch.ends
    people = list(rosters.members_of([team]))
    plans = rosters.planned(people, start, end)
    changes = _changes(people, start, end)
    gaps = rosters.gaps([team], max(start, timezone.now()), end).get(team.pk, []) if end > timezone.now() else []
    watches = allows(reader, Can.ASSIGN, team)
    rows = [
        Row(
            agent=person,
            cells=[_cell(day, plans[person.pk], changes.get(person.pk, [])) for day in days],
            may_open=person == reader or may_plan_team(reader, team),
            may_move=watches and person.status != Status.OFF and person != reader,
        )
        for person in people
    ]
    return {"days": days, "rows": rows, "gaps": [_gaps_of(day, gaps) for day in days], "has_gaps": bool(gaps)}


def _monday(text: str) -> date:
    """The Monday of the week that a page asks for; of this week for anything else."""
    today = timezone.localdate()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = today
    day = day if abs((day - today).days) < 5 * 366 else today
    return day - timedelta(days=day.weekday())


def _days(team: Team, monday: date) -> list[Day]:
    calendar = TeamCalendar.objects.filter(team=team).first() or TeamCalendar(team=team)
    named = rosters.holidays_of(calendar, monday, monday + timedelta(days=DAYS), get_language())
    dates = [monday + timedelta(days=number) for number in range(DAYS + 1)]
    edges = [timezone.make_aware(datetime.combine(day, time())).astimezone(UTC) for day in dates]
    today = timezone.localdate()
    return [
        Day(
            dates[number],
            Stretch(edges[number], edges[number + 1]),
            named.get(dates[number], ""),
            dates[number] == today,
        )
        for number in range(DAYS)
    ]


def _changes(people: list[Agent], start: datetime, end: datetime) -> dict[int, list[Change]]:
    found: dict[int, list[Change]] = {}
    rows = Change.objects.filter(agent__in=people, starts_at__lt=end, ends_at__gt=start).select_related("instead")
    for change in rows:
        found.setdefault(change.agent_id, []).append(change)
    return found


def _cell(day: Day, plan: list[Stretch], changes: list[Change]) -> Cell:
    here = [each for each in changes if each.starts_at < day.stretch.ends and each.ends_at > day.stretch.starts]
    return Cell([_bar(day, each) for each in within(plan, day.stretch)], here)


def _bar(day: Day, stretch: Stretch) -> Bar:
    whole = day.stretch.ends - day.stretch.starts
    x = round((stretch.starts - day.stretch.starts) / whole * 1000)
    width = round((stretch.ends - stretch.starts) / whole * 1000)
    return Bar(_words(stretch, day), x, max(width, 1))


def _words(stretch: Stretch, day: Day) -> str:
    ends = "24:00" if stretch.ends == day.stretch.ends else f"{timezone.localtime(stretch.ends):%H:%M}"
    return f"{timezone.localtime(stretch.starts):%H:%M}–{ends}"


def _gaps_of(day: Day, gaps: list[Gap]) -> list[str]:
    """In words: when, and how many are missing."""
    return [
        _("%(time)s: %(n)s missing") % {"time": _words(part, day), "n": gap.missing}
        for gap in gaps
        for part in within([Stretch(gap.starts, gap.ends)], day.stretch)
    ]
