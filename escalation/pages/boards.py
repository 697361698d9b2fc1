"""Boards: a team's work now, and what must be solved."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from escalation import board as work
from escalation import routing
from escalation.pages.forms import dressed
from escalation.subscribers import fill
from inbox.desk.capacity import set_capacity
from inbox.desk.levels import highest, holds
from inbox.desk.ownership import duty_lead
from inbox.errors import Refusal
from inbox.models import Agent, Status
from inbox.permissions import Can, require, teams_where
from inbox.web.requests import agent_of


@login_required
def board(request: HttpRequest, team_id: int | None = None) -> HttpResponse:
    """A team's work: who has how much, what is overdue, what waits, what was promised."""
    supervisor = agent_of(request)
    require(supervisor, Can.SEE_WORK)
    teams = list(teams_where(supervisor, Can.SEE_WORK).filter(closed_at=None).order_by("name"))
    if not teams:
        return render(request, "escalation/board.html", {"teams": teams})
    chosen = next((team for team in teams if team.pk == team_id), teams[0])
    now = timezone.now()
    people = work.work_of(chosen, now, timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0))
    context = {
        "teams": teams,
        "chosen": chosen,
        "people": people,
        "on_shift": sum(person.agent.status == Status.ON_SHIFT for person in people),
        "climbed": work.climbed_in(chosen),
        "queue": work.queue_of(chosen),
        "promises": work.promises_of(chosen, now),
        "lead": duty_lead(chosen, now),
        **_around(supervisor),
    }
    return render(request, "escalation/board.html", context)


@login_required
def in_hand(request: HttpRequest, team_id: int, agent_id: int) -> HttpResponse:
    """What one person of a team has in hand, each a step away from being taken over."""
    supervisor = agent_of(request)
    require(supervisor, Can.SEE_WORK)
    team = get_object_or_404(teams_where(supervisor, Can.SEE_WORK), pk=team_id)
    owner = get_object_or_404(Agent.objects.filter(memberships__team=team).distinct(), pk=agent_id)
    around = _around(supervisor)
    rows = work.in_hand(owner, team, timezone.now())
    return render(request, "escalation/in_hand.html", {"team": team, "owner": owner, "rows": rows, **around})


def _around(supervisor: Agent) -> dict[str, object]:
    """What cards of conversations need: the ladder, the time, and what he may take from its top."""
    top = highest()
    return {"rungs": range(1, top + 1), "now": timezone.now(), "top": top, "holds_top": holds(supervisor, top)}


@login_required
def must_be_solved(request: HttpRequest) -> HttpResponse:
    """What stands on the highest level, oldest first: nobody can hand it down."""
    agent = agent_of(request)
    require(agent, Can.READ)
    asked = request.GET.get("after", "")
    after = int(asked) if asked.isdecimal() and len(asked) < 19 else None
    rows, more = work.must_be_solved(agent, after)
    context = {"rows": rows, "after": after, "more": more, **_around(agent)}
    return render(request, "escalation/must_be_solved.html", context)


class CapacityForm(forms.Form):
    """How much he may be given."""

    capacity = forms.IntegerField(label=gettext_lazy("Capacity"), min_value=0, max_value=1000)
    reserved = forms.IntegerField(
        label=gettext_lazy("Of it reserved for important clients"), min_value=0, max_value=1000
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dressed(self)


@login_required
def capacity(request: HttpRequest, agent_id: int) -> HttpResponse:
    """Say how much open work routing may give to a person of one's team."""
    supervisor = agent_of(request)
    teams = teams_where(supervisor, Can.SEE_WORK)
    chosen = get_object_or_404(Agent.objects.filter(memberships__team__in=teams).distinct(), pk=agent_id)
    initial = {"capacity": chosen.capacity, "reserved": chosen.reserved}
    form = CapacityForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            set_capacity(chosen, **form.cleaned_data, by=supervisor, now=timezone.now())
        except Refusal as refusal:
            form.add_error("reserved", str(refusal))
        else:
            fill.give()
            messages.success(request, _("Saved."))
            return redirect("escalation:board")
    context = {"form": form, "title": chosen.name, "chosen": None, "back": "escalation:board"}
    return render(request, "escalation/form.html", context)


@login_required
def spread(request: HttpRequest, team_id: int) -> HttpResponse:
    """Give what waits in the queue to whoever has room, now."""
    supervisor = agent_of(request)
    chosen = get_object_or_404(teams_where(supervisor, Can.SEE_WORK), pk=team_id)
    if request.method == "POST":
        given = routing.fill([chosen.pk], now=timezone.now())
        messages.success(request, _("Given to people on shift: %(n)s.") % {"n": given})
    return redirect("escalation:team_board", chosen.pk)
