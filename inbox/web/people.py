"""Pages for people: who works here, in which teams, with which roles, and who stands on the ladder."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from inbox.desk import brands, links
from inbox.desk import people as desk
from inbox.desk import teams as teams_desk
from inbox.desk.judge import AgainstGuidelines, in_short
from inbox.errors import Refusal
from inbox.models import Agent, Brand, Level, Membership, Role, Team
from inbox.permissions import Can, allows, require
from inbox.web.requests import agent_of

INPUT = {"class": "input"}
TICK = {"class": "tick"}
ACTIVE = Agent.objects.filter(is_active=True)


class AgentForm(forms.Form):
    """Who he is, and what he may do in each team."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=150, widget=forms.TextInput(INPUT))
    email = forms.EmailField(label=gettext_lazy("E-mail"), widget=forms.EmailInput(INPUT))
    admin = forms.BooleanField(
        label=gettext_lazy("Admin: connects channels and makes accounts"),
        required=False,
        widget=forms.CheckboxInput(TICK),
    )
    manager = forms.BooleanField(
        label=gettext_lazy("Manager of all teams"), required=False, widget=forms.CheckboxInput(TICK)
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("not in this team")), *((r.value, r.label) for r in Role if r != Role.ADMIN)]
        for team in Team.objects.filter(closed_at=None).order_by("name"):
            self.fields[f"team_{team.pk}"] = forms.ChoiceField(
                label=team.name, choices=choices, required=False, widget=forms.Select(INPUT)
            )

    def roles(self) -> list[tuple[Role, Team | None]]:
        """What was chosen."""
        chosen: list[tuple[Role, Team | None]] = []
        if self.cleaned_data["admin"]:
            chosen.append((Role.ADMIN, None))
        if self.cleaned_data["manager"]:
            chosen.append((Role.MANAGER, None))
        teams = Team.objects.filter(closed_at=None)
        chosen += [(Role(role), team) for team in teams if (role := self.cleaned_data.get(f"team_{team.pk}"))]
        return chosen


class TeamForm(forms.Form):
    """A team and its standing lead."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100, widget=forms.TextInput(INPUT))
    lead = forms.ModelChoiceField(ACTIVE, label=gettext_lazy("Standing lead"), widget=forms.Select(INPUT))


class LevelForm(forms.Form):
    """A rung of the ladder."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100, widget=forms.TextInput(INPUT))
    holder = forms.ModelChoiceField(ACTIVE, label=gettext_lazy("Holder"), widget=forms.Select(INPUT))
    deputy = forms.ModelChoiceField(ACTIVE, label=gettext_lazy("Deputy"), required=False, widget=forms.Select(INPUT))


class BrandForm(forms.ModelForm[Brand]):
    """A brand's name and signature."""

    class Meta:
        model = Brand
        fields = ("name", "signature")
        widgets = {"name": forms.TextInput(INPUT), "signature": forms.Textarea({**INPUT, "rows": 3})}


@login_required
def people(request: HttpRequest) -> HttpResponse:
    """Everybody, the teams, the ladder and the brands."""
    require(agent_of(request), Can.RUN_PEOPLE)
    agents = Agent.objects.order_by("-is_active", "name").prefetch_related("memberships__team")
    context = {
        "agents": agents,
        "teams": Team.objects.filter(closed_at=None).select_related("lead").order_by("name"),
        "levels": Level.objects.select_related("holder", "deputy"),
        "next_level": Level.objects.count() + 1,
        "brands": Brand.objects.order_by("name"),
    }
    return render(request, "people/people.html", context)


@login_required
def make_agent(request: HttpRequest) -> HttpResponse:
    """Make an account; its invitation is shown once."""
    admin = agent_of(request)
    require(admin, Can.RUN_PEOPLE)
    form = AgentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            agent = desk.make_agent(name=form.cleaned_data["name"], email=form.cleaned_data["email"], by=admin, now=now)
            desk.set_roles(agent, form.roles(), by=admin, now=now)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return _invited(request, agent, admin)
    return render(request, "people/form.html", {"form": form, "title": _("New person")})


@login_required
def change_agent(request: HttpRequest, agent_id: int) -> HttpResponse:
    """Change who he is and what he may do."""
    admin = agent_of(request)
    require(admin, Can.RUN_PEOPLE)
    agent = get_object_or_404(Agent, pk=agent_id)
    form = AgentForm(request.POST or None, initial=_initial(agent))
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        who = {"name": form.cleaned_data["name"], "email": form.cleaned_data["email"]}
        try:
            with transaction.atomic():  # all of it is saved, or nothing
                desk.change_agent(agent, **who, by=admin, now=now)
                desk.set_roles(agent, form.roles(), by=admin, now=now)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("inbox:people")
    return render(request, "people/form.html", {"form": form, "title": agent.name, "agent": agent})


