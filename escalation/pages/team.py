"""A team's calendar: its clock, its public holidays, and how many people it needs when."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from escalation.hours import spans_of_people, written_of_people
from escalation.models import Cover, TeamCalendar
from escalation.models.shifts import Weekday
from escalation.pages.forms import dressed
from escalation.planning import may_plan_team, set_calendar
from escalation.previewing import Preview, carried_out
from escalation.public_holidays import countries
from inbox.errors import Invalid, NotAllowed
from inbox.models import Agent, Conversation, Team
from inbox.permissions import Can, allows
from inbox.web.requests import agent_of
from inbox.web.zones import ZoneField


class Needs(forms.CharField):
    """How many people are needed when, as people write it."""

    def clean(self, value: Any) -> Any:
        """A list of stretches with people. Raise ValidationError with what is wrong."""
        try:
            return spans_of_people(super().clean(value))
        except Invalid as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class CalendarForm(forms.Form):
    """What a supervisor decides about it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"] = ZoneField(label=_("By the clock of"))
        known = [("", _("no country")), *((code, code) for code in sorted(countries()))]
        self.fields["country"] = forms.ChoiceField(label=_("Public holidays of"), choices=known, required=False)
        self.fields["subdivision"] = forms.CharField(
            label=_("Part of the country (like BY for Bavaria)"), max_length=10, required=False
        )
        for day in Weekday:
            self.fields[f"day_{day}"] = Needs(label=day.label, max_length=200, required=False)
        dressed(self)


@login_required
def team(request: HttpRequest, team_id: int) -> HttpResponse:
    """Look at it and change it."""
    chosen, by = get_object_or_404(Team, pk=team_id, closed_at=None), agent_of(request)
    if not may_plan_team(by, chosen):
        raise NotAllowed
    form, preview = CalendarForm(request.POST or None, initial=_initial(chosen)), None
    may_confirm = allows(by, Can.MAKE_POLICIES)
    if request.method == "POST" and form.is_valid():
        try:
            preview = _saved(form, chosen, by, confirmed=may_confirm and "confirm" in request.POST)
        except Invalid as refusal:
            form.add_error("subdivision", str(refusal))
        else:
            if not preview.how_many:
                messages.success(request, _("Saved."))
                return redirect(f"{reverse('escalation:calendar')}?team={chosen.pk}")
    context = {"team": chosen, "form": form, "preview": preview, "may_confirm": may_confirm}
    status = 409 if preview else 400 if form.is_bound else 200
    return render(request, "escalation/team.html", context, status=status)


def _saved(form: CalendarForm, team: Team, by: Agent, *, confirmed: bool) -> Preview:
    """The same hours are those by which clocks run: what would climb at once because of it is shown first."""
    told, now = form.cleaned_data, timezone.now()
    about = {name: told[name] for name in ("zone", "country", "subdivision")}
    cover = {int(day): told[f"day_{day}"] for day in Weekday}
    return carried_out(
        lambda: set_calendar(team, **about, cover=cover, by=by, now=now),
        confirmed=confirmed,
        now=now,
        rows=Conversation.objects.filter(team=team),
        calendar_of=team,
    )


def _initial(team: Team) -> dict[str, object]:
    calendar = TeamCalendar.objects.filter(team=team).first() or TeamCalendar(team=team)
    days: dict[int, list[tuple[Any, Any, int]]] = {}
    for need in Cover.objects.filter(team=team):
        days.setdefault(need.weekday, []).append((need.starts, need.ends, need.people))
    return {
        "zone": calendar.timezone,
        "country": calendar.country,
        "subdivision": calendar.subdivision,
        **{f"day_{day}": written_of_people(needs) for day, needs in days.items()},
    }
