"""One person's plan: his weekly shifts, what differs from them, and his plan as a file."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from escalation import icalendars, planning
from escalation.hours import Span, spans, written
from escalation.models import Change, ChangeKind, Shift
from escalation.models.shifts import Weekday
from escalation.pages.forms import dressed
from escalation.shifts import instant
from inbox.errors import Invalid, NotAllowed
from inbox.models import Agent
from inbox.web.requests import agent_of
from inbox.web.zones import ZoneField

# What lies further away is a slip of the pen, and no calendar can count with it.
NEAR = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2200, 1, 1))]


class Spans(forms.CharField):
    """The stretches of a day, as people write them."""

    def clean(self, value: Any) -> Any:
        """A list of stretches. Raise ValidationError with what is wrong."""
        try:
            return spans(super().clean(value))
        except Invalid as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class WeekForm(forms.Form):
    """His week from a day on."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day in Weekday:
            self.fields[f"day_{day}"] = Spans(label=day.label, max_length=200, required=False)
        self.fields["zone"] = ZoneField(label=_("By the clock of"))
        day_input = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        self.fields["since"] = forms.DateField(label=_("From this day on"), widget=day_input, validators=NEAR)
        self.fields["on_holidays"] = forms.BooleanField(label=_("On public holidays, too"), required=False)
        dressed(self)

    def week(self) -> dict[int, list[Span]]:
        """The stretches of each day."""
        return {int(day): self.cleaned_data[f"day_{day}"] for day in Weekday}


