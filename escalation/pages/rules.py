"""The page of a rule for new conversations: made by a supervisor, tried on what was there, ordered, switched off."""

from typing import Any

import msgspec
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from escalation.models import Rule
from escalation.models.shifts import Weekday
from escalation.pages.forms import Lines, dressed
from escalation.rules import Actions, Conditions, Ordered, actions_of, conditions_of
from escalation.sorting import would_fit
from inbox.activity import record
from inbox.models import Agent, Channel, Conversation, Level, Plan, Team, Topic
from inbox.permissions import Can, require, visible_to
from inbox.web.requests import agent_of

SHOWN = 30
LANGUAGES = [("", gettext_lazy("any")), ("ru", gettext_lazy("Russian")), ("en", gettext_lazy("English"))]


class RuleForm(forms.Form):
    """If all of this fits, all of that is done."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    is_on = forms.BooleanField(label=gettext_lazy("in use"), required=False, initial=True)
    channels = forms.ModelMultipleChoiceField(
        Channel.objects.order_by("name"),
        label=gettext_lazy("Channels"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    addresses = Lines(
        label=gettext_lazy("Addresses, one a line"),
        required=False,
        help_text=gettext_lazy("A whole address, or a domain like @example.com."),
    )
    words = Lines(
        label=gettext_lazy("Words, one a line"),
        required=False,
        help_text=gettext_lazy("Beginnings of words, in the subject or in what he wrote first."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGES, required=False)
    customers = Lines(label=gettext_lazy("Customers, one number a line"), required=False)
    plans = forms.ModelMultipleChoiceField(
        Plan.objects.order_by("name"),
        label=gettext_lazy("Plans"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Days"),
        choices=Weekday.choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    starts = forms.TimeField(label=gettext_lazy("From"), required=False, widget=forms.TimeInput({"type": "time"}))
    ends = forms.TimeField(label=gettext_lazy("To"), required=False, widget=forms.TimeInput({"type": "time"}))
    team = forms.ModelChoiceField(
        Team.objects.filter(closed_at=None).order_by("name"), label=gettext_lazy("Team"), required=False
    )
    topic = forms.ModelChoiceField(Topic.objects.order_by("name"), label=gettext_lazy("Topic"), required=False)
    priority = forms.IntegerField(label=gettext_lazy("Priority"), required=False, min_value=-9, max_value=9)
    level = forms.ModelChoiceField(
        Level.objects.filter(number__gt=1), label=gettext_lazy("Level"), required=False, to_field_name="number"
    )
    tags = Lines(label=gettext_lazy("Tags, one a line"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dressed(self)

    def clean_customers(self) -> list[int]:
        """Their numbers."""
        numbers = [line.upper().removeprefix("C-") for line in self.cleaned_data["customers"]]
        if not all(number.isdecimal() and len(number) < 18 for number in numbers):
            raise forms.ValidationError(_("Write customers' numbers, like C-1001."))
        return [int(number) for number in numbers]

    def clean(self) -> dict[str, Any]:
        """Both ends of a time, or none; and something must be done."""
        cleaned = super().clean() or {}
        if (cleaned.get("starts") is None) != (cleaned.get("ends") is None):
            self.add_error("ends", _("Give both ends of the time, or none."))
        if not self.errors and self.actions() == Actions():
            raise forms.ValidationError(_("Say what is to be done with such conversations."))
        return cleaned

    def conditions(self) -> Conditions:
        """What was chosen on the left."""
        data = self.cleaned_data
        return Conditions(
            channels=tuple(channel.pk for channel in data.get("channels", ())),
            addresses=tuple(data["addresses"]),
            words=tuple(data["words"]),
            language=data["language"],
            customers=tuple(data["customers"]),
            plans=tuple(plan.pk for plan in data.get("plans", ())),
            days=tuple(data["days"]),
            starts=data["starts"],
            ends=data["ends"],
        )

    def actions(self) -> Actions:
        """What was chosen on the right."""
        data = self.cleaned_data
        return Actions(
            team=data["team"].pk if data.get("team") else None,
            topic=data["topic"].pk if data.get("topic") else None,
            priority=data.get("priority"),
            level=data["level"].number if data.get("level") else None,
            tags=tuple(tag[:50] for tag in data.get("tags", ())),
        )


@login_required
def rule(request: HttpRequest, rule_id: int | None = None) -> HttpResponse:
    """Make or change a rule, or try it on the newest conversations without doing anything."""
    supervisor = agent_of(request)
    require(supervisor, Can.MAKE_RULES)
    chosen = get_object_or_404(Rule, pk=rule_id) if rule_id else None
    form = RuleForm(request.POST or None, initial=_initial(chosen))
    tried: list[Conversation] | None = None
    of = 0
    if request.method == "POST" and form.is_valid():
        if "try" in request.POST:
            tried, of = would_fit(Ordered(form.cleaned_data["name"], form.conditions(), form.actions()))
        elif _named_twice(form, chosen):
            form.add_error("name", _("There is a rule of this name already."))
        else:
            _save(chosen, form, supervisor)
            messages.success(request, _("Saved."))
            return redirect("escalation:overview")
    visible = set(visible_to(supervisor).filter(pk__in=[c.pk for c in tried or []]).values_list("pk", flat=True))
    context = {
        "form": form,
        "chosen": chosen,
        "tried": None if tried is None else [c for c in tried if c.pk in visible][:SHOWN],
        "how_many": len(tried or []),
        "of": of,
        "then": ("team", "topic", "priority", "level", "tags"),
        "title": chosen.name if chosen else _("New rule"),
    }
    return render(request, "escalation/rule.html", context)


@login_required
@require_POST
def rule_act(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Ask it earlier or later, switch it on or off, or remove it."""
    supervisor = agent_of(request)
    require(supervisor, Can.MAKE_RULES)
    what = request.POST.get("what", "")
    with transaction.atomic():
        rules = list(Rule.objects.select_for_update())
        chosen = next((rule for rule in rules if rule.pk == rule_id), None)
        if chosen is None:
            return redirect("escalation:overview")
        match what:
            case "on" | "off":
                Rule.objects.filter(pk=rule_id).update(is_on=what == "on")
            case "remove":
                chosen.delete()
            case "up" | "down":
                _move(rules, chosen, -1 if what == "up" else 1)
        record("rule_changed", now=timezone.now(), by=supervisor, rule=rule_id, what=what)
    return redirect("escalation:overview")


