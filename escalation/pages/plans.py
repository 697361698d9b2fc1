"""The pages of a plan and of a topic: what a client is entitled to, and what is collected for which problem."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from escalation.models import Policy
from escalation.pages.forms import Hours, Lines, dressed
from escalation.subscribers import look
from inbox.activity import record
from inbox.desk.anew import look_anew
from inbox.errors import Invalid
from inbox.models import Agent, Plan, Topic
from inbox.permissions import Can, require
from inbox.web.requests import agent_of


class PlanForm(forms.ModelForm[Plan]):
    """What such a client is entitled to."""

    answer_within = Hours(label=gettext_lazy("Response target, in hours"), required=False)
    policy = forms.ModelChoiceField(
        Policy.objects.all(),
        label=gettext_lazy("Escalation policy"),
        required=False,
        help_text=gettext_lazy("Without one, the first that fits."),
    )

    class Meta:
        model = Plan
        fields = ("name", "weight", "is_reserved_for", "answer_within", "manager", "deputy")
        help_texts = {
            "weight": gettext_lazy(
                "The heavier, the sooner it is served, and the more of a person's capacity it takes."
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Agent.objects.filter(is_active=True).order_by("name")
        for name in ("manager", "deputy"):
            self.fields[name] = forms.ModelChoiceField(people, label=self.fields[name].label, required=False)
        if self.instance.pk:
            self.fields["policy"].initial = self.instance.policies.first()
        dressed(self)

    def clean(self) -> dict[str, Any]:
        """A deputy is another person, and there is somebody whose deputy he is."""
        cleaned = super().clean() or {}
        if cleaned.get("deputy") and cleaned.get("deputy") == cleaned.get("manager"):
            self.add_error("deputy", _("The deputy must be another person than the holder."))
        return cleaned

    def save(self, commit: bool = True) -> Plan:
        """The plan, and the one policy that names it."""
        plan = super().save(commit)
        plan.policies.set([self.cleaned_data["policy"]] if self.cleaned_data["policy"] else [])
        return plan


class TopicForm(forms.ModelForm[Topic]):
    """What a problem is about, and what must be asked, once."""

    collect = Lines(
        label=gettext_lazy("What to collect, one a line"),
        required=False,
        help_text=gettext_lazy("Short names: order number, photo, address. It is asked for before it is passed up."),
    )

    class Meta:
        model = Topic
        fields = ("name", "team", "collect")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dressed(self)

    def clean_collect(self) -> list[str]:
        """Names that fit where they are kept."""
        names: list[str] = self.cleaned_data["collect"]
        if any(len(name) > 100 for name in names):
            raise forms.ValidationError(_("A name may have 100 characters."))
        return names


@login_required
def plan(request: HttpRequest, plan_id: int | None = None) -> HttpResponse:
    """Make, change or remove a plan."""
    require(agent_of(request), Can.MAKE_POLICIES)
    chosen = get_object_or_404(Plan, pk=plan_id) if plan_id else None
    form = PlanForm(request.POST or None, instance=chosen)
    return _page(request, form, chosen, title=chosen.name if chosen else _("New plan"), verb="plan_set")


@login_required
def topic(request: HttpRequest, topic_id: int | None = None) -> HttpResponse:
    """Make, change or remove a topic."""
    require(agent_of(request), Can.MAKE_RULES)
    chosen = get_object_or_404(Topic, pk=topic_id) if topic_id else None
    form = TopicForm(request.POST or None, instance=chosen)
    return _page(request, form, chosen, title=chosen.name if chosen else _("New topic"), verb="topic_changed")


def _page(
    request: HttpRequest,
    form: "forms.ModelForm[Any]",
    chosen: Plan | Topic | None,
    *,
    title: str,
    verb: str,
) -> HttpResponse:
    done: Callable[[], object] | None = None
    if request.method == "POST" and "remove" in request.POST and chosen:
        done = chosen.delete
    elif request.method == "POST" and form.is_valid():
        done = form.save
    if done is not None:
        try:
            with transaction.atomic():
                _widen_no_policy(done)
                record(verb, now=timezone.now(), by=agent_of(request), name=title)
                look_anew()
                look.give()
        except ProtectedError:
            form.add_error(None, _("Something still refers to it."))
        except Invalid as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("escalation:overview")
    context = {"form": form, "title": title, "chosen": chosen}
    return render(request, "escalation/form.html", context)


def _widen_no_policy(done: Callable[[], object]) -> None:
    """Do it. Raise Invalid if a policy that was for this alone would be for everything then."""
    limited = _limited_policies()
    done()
    if widened := limited - _limited_policies():
        said = gettext_noop("The policy %(name)s is for this alone and would count for everything. Change it first.")
        raise Invalid(said, name=min(name for _scope, name in widened))


def _limited_policies() -> set[tuple[str, str]]:
    """What is for some plans or topics only, by name."""
    return {
        (scope, name)
        for scope in ("plans", "topics")
        for name in Policy.objects.filter(**{f"{scope}__isnull": False}).values_list("name", flat=True)
    }
