"""The pages of guidelines: what may never be said, what is said better, and a box in which to try it."""

from collections import Counter, defaultdict
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import CheckboxInput, CheckboxSelectMultiple
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from inbox.courtesy import BadPhrase, Rule, read_rule
from inbox.desk.guidelines import set_guideline
from inbox.desk.judge import in_force, objections_in
from inbox.desk.standing_words import against
from inbox.errors import Refusal
from inbox.models import (
    Agent,
    Channel,
    Guideline,
    GuidelineCount,
    GuidelineVersion,
    OverrideReason,
    Team,
)
from inbox.permissions import Can, allows, require
from inbox.web.requests import agent_of

VERSIONS = 20
FIELDS = (
    *("name", "name_ru", "is_on", "kind", "phrases", "passes", "reason", "reason_ru", "better", "better_ru"),
    *("channels", "teams"),
)


class Phrases(forms.Field):
    """Phrases, one a line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        """Its lines."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        """What stands on its lines, each once."""
        lines = (" ".join(line.split()) for line in str(value or "").splitlines())
        return list(dict.fromkeys(filter(None, lines)))


class GuidelineForm(forms.ModelForm[GuidelineVersion]):
    """What a guideline says from now on. `after` is the version it changes."""

    phrases = Phrases(
        label=gettext_lazy("Phrases, one a line"),
        help_text=gettext_lazy(
            "A word stands for all its forms, =word for this form alone. a/b is either, (word) may be missing,"
            " ... is up to four words. {phone}, {email} and {link} stand for such a thing."
            " A line {place} = a/b makes a list, which the lines after it use as {place}."
        ),
    )
    passes = Phrases(
        label=gettext_lazy("What passes all the same"),
        help_text=gettext_lazy("Phrases written alike: where one of these stands, the guideline keeps silent."),
        required=False,
    )
    after = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    class Meta:
        model = GuidelineVersion
        fields = FIELDS
        widgets = dict.fromkeys(("channels", "teams"), CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, model in (("channels", Channel), ("teams", Team)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelMultipleChoiceField)
            field.queryset = model._default_manager.order_by("name")
            field.help_text = _("None ticked: everywhere.")
        for field in self.fields.values():
            ticks = isinstance(field.widget, CheckboxInput | CheckboxSelectMultiple)
            field.widget.attrs.update({"class": "tick" if ticks else "input"})

    def clean(self) -> dict[str, Any]:
        """Each phrase can be read."""
        cleaned = super().clean() or {}
        try:
            read_rule(Rule(0, tuple(cleaned.get("phrases", ())), tuple(cleaned.get("passes", ()))))
        except BadPhrase as error:
            self.add_error("passes" if error.phrase in cleaned.get("passes", ()) else "phrases", _in_words(error))
        return cleaned


def _in_words(error: BadPhrase) -> str:
    return _(error.sentence) % {"phrase": error.phrase}


@login_required
def guidelines(request: HttpRequest) -> HttpResponse:
    """All that are there, and how often each stopped something: for everybody who answers to know them."""
    agent = agent_of(request)
    require(agent, Can.READ)
    newest = GuidelineVersion.objects.order_by("guideline", "-number").distinct("guideline")
    may_see = allows(agent, Can.SEE_WORK)
    counts = _counts() if may_see else {}
    context = {
        "rows": [(version, counts[version.guideline_id] if may_see else None) for version in newest],
        "may_decide": allows(agent, Can.MAKE_GUIDELINES),
    }
    return render(request, "guidelines/list.html", context)


def _counts() -> dict[int, dict[str, Any]]:
    """How often each guideline, in all its versions, stopped something and was overridden, by reason."""
    times: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for guideline_id, what, count in GuidelineCount.objects.values_list("version__guideline", "what", "times"):
        times[guideline_id][what] += count
    counts: defaultdict[int, dict[str, Any]] = defaultdict(lambda: _told(Counter()))
    counts.update({guideline_id: _told(counted) for guideline_id, counted in times.items()})
    return counts


def _told(times: Counter[str]) -> dict[str, Any]:
    reasons = [(label, times[value]) for value, label in OverrideReason.choices if times[value]]
    return {"stopped": times[""], "overridden": sum(count for _label, count in reasons), "reasons": reasons}


@login_required
def guideline(request: HttpRequest, guideline_id: int | None = None) -> HttpResponse:
    """Make or change a guideline: what it said before is kept, and can be taken up again."""
    manager = agent_of(request)
    require(manager, Can.MAKE_GUIDELINES)
    chosen = get_object_or_404(Guideline, pk=guideline_id) if guideline_id else None
    versions = list(chosen.versions.select_related("by").order_by("-number")[:VERSIONS]) if chosen else []
    form = _form(request, versions)
    if request.method == "POST" and form.is_valid() and (saved := _saved(form, chosen, manager)):
        messages.success(request, _("Saved."))
        if found := against(saved):
            said = _("It is against words that are already in use: %(where)s. Ask for them to be changed.")
            messages.warning(request, said % {"where": ", ".join(found)})
        return redirect("inbox:guidelines")
    context = {
        "form": form,
        "chosen": chosen,
        "versions": versions,
        "applied": _counts()[chosen.pk] if chosen else None,
        "title": str(versions[0]) if versions else _("New guideline"),
    }
    return render(request, "guidelines/guideline.html", context)


def _form(request: HttpRequest, versions: list[GuidelineVersion]) -> GuidelineForm:
    """The form as it was sent, else with what the newest version says, or the one that was asked for."""
    if request.method == "POST":
        return GuidelineForm(request.POST)
    wanted = request.GET.get("version", "")
    shown = next((version for version in versions if str(version.number) == wanted), versions[0] if versions else None)
    after = versions[0].number if versions else 0
    if shown is None:
        return GuidelineForm(initial={"after": after})
    return GuidelineForm(initial={**forms.model_to_dict(shown, FIELDS), "after": after})


def _saved(form: GuidelineForm, chosen: Guideline | None, manager: Agent) -> GuidelineVersion | None:
    said = form.cleaned_data
    about = {"after": said["after"], "channels": said["channels"], "teams": said["teams"]}
    try:
        return set_guideline(form.save(commit=False), of=chosen, by=manager, now=timezone.now(), **about)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return None


@login_required
@require_POST
def try_it(request: HttpRequest) -> HttpResponse:
    """What would be said of a text: by the guideline on the page as it is written there, else by all in use."""
    require(agent_of(request), Can.READ)
    text, wrong = request.POST.get("tried", ""), ""
    if "phrases" in request.POST:
        form = GuidelineForm(request.POST)
        form.is_valid()
        wrong = " ".join(str(error) for name in ("phrases", "passes") for error in form.errors.get(name, []))
        objections = [] if wrong else objections_in(text, [_as_far(form)])
    else:
        objections = objections_in(text, in_force())
    context = {"objections": objections, "tried": text, "wrong": wrong, "to_read": True}
    return render(request, "guidelines/tried.html", context)


def _as_far(form: GuidelineForm) -> GuidelineVersion:
    """A version from what can be read of a form in which something else is missing yet."""
    known = {name: form.cleaned_data[name] for name in FIELDS[:-2] if name in form.cleaned_data}
    return GuidelineVersion(**known)
