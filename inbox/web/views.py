"""The pages of saved views: kept from a search, changed, ordered, removed."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from inbox.desk.save_view import may_change, move_view, remove_view, save_view
from inbox.errors import NotAllowed, Refusal
from inbox.models import Agent, Fact, SavedView
from inbox.permissions import Can, require, teams_where
from inbox.views import views_of
from inbox.web.frame import count_anew
from inbox.web.lists import TERMS
from inbox.web.requests import agent_of

MINE = "mine"


class ViewForm(forms.ModelForm[SavedView]):
    """What it looks for, who has it, and what its rows tell."""

    whose = forms.ChoiceField(label=gettext_lazy("Who has it"))
    facts = forms.MultipleChoiceField(
        label=gettext_lazy("What a row tells"), choices=Fact, required=False, widget=forms.CheckboxSelectMultiple
    )
    field_order = ("name", "query", "whose", "order", "facts", "counted")

    class Meta:
        model = SavedView
        fields = ("name", "query", "order", "facts", "counted")

    def __init__(self, *args: Any, agent: Agent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = teams_where(agent, Can.MAKE_VIEWS).filter(closed_at=None).order_by("name")
        theirs = [(str(team.pk), _("Team %(name)s") % {"name": team.name}) for team in teams]
        self.fields["whose"] = forms.ChoiceField(
            label=self.fields["whose"].label, choices=[(MINE, _("only I")), *theirs]
        )
        self.fields["query"].help_text = _("As it is typed into the search, such as: status:open tag:invoice")
        for name in ("name", "query", "whose", "order"):
            self.fields[name].widget.attrs["class"] = "input"
        self.fields["counted"].widget.attrs["class"] = "tick"
        view = self.instance
        self.initial.setdefault("facts", Fact.values)
        if view.pk:
            self.initial.update(whose=str(view.team_id) if view.team_id else MINE, facts=view.facts)

    def made(self, agent: Agent) -> SavedView:
        """The view as the form says it, not saved."""
        view: SavedView = self.save(commit=False)
        whose = self.cleaned_data["whose"]
        view.owner, view.team_id = (agent, None) if whose == MINE else (None, int(whose))
        view.facts = self.cleaned_data["facts"]
        return view


@login_required
def views(request: HttpRequest) -> HttpResponse:
    """All that stand in his rail, in their order."""
    agent = agent_of(request)
    require(agent, Can.READ)
    rows = [(view, may_change(view, agent)) for view in views_of(agent).select_related("team")]
    return render(request, "views/list.html", {"rows": rows})


@login_required
def view(request: HttpRequest, view_id: int | None = None) -> HttpResponse:
    """Make one of a search, or change one."""
    agent = agent_of(request)
    require(agent, Can.READ)
    chosen = get_object_or_404(views_of(agent), pk=view_id) if view_id else None
    if chosen and not may_change(chosen, agent):
        raise NotAllowed
    asked = {"query": request.GET.get("q", ""), **({"order": order} if (order := request.GET.get("order")) else {})}
    form = ViewForm(request.POST or None, instance=chosen, agent=agent, initial=asked)
    if request.method == "POST" and form.is_valid() and (saved := _saved(form, agent)):
        messages.success(request, _("Saved."))
        return redirect("inbox:list", saved.value)
    title = chosen.name if chosen else _("New view")
    return render(request, "views/view.html", {"form": form, "chosen": chosen, "title": title, "terms": TERMS})


def _saved(form: ViewForm, agent: Agent) -> SavedView | None:
    try:
        saved = save_view(form.made(agent), by=agent, now=timezone.now())
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return None
    count_anew(agent)
    return saved


@login_required
@require_POST
def move(request: HttpRequest, view_id: int) -> HttpResponse:
    """One place up or down."""
    agent = agent_of(request)
    move_view(get_object_or_404(views_of(agent), pk=view_id), up="up" in request.POST, by=agent)
    return redirect("inbox:views")


@login_required
@require_POST
def remove(request: HttpRequest, view_id: int) -> HttpResponse:
    """Take one away."""
    agent = agent_of(request)
    remove_view(get_object_or_404(views_of(agent), pk=view_id), by=agent, now=timezone.now())
    messages.success(request, _("Removed."))
    return redirect("inbox:views")
