"""The pages of a plan and of a topic: what a client is entitled to, and what is collected for which problem."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_POST

from escalation.models import Policy
from escalation.pages.forms import Hours, Lines, dressed
from escalation.policies import Traits, traits_of
from escalation.previewing import Preview, carried_out
from inbox.activity import record
from inbox.desk.customers import give_plan
from inbox.errors import Invalid
from inbox.models import Agent, Conversation, Customer, Plan, State, Topic
from inbox.permissions import Can, allows, require
from inbox.web.requests import agent_of, customer_of


class PlanForm(forms.ModelForm[Plan]):
    """What such a client is entitled to."""

    answer_within = Hours(label=gettext_lazy("Response target, in hours"), required=False)
    # What is for everything is not offered: to name a plan in it would take it from everybody else.
    policy = forms.ModelChoiceField(
        Policy.objects.filter(plans__isnull=False).order_by("name").distinct(),
        label=gettext_lazy("Escalation policy"),
        required=False,
        help_text=gettext_lazy("One that is for some plans alone. Without one, the first that fits."),
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
            self.fields["policy"].initial = self.instance.policies.order_by("position", "pk").first()
        dressed(self)

    def clean(self) -> dict[str, Any]:
        """A deputy is another person, and there is somebody whose deputy he is."""
        cleaned = super().clean() or {}
        if cleaned.get("deputy") and cleaned.get("deputy") == cleaned.get("manager"):
            self.add_error("deputy", _("The deputy must be another person than the holder."))
        return cleaned

    def save(self, commit: bool = True) -> Plan:
        """The plan, and the policy that names it. Others that do are the affair of their own pages."""
        plan, former, chosen = super().save(commit), self.fields["policy"].initial, self.cleaned_data["policy"]
        if former and former != chosen:
            plan.policies.remove(former)
        if chosen:
            plan.policies.add(chosen)
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


@login_required
@require_POST
def give(request: HttpRequest, number: int) -> HttpResponse:
    """Say what a customer pays for. What of his would climb at once is shown first, and done only after a word."""
    by, customer = agent_of(request), customer_of(request, number)
    require(by, Can.MAKE_RULES)
    plan = _chosen_plan(request.POST.get("plan", ""))
    preview = carried_out(
        lambda: give_plan(customer, plan, by=by, now=timezone.now()),
        confirmed=_is_confirmed(by, "confirm" in request.POST),
        now=timezone.now(),
        was=lambda row: replace(traits_of(row), plan=customer.plan_id),
        rows=Conversation.objects.filter(customer=customer),
    )
    if preview.how_many:
        may_confirm = allows(by, Can.MAKE_POLICIES)
        context = {"customer": customer, "plan": plan, "preview": preview, "may_confirm": may_confirm}
        return render(request, "escalation/give_plan.html", context, status=409)
    messages.success(request, _("Saved."))
    return redirect("inbox:customer", number)


def _chosen_plan(written: str) -> Plan | None:
    """The plan that was chosen; none for an empty choice. Raise Http404 for one that there is not."""
    if not written:
        return None
    return get_object_or_404(Plan, pk=int(written) if written.isdecimal() and len(written) < 18 else 0)


def _page(
    request: HttpRequest,
    form: "forms.ModelForm[Any]",
    chosen: Plan | Topic | None,
    *,
    title: str,
    verb: str,
) -> HttpResponse:
    preview: Preview | None = None
    by, removing = agent_of(request), chosen is not None and "remove" in request.POST
    confirmed = _is_confirmed(by, "confirmed" in (request.POST.get("confirm"), request.POST.get("remove")))
    try:
        if removing and chosen:
            preview = _removed(chosen, by, verb, confirmed=confirmed)
        elif request.method == "POST" and form.is_valid():
            preview = _saved(form, by, verb, confirmed=confirmed)
    except ProtectedError:
        form.add_error(None, _("Something still refers to it."))
    except Invalid as refusal:
        form.add_error(None, str(refusal))
    if preview and not preview.how_many:
        messages.success(request, _("Removed.") if removing else _("Saved."))
        return redirect("escalation:overview")
    context = {
        "form": form,
        "title": title,
        "chosen": chosen,
        "preview": preview,
        "removing": removing,
        "may_confirm": allows(by, Can.MAKE_POLICIES),
    }
    return render(request, "escalation/form.html", context, status=409 if preview else 200)


def _is_confirmed(by: Agent, said: bool) -> bool:
    """Whether it is to be done though something climbs. Raise NotAllowed for whoever is no manager."""
    if said:
        require(by, Can.MAKE_POLICIES)
    return said


def _saved(form: "forms.ModelForm[Any]", by: Agent, verb: str, *, confirmed: bool) -> Preview:
    def save() -> None:
        _widen_no_policy(form.save)
        record(verb, now=timezone.now(), by=by, name=form.instance.name)

    return carried_out(save, confirmed=confirmed, now=timezone.now())


def _removed(chosen: Plan | Topic, by: Agent, verb: str, *, confirmed: bool) -> Preview:
    was = _with_plan(chosen) if isinstance(chosen, Plan) else _with_topic(chosen)

    def remove() -> None:
        _widen_no_policy(chosen.delete)
        record(verb, now=timezone.now(), by=by, name=chosen.name)

    return carried_out(remove, confirmed=confirmed, now=timezone.now(), was=was)


def _with_plan(plan: Plan) -> Callable[[Conversation], Traits]:
    """What policies see as long as its clients have it."""
    pk, clients = plan.pk, set(Customer.objects.filter(plan=plan).values_list("pk", flat=True))

    def was(row: Conversation) -> Traits:
        return replace(traits_of(row), plan=pk) if row.customer_id in clients else traits_of(row)

    return was


def _with_topic(topic: Topic) -> Callable[[Conversation], Traits]:
    """What policies see as long as its conversations have it."""
    unsolved = Conversation.objects.filter(topic=topic).exclude(state=State.SOLVED)
    pk, about = topic.pk, set(unsolved.values_list("pk", flat=True))

    def was(row: Conversation) -> Traits:
        return replace(traits_of(row), topic=pk) if row.pk in about else traits_of(row)

    return was


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
