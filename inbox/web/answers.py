"""The pages of canned answers: an agent writes his own, a supervisor his team's, a manager everybody's."""

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

from inbox.desk.answers import answers_of, may_write, remove_answer, set_answer
from inbox.desk.filling import ALWAYS, PERHAPS
from inbox.desk.judge import AgainstGuidelines, in_short
from inbox.errors import NotAllowed, Refusal
from inbox.models import Agent, CannedAnswer, Reason, State, Team
from inbox.permissions import Can, allows, teams_where
from inbox.web.requests import agent_of, code_of, receiver_of

MINE, ALL = "mine", "all"
FOLLOWS = [
    ("", gettext_lazy("as it is sent")),
    (State.PENDING.value, gettext_lazy("it waits for the customer")),
    (State.SOLVED.value, gettext_lazy("it is solved")),
    (State.OPEN.value, gettext_lazy("it still needs us")),
]


class AnswerForm(forms.ModelForm[CannedAnswer]):
    """What it says, who is offered it, and what else is done when it is sent."""

    whose = forms.ChoiceField(label=gettext_lazy("Who is offered it"))
    tags = forms.CharField(label=gettext_lazy("Tags"), required=False, help_text=gettext_lazy("With commas between."))
    then = forms.ChoiceField(label=gettext_lazy("What follows"), choices=FOLLOWS, required=False)
    to = forms.ChoiceField(label=gettext_lazy("Passed on to"), required=False)
    field_order = ("name", "text", "whose", "tags", "then", "to", "reason", "note")

    class Meta:
        model = CannedAnswer
        fields = ("name", "text", "then", "reason", "note")

    def __init__(self, *args: Any, agent: Agent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        answer = self.instance
        self.fields["whose"] = forms.ChoiceField(label=self.fields["whose"].label, choices=_whose(agent))
        self.fields["to"] = forms.ChoiceField(label=self.fields["to"].label, choices=_receivers(), required=False)
        self.fields["reason"].choices = [("", _("none")), *Reason.choices]  # type: ignore[attr-defined]  # a choice
        self.fields["text"].widget.attrs["rows"], self.fields["note"].widget.attrs["rows"] = 8, 2
        names = [f"{{{{{name}}}}}" for name in ALWAYS] + [f"{{{{{name}|…}}}}" for name in PERHAPS]
        said = _("%(names)s are filled in. After the line stands what is said where nothing is known.")
        self.fields["text"].help_text = said % {"names": ", ".join(names)}
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"
        if answer.pk:
            receiver = code_of(answer.to_agent or answer.to_team)
            self.initial.update(whose=_whose_is(answer), tags=", ".join(answer.tags), to=receiver)

    def made(self, agent: Agent) -> CannedAnswer:
        """The answer as the form says it, not saved."""
        answer: CannedAnswer = self.save(commit=False)
        said = self.cleaned_data
        answer.tags = said["tags"].split(",")
        kind, _sep, pk = said["whose"].partition(":")
        answer.owner, answer.team_id = (agent if kind == MINE else None), int(pk) if pk else None
        receiver = receiver_of(said["to"])
        answer.to_agent = receiver if isinstance(receiver, Agent) else None
        answer.to_team = receiver if isinstance(receiver, Team) else None
        return answer


def _whose(agent: Agent) -> list[tuple[str, str]]:
    teams = teams_where(agent, Can.MAKE_ANSWERS).filter(closed_at=None).order_by("name")
    theirs = [(f"team:{team.pk}", _("Team %(name)s") % {"name": team.name}) for team in teams]
    everybody = [(ALL, _("everybody"))] if allows(agent, Can.MAKE_ANSWERS_FOR_ALL) else []
    return [(MINE, _("only I")), *theirs, *everybody]


def _receivers() -> list[tuple[str, str]]:
    people = Agent.objects.filter(is_active=True, memberships__role__in=["agent", "supervisor", "manager"])
    teams = Team.objects.filter(closed_at=None).order_by("name")
    return [
        ("", _("nobody")),
        *((f"agent:{person.pk}", person.name) for person in people.distinct().order_by("name")),
        *((f"team:{team.pk}", _("Queue of %(name)s") % {"name": team.name}) for team in teams),
    ]


def _whose_is(answer: CannedAnswer) -> str:
    return MINE if answer.owner_id else f"team:{answer.team_id}" if answer.team_id else ALL


@login_required
def answers(request: HttpRequest) -> HttpResponse:
    """All that he is offered, his own first."""
    agent = agent_of(request)
    rows = answers_of(agent).select_related("owner", "team", "to_agent", "to_team").order_by("name", "pk")
    shown = [(answer, may_write(answer, agent)) for answer in rows]
    return render(request, "answers/list.html", {"rows": sorted(shown, key=lambda row: row[0].owner_id is None)})


@login_required
def answer(request: HttpRequest, answer_id: int | None = None) -> HttpResponse:
    """Make or change one."""
    agent = agent_of(request)
    chosen = get_object_or_404(answers_of(agent), pk=answer_id) if answer_id else None
    if chosen and not may_write(chosen, agent):
        raise NotAllowed
    form = AnswerForm(request.POST or None, instance=chosen, agent=agent)
    if request.method == "POST" and form.is_valid() and _saved(form, agent):
        messages.success(request, _("Saved."))
        return redirect("inbox:answers")
    title = chosen.name if chosen else _("New canned answer")
    return render(request, "answers/answer.html", {"form": form, "chosen": chosen, "title": title})


def _saved(form: AnswerForm, agent: Agent) -> bool:
    try:
        set_answer(form.made(agent), by=agent, now=timezone.now())
    except AgainstGuidelines as refusal:
        form.add_error("text", in_short(refusal.objections))
    except Refusal as refusal:
        form.add_error(None, str(refusal))
    return not form.errors


@login_required
@require_POST
def remove(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Take one away."""
    agent = agent_of(request)
    remove_answer(get_object_or_404(answers_of(agent), pk=answer_id), by=agent, now=timezone.now())
    messages.success(request, _("Removed."))
    return redirect("inbox:answers")