def _initial(agent: Agent) -> dict[str, object]:
    held = list(Membership.objects.filter(agent=agent))
    return {
        "name": agent.name,
        "email": agent.email,
        "admin": any(m.role == Role.ADMIN for m in held),
        "manager": any(m.role == Role.MANAGER and m.team_id is None for m in held),
        **{f"team_{m.team_id}": m.role for m in held if m.team_id},
    }


@login_required
@require_POST
def agent_act(request: HttpRequest, agent_id: int) -> HttpResponse:
    """Invite him again, switch him off, or let him in again."""
    admin = agent_of(request)
    agent = get_object_or_404(Agent, pk=agent_id)
    try:
        match request.POST.get("what"):
            case "invite":
                return _invited(request, agent, admin)
            case "off":
                gone = desk.switch_off(agent, by=admin, now=timezone.now())
                said = _("%(name)s is switched off. %(n)s conversations went to the queues.")
                messages.success(request, said % {"name": agent.name, "n": gone})
            case "on":
                desk.switch_on(agent, by=admin, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("inbox:people")


def _invited(request: HttpRequest, agent: Agent, admin: Agent) -> HttpResponse:
    """The page that shows an invitation, this once: only its hash is kept."""
    secret = links.invite(agent, by=admin, now=timezone.now())
    link = request.build_absolute_uri(reverse("inbox:link", args=[secret]))
    return render(request, "people/invited.html", {"agent": agent, "link": link})


@login_required
def team(request: HttpRequest, team_id: int | None = None) -> HttpResponse:
    """Make or change a team."""
    admin = agent_of(request)
    require(admin, Can.RUN_PEOPLE)
    chosen = get_object_or_404(Team, pk=team_id) if team_id else None
    initial = {"name": chosen.name, "lead": chosen.lead} if chosen else None
    form = TeamForm(request.POST or None, initial=initial)
    if request.method == "POST" and ("close" in request.POST or form.is_valid()):
        try:
            saved = _save_team(chosen, form, admin, close="close" in request.POST)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            _warn_of_a_blind_lead(request, saved)
            return redirect("inbox:people")
    title = chosen.name if chosen else _("New team")
    return render(request, "people/form.html", {"form": form, "title": title, "closable": chosen})


def _save_team(chosen: Team | None, form: TeamForm, admin: Agent, *, close: bool) -> Team | None:
    """The team as it is now; None if it was closed."""
    now = timezone.now()
    if chosen and close:
        teams_desk.close_team(chosen, by=admin, now=now)
        return None
    name, lead = form.cleaned_data["name"], form.cleaned_data["lead"]
    if chosen is None:
        return teams_desk.make_team(name, lead=lead, by=admin, now=now)
    teams_desk.change_team(chosen, name=name, lead=lead, by=admin, now=now)
    return Team.objects.get(pk=chosen.pk)


def _warn_of_a_blind_lead(request: HttpRequest, team: Team | None) -> None:
    """He answers for what waits in the team's queue, and without a role there he cannot read it."""
    if team and not allows(team.lead, Can.READ, team):
        said = _("%(name)s leads %(team)s, but has no role in it and may not read what comes there: give one.")
        messages.warning(request, said % {"name": team.lead.name, "team": team.name})


@login_required
def level(request: HttpRequest, number: int) -> HttpResponse:
    """Make or change a rung of the ladder."""
    admin = agent_of(request)
    require(admin, Can.RUN_PEOPLE)
    chosen = Level.objects.filter(number=number).first()
    initial = {"name": chosen.name, "holder": chosen.holder, "deputy": chosen.deputy} if chosen else None
    form = LevelForm(request.POST or None, initial=initial)
    if request.method == "POST" and ("close" in request.POST or form.is_valid()):
        now = timezone.now()
        try:
            if "close" in request.POST:
                teams_desk.remove_top_level(by=admin, now=now)
            else:
                teams_desk.set_level(number, by=admin, now=now, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("inbox:people")
    top = chosen is not None and number > 1 and number == Level.objects.count()
    title = _("Level %(n)s") % {"n": number}
    return render(request, "people/form.html", {"form": form, "title": title, "closable": chosen if top else None})


@login_required
def brand(request: HttpRequest, brand_id: int | None = None) -> HttpResponse:
    """Make or change a brand."""
    admin = agent_of(request)
    require(admin, Can.RUN_PEOPLE)
    chosen = get_object_or_404(Brand, pk=brand_id) if brand_id else None
    title = chosen.name if chosen else _("New brand")
    form = BrandForm(request.POST or None, instance=chosen)
    if request.method == "POST" and form.is_valid():
        written = {**form.cleaned_data, "by": admin, "now": timezone.now()}
        try:
            if chosen:
                brands.change_brand(chosen, **written)
            else:
                brands.make_brand(**written)
        except AgainstGuidelines as refusal:
            form.add_error("signature", in_short(refusal.objections))
        else:
            return redirect("inbox:people")
    return render(request, "people/form.html", {"form": form, "title": title})