class ChangeForm(forms.Form):
    """What is otherwise, from one day to another, by his clock; all day unless times are given."""

    kind = forms.ChoiceField(label=gettext_lazy("What"), choices=ChangeKind.choices)
    first = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput({"type": "date"}), validators=NEAR)
    last = forms.DateField(
        label=gettext_lazy("Last day"), widget=forms.DateInput({"type": "date"}), validators=NEAR, required=False
    )
    starts = forms.TimeField(
        label=gettext_lazy("From (all day if empty)"), widget=forms.TimeInput({"type": "time"}), required=False
    )
    ends = forms.TimeField(label=gettext_lazy("To"), widget=forms.TimeInput({"type": "time"}), required=False)
    instead = forms.ModelChoiceField(
        Agent.objects.none(), label=gettext_lazy("Who works instead (for a swap)"), required=False
    )
    reason = forms.CharField(label=gettext_lazy("Remark"), max_length=200, required=False)

    def __init__(self, *args: Any, agent: Agent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Agent.objects.filter(is_active=True).exclude(pk=agent.pk).order_by("name")
        self.fields["instead"].queryset = others  # type: ignore[attr-defined]  # of a ModelChoiceField
        dressed(self)

    def stretch(self, zone: str) -> tuple[datetime, datetime]:
        """From when to when, in UTC. An end that is not after its start is on the next day."""
        place, told = ZoneInfo(zone), self.cleaned_data
        first, last = told["first"], told["last"] or told["first"]
        starts, ends = told["starts"] or time(), told["ends"] or time()
        if ends == time() or (last == first and ends <= starts):
            last += timedelta(days=1)
        return instant(first, starts, place), instant(last, ends, place, is_end=True)


@login_required
def person(request: HttpRequest, agent_id: int) -> HttpResponse:
    """Look at it; a supervisor changes the weekly shifts."""
    agent, plans = _person(request, agent_id)
    form = WeekForm(request.POST or None, initial=_initial(agent))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        about = {"zone": told["zone"], "since": told["since"], "on_holidays": told["on_holidays"]}
        planning.set_week(agent, form.week(), **about, by=agent_of(request), now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("escalation:shifts_of", agent.pk)
    return _page(request, agent, plans=plans, form=form)


@login_required
@require_POST
def change(request: HttpRequest, agent_id: int) -> HttpResponse:
    """Plan that it is otherwise."""
    agent, _plans = _person(request, agent_id)
    form = ChangeForm(request.POST, agent=agent)
    if form.is_valid():
        try:
            _plan(form, agent, agent_of(request))
        except Invalid as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("escalation:shifts_of", agent.pk)
    return _page(request, agent, plans=True, change_form=form)


def _plan(form: ChangeForm, agent: Agent, by: Agent) -> None:
    starts_at, ends_at = form.stretch(planning.zone_of(agent))
    told = form.cleaned_data
    planning.plan_change(
        agent,
        ChangeKind(told["kind"]),
        starts_at=starts_at,
        ends_at=ends_at,
        instead=told["instead"],
        reason=told["reason"],
        by=by,
        now=timezone.now(),
    )


@login_required
@require_POST
def drop(request: HttpRequest, agent_id: int, change_id: int) -> HttpResponse:
    """It is not otherwise after all."""
    change = get_object_or_404(Change.objects.select_related("agent"), pk=change_id, agent=agent_id)
    planning.drop_change(change, by=agent_of(request), now=timezone.now())
    return redirect("escalation:shifts_of", agent_id)


@login_required
def ics(request: HttpRequest, agent_id: int) -> HttpResponse:
    """His plan as a file for his own calendar."""
    agent, _plans = _person(request, agent_id)
    response = HttpResponse(icalendars.export(agent, timezone.now()), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="shifts-{agent.pk}.ics"'
    return response


@login_required
@require_POST
def import_ics(request: HttpRequest, agent_id: int) -> HttpResponse:
    """Take over changes from a file."""
    agent, _plans = _person(request, agent_id)
    file = request.FILES.get("file")
    raw = file.read(icalendars.LARGEST + 1) if file else b""
    try:
        done = icalendars.import_(agent, raw, by=agent_of(request), now=timezone.now())
    except Invalid as refusal:
        messages.error(request, str(refusal))
    else:
        said = _(
            "New: %(made)s, altered: %(altered)s, dropped: %(dropped)s, as before: %(same)s, not ours: %(others)s."
        )
        counts = {name: getattr(done, name) for name in ("made", "altered", "dropped", "same", "others")}
        messages.success(request, said % counts)
    return redirect("escalation:shifts_of", agent.pk)


def _person(request: HttpRequest, agent_id: int) -> tuple[Agent, bool]:
    """He, and whether the reader plans for him. Raise NotAllowed for whom it is no business."""
    agent, reader = get_object_or_404(Agent, pk=agent_id), agent_of(request)
    plans = planning.may_plan(reader, agent)
    if not plans and agent != reader:
        raise NotAllowed
    return agent, plans


def _page(request: HttpRequest, agent: Agent, *, plans: bool, **forms_: forms.Form) -> HttpResponse:
    now = timezone.now()
    zone = planning.zone_of(agent)
    context = {
        "agent": agent,
        "plans": plans,
        "form": forms_.get("form") or WeekForm(initial=_initial(agent)),
        "change_form": forms_.get("change_form") or ChangeForm(agent=agent),
        "changes": Change.objects.filter(agent=agent, ends_at__gt=now).select_related("instead")[:100],
        "stands_in": Change.objects.filter(instead=agent, ends_at__gt=now).select_related("agent")[:100],
        "week": _week(agent, now),
        "zone": zone.replace("_", " "),
    }
    refused = any(form.is_bound and not form.is_valid() for form in forms_.values())
    return render(request, "escalation/person.html", context, status=400 if refused else 200)


def _today(agent: Agent, now: datetime) -> date:
    return now.astimezone(UTC).astimezone(ZoneInfo(planning.zone_of(agent))).date()


def _week(agent: Agent, now: datetime) -> list[tuple[str, str]]:
    days = _by_day(planning.week_on(agent, _today(agent, now)))
    return [(str(day.label), written(days[day])) for day in Weekday if day in days]


def _by_day(rows: list[Shift]) -> dict[int, list[Span]]:
    found: dict[int, list[Span]] = {}
    for shift in rows:
        found.setdefault(shift.weekday, []).append((shift.starts, shift.ends))
    return found


def _initial(agent: Agent) -> dict[str, object]:
    """His week as it stands from today on, or as it is to be if it is planned anew already."""
    today = _today(agent, timezone.now())
    ahead = Shift.objects.filter(agent=agent).order_by("-since").first()
    since = max(today, ahead.since) if ahead else today
    rows = planning.week_on(agent, since)
    return {
        **{f"day_{day}": written(found) for day, found in _by_day(rows).items()},
        "zone": planning.zone_of(agent),
        "since": since,
        "on_holidays": any(shift.on_holidays for shift in rows),
    }