def _move(rules: list[Rule], chosen: Rule, by: int) -> None:
    place = rules.index(chosen)
    rules.insert(min(max(place + by, 0), len(rules) - 1), rules.pop(place))
    for position, rule in enumerate(rules):
        rule.position = position
    Rule.objects.bulk_update(rules, ["position"])


def _named_twice(form: RuleForm, chosen: Rule | None) -> bool:
    others = Rule.objects.exclude(pk=chosen.pk) if chosen else Rule.objects.all()
    return others.filter(name__iexact=form.cleaned_data["name"]).exists()


def _save(chosen: Rule | None, form: RuleForm, supervisor: Agent) -> None:
    with transaction.atomic():
        last = Rule.objects.aggregate(last=Max("position"))["last"]
        rule = chosen or Rule(position=0 if last is None else last + 1, made_by=supervisor)
        rule.name, rule.is_on = form.cleaned_data["name"], form.cleaned_data["is_on"]
        rule.conditions = msgspec.to_builtins(form.conditions())
        rule.actions = msgspec.to_builtins(form.actions())
        rule.save()
        record("rule_set", now=timezone.now(), by=supervisor, rule=rule.pk)


def _initial(chosen: Rule | None) -> dict[str, Any]:
    if chosen is None:
        return {"is_on": True}
    conditions, actions = conditions_of(chosen.conditions), actions_of(chosen.actions)
    return {
        "name": chosen.name,
        "is_on": chosen.is_on,
        **{name: getattr(conditions, name) for name in ("channels", "addresses", "words", "language", "plans", "days")},
        "customers": [f"C-{number}" for number in conditions.customers],
        "starts": conditions.starts,
        "ends": conditions.ends,
        **{name: getattr(actions, name) for name in ("team", "topic", "priority", "level", "tags")},
    }
