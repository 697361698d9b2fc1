"""The pages of the month table."""

from collections.abc import Iterator
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from inbox.models import Agent, Conversation, Team
from inbox.permissions import Can, require, teams_where
from inbox.web.requests import agent_of
from reports import monthly, work
from reports.export import as_csv
from reports.monthly import Asked, Line
from reports.periods import Month

SHOWN = 200


@login_required
def month(request: HttpRequest) -> HttpResponse:
    """What each person and team solved, passed on, lost and held in a month."""
    agent = agent_of(request)
    require(agent, Can.SEE_WORK)
    asked, teams = _asked(request.GET.get("month", "")), list(_teams(agent))
    chosen = next((team for team in teams if str(team.pk) == request.GET.get("team")), None)
    context = {
        "lines": monthly.table(asked, [chosen] if chosen else teams),
        "month": asked.month,
        "is_last": asked.month >= Month.of(timezone.localtime()),
        "teams": teams,
        "chosen": chosen,
        "numbers": [(name, work.label(name), work.definition(name)) for name in work.NUMBERS],
    }
    return render(request, "reports/month.html", context)


@login_required
def month_as_file(request: HttpRequest, text: str) -> StreamingHttpResponse:
    """The table of all his teams as a file."""
    agent = agent_of(request)
    require(agent, Can.SEE_WORK)
    asked = _asked(text)
    return as_csv(f"otvet-{asked.month}", _table(monthly.table(asked, _teams(agent))))


@login_required
def behind(request: HttpRequest, text: str, number: str, team_id: int, person_id: int) -> HttpResponse:
    """The conversations that one number counts, as far as he may read them."""
    agent = agent_of(request)
    asked, team, person, found = _counted(agent, text, number, team_id, person_id)
    rows = list(monthly.as_he_may_see(agent, found[:SHOWN]))
    context = {
        "rows": rows,
        "month": asked.month,
        "number": number,
        "label": work.label(number),
        "definition": work.definition(number),
        "team": team,
        "person": person,
        "hidden": len(found[:SHOWN]) - len(rows),
        "more": max(len(found) - SHOWN, 0),
    }
    return render(request, "reports/behind.html", context)


@login_required
def behind_as_file(request: HttpRequest, text: str, number: str, team_id: int, person_id: int) -> StreamingHttpResponse:
    """All of them as a file."""
    agent = agent_of(request)
    asked, team, _person, found = _counted(agent, text, number, team_id, person_id)
    rows = _conversations(monthly.as_he_may_see(agent, found))
    return as_csv(f"otvet-{asked.month}-{number}-{team.pk}-{person_id}", rows)


def _asked(text: str) -> Asked:
    """The month that is written there, or else the present one, on the wall of who reads."""
    zone = timezone.get_current_timezone_name()
    try:
        chosen = Month.read(text) if text else Month.of(timezone.localtime())
        chosen.begins(zone), chosen.ends(zone)
    except (ValueError, OverflowError) as error:
        raise Http404 from error
    return Asked(chosen, zone, timezone.now())


def _teams(agent: Agent) -> Iterator[Team]:
    return teams_where(agent, Can.SEE_WORK).order_by("name").iterator()


def _counted(
    agent: Agent, text: str, number: str, team_id: int, person_id: int
) -> tuple[Asked, Team, Agent | None, list[tuple[int, datetime]]]:
    require(agent, Can.SEE_WORK)
    if number not in work.NUMBERS:
        raise Http404
    team = get_object_or_404(teams_where(agent, Can.SEE_WORK), pk=team_id)
    person = get_object_or_404(Agent, pk=person_id) if person_id else None
    asked = _asked(text)
    return asked, team, person, monthly.behind(asked, number, team, person.pk if person else None)


def _table(lines: list[Line]) -> Iterator[list[object]]:
    yield [_("Team"), _("Person"), *(work.label(name) for name in work.NUMBERS)]
    for line in lines:
        numbers = [round(value, 2) if value % 1 else int(value) for _name, value in line.cells]
        yield [line.team.name, line.person.name if line.person else "", *numbers]


def _conversations(rows: Iterator[tuple[Conversation, datetime]]) -> Iterator[list[object]]:
    yield [_("Number"), _("Subject"), _("Customer"), _("State"), _("Team"), _("Person"), _("When")]
    for row, at in rows:
        owner = row.owner.name if row.owner else ""
        state = row.get_state_display()
        when = timezone.localtime(at).isoformat(timespec="seconds")
        yield [row.number, row.subject, str(row.customer), state, row.team.name, owner, when]
