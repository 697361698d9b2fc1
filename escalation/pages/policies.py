"""The page of an escalation policy: its steps, its clock, what it is for; and what a change would do at once."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import BaseInlineFormSet, inlineformset_factory
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from escalation.models import Policy, Step
from escalation.pages.forms import Hours, begins_as, dressed, judge_words
from escalation.previewing import Preview, carried_out
from inbox.activity import record
from inbox.models import Agent, Level
from inbox.permissions import Can, require
from inbox.web.requests import agent_of

BEGINS_AS = gettext_noop("{level} has taken over your question {number}: you will hear from us by {time}.")


class PolicyForm(forms.ModelForm[Policy]):
    """Everything but the steps."""

    update_after = Hours(label=gettext_lazy("An update is due after so many hours"), required=False)

    class Meta:
        model = Policy
        fields = (
            "name",
            "is_on",
            "position",
            "clock",
            "channels",
            "topics",
            "plans",
            "priority",
            "update_after",
            "tells_customer",
            "words",
            "words_ru",
        )
        labels = {"position": gettext_lazy("Place in the order (the first that fits counts)")}
        widgets = dict.fromkeys(("channels", "topics", "plans"), forms.CheckboxSelectMultiple)
        help_texts = {
            "position": gettext_lazy(
                "At the same place, a policy for something in particular comes before one for everything."
            ),
            "words": gettext_lazy("{number}, {level} and {time} stand for the number, the person and the time."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not (self.instance.words or self.instance.words_ru):
            self.initial.update(begins_as(BEGINS_AS))
        dressed(self)

    def clean(self) -> dict[str, Any]:
        """To tell a customer something there must be words."""
        cleaned = super().clean() or {}
        if cleaned.get("tells_customer") and not (cleaned.get("words") or cleaned.get("words_ru")):
            self.add_error("words", _("Write what the customer is told."))
        judge_words(self)
        return cleaned


class StepForm(forms.ModelForm[Step]):
    """One step of the climb."""

    after = Hours(label=gettext_lazy("After so many hours"))

    class Meta:
        model = Step
        fields = ("is_on", "after", "level", "target", "person")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        levels = [(str(level.number), str(level)) for level in Level.objects.filter(number__gt=1)]
        if self.instance.level and str(self.instance.level) not in dict(levels):
            levels.append((str(self.instance.level), _("level %(n)s, not there yet") % {"n": self.instance.level}))
        self.fields["level"] = forms.TypedChoiceField(
            label=_("To level"), choices=[("", _("the highest")), *levels], coerce=int, empty_value=None, required=False
        )
        self.fields["person"] = forms.ModelChoiceField(
            Agent.objects.filter(is_active=True).order_by("name"), label=_("Person"), required=False
        )
        dressed(self)

    def clean(self) -> dict[str, Any]:
        """A step to a person names him."""
        cleaned = super().clean() or {}
        if cleaned.get("target") == "person" and not cleaned.get("person"):
            self.add_error("person", _("Say who."))
        return cleaned


class StepFormSet(BaseInlineFormSet[Step, Policy, StepForm]):
    """The steps of one policy, and room for one more."""

    def add_fields(self, form: StepForm, index: int | None) -> None:
        """Its own fields, in the look of all others."""
        super().add_fields(form, index)
        dressed(form)


Steps = inlineformset_factory(Policy, Step, form=StepForm, formset=StepFormSet, extra=1, can_delete=True)


@login_required
def policy(request: HttpRequest, policy_id: int | None = None) -> HttpResponse:
    """Make or change a policy. What would climb at once is shown first, and done only after a word."""
    manager = agent_of(request)
    require(manager, Can.MAKE_POLICIES)
    chosen = get_object_or_404(Policy, pk=policy_id) if policy_id else None
    form = PolicyForm(request.POST or None, instance=chosen)
    steps = Steps(request.POST or None, instance=chosen or Policy(), prefix="steps")
    preview: Preview | None = None
    removing = chosen is not None and "remove" in request.POST
    if removing:
        preview = _removed(form, manager, confirmed=request.POST["remove"] == "confirmed")
    elif request.method == "POST" and form.is_valid() and steps.is_valid():
        preview = _saved(form, steps, manager, confirmed="confirm" in request.POST)
    if preview and not preview.how_many:
        messages.success(request, _("Removed.") if removing else _("Saved."))
        return redirect("escalation:overview")
    context = {
        "form": form,
        "steps": steps,
        "chosen": chosen,
        "preview": preview,
        "removing": removing,
        "may_confirm": True,
        "title": chosen.name if chosen else _("New policy"),
    }
    return render(request, "escalation/policy.html", context, status=409 if preview else 200)


def _saved(
    form: PolicyForm, steps: "BaseInlineFormSet[Step, Policy, StepForm]", manager: Agent, *, confirmed: bool
) -> Preview:
    def save() -> None:
        steps.instance = form.save()
        steps.save()
        record("policy_set", now=timezone.now(), by=manager, policy=steps.instance.pk)

    return carried_out(save, confirmed=confirmed, now=timezone.now())


def _removed(form: PolicyForm, manager: Agent, *, confirmed: bool) -> Preview:
    def remove() -> None:
        Policy.objects.filter(pk=form.instance.pk).delete()
        record("policy_removed", now=timezone.now(), by=manager, policy=form.instance.pk)

    return carried_out(remove, confirmed=confirmed, now=timezone.now())
