"""Channels: how they are, and connecting them. The form of a kind is made from its connector's fields."""

import json
from dataclasses import MISSING, Field, fields
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from connectors.contract import Connector, Consented
from connectors.errors import ChannelError
from connectors.registry import kinds, setup_text
from inbox.connect import build, connect
from inbox.desk import channels as desk
from inbox.errors import Refusal, described, in_words
from inbox.models import Brand, Channel, Delivery, DeliveryState, Item, Outcome, Team
from inbox.permissions import Can, allows, require
from inbox.web import consent
from inbox.web.guide import as_html
from inbox.web.requests import agent_of

UNSENT = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.UNKNOWN, DeliveryState.NEEDS_HUMAN)
INPUT = {"class": "input"}


class AboutForm(forms.Form):
    """What every channel has, whatever its kind."""

    name = forms.CharField(label=gettext_lazy("Name here"), max_length=150, widget=forms.TextInput(INPUT))
    team = forms.ModelChoiceField(
        Team.objects.filter(closed_at=None), label=gettext_lazy("Team"), widget=forms.Select(INPUT)
    )
    brand = forms.ModelChoiceField(Brand.objects.all(), label=gettext_lazy("Brand"), widget=forms.Select(INPUT))
    advanced: frozenset[str] = frozenset()  # names of fields that most people need not touch

    def plain_fields(self) -> list[forms.BoundField]:
        """What everybody fills in."""
        return [field for field in self.visible_fields() if field.name not in self.advanced]

    def advanced_fields(self) -> list[forms.BoundField]:
        """What is folded away, unless something in it is wrong."""
        return [field for field in self.visible_fields() if field.name in self.advanced]

    def advanced_is_wrong(self) -> bool:
        """Whether the folded part must be opened."""
        return any(field.errors for field in self.advanced_fields())


def form_of(kind: str, channel: Channel | None = None) -> type[AboutForm]:
    """The form for a kind of channel: a field for each of its connector's."""
    cls = kinds()[kind]
    known = connect(channel) if channel else None
    shown = [f for f in fields(cls) if f.metadata]  # type: ignore[arg-type]  # every connector is a dataclass
    made: dict[str, object] = {f"at_{f.name}": _form_field(f, known) for f in shown}
    made["advanced"] = frozenset(f"at_{f.name}" for f in shown if f.metadata.get("advanced"))
    return type("ChannelForm", (AboutForm,), made)


def _form_field(field: Field[Any], known: Connector | None) -> forms.Field:
    about = field.metadata
    secret = bool(about.get("secret"))
    value = getattr(known, field.name) if known else (None if field.default is MISSING else field.default)
    shared: dict[str, Any] = {
        "label": _(about["label"]),
        "help_text": _(about["help"]) if about.get("help") else "",
        "required": field.default is MISSING and not secret,
        "initial": None if secret else value,
    }
    if secret:
        shared["help_text"] = _("Leave it empty to keep the one we have.") if known else shared["help_text"]
        return forms.CharField(widget=forms.PasswordInput({**INPUT, "autocomplete": "off"}), **shared)
    if about.get("choices"):
        choices = [(key, _(label)) for key, label in about["choices"].items()]
        return forms.ChoiceField(choices=choices, widget=forms.Select(INPUT), **shared)
    if isinstance(field.default, bool):
        return forms.BooleanField(**{**shared, "required": False}, widget=forms.CheckboxInput({"class": "tick"}))
    if isinstance(field.default, int):
        return forms.IntegerField(min_value=0, widget=forms.NumberInput(INPUT), **shared)
    widget = forms.Textarea({**INPUT, "rows": 3}) if "PEM" in about["label"] else forms.TextInput(INPUT)
    return forms.CharField(widget=widget, **shared)


@login_required
def channel_list(request: HttpRequest) -> HttpResponse:
    """Every channel: whether it works, its last mail in and out, what waits, and what is wrong in plain words."""
    agent = agent_of(request)
    require(agent, Can.SEE_HEALTH)
    rows = Channel.objects.select_related("team", "brand").order_by("name")
    waiting = dict(Delivery.objects.filter(state__in=UNSENT).order_by().values_list("channel").annotate(n=Count("pk")))
    unopened = dict(
        Item.objects.filter(outcome=Outcome.WAITING).order_by().values_list("channel").annotate(n=Count("pk"))
    )
    shown = [
        {
            "channel": channel,
            "why": in_words(channel.last_error) if channel.failures or channel.state == "refused" else "",
            "backlog": channel.backlog + unopened.get(channel.pk, 0),
            "unsent": waiting.get(channel.pk, 0),
        }
        for channel in rows
    ]
    context = {"rows": shown, "kinds": kinds(), "may_connect": allows(agent, Can.CONNECT_CHANNELS)}
    return render(request, "channels/list.html", context)


@login_required
def connect_channel(request: HttpRequest, kind: str) -> HttpResponse:
    """Connect an account of a kind; "check the connection" says what is wrong and keeps nothing."""
    agent = agent_of(request)
    require(agent, Can.CONNECT_CHANNELS)
    if kind not in kinds():
        raise Http404
    form = form_of(kind)(request.POST or None)
    verdict: dict[str, object] = {}
    if request.method == "POST" and form.is_valid():
        values = values_of(form)
        if page := _consent(request, kind, build(kind, values), form):
            return redirect(page)
        verdict = _tried(kind, values, request)
        if "check" not in request.POST and verdict["works"]:
            try:
                desk.connect_channel(kind, values, by=agent, now=timezone.now(), **_about(form))
            except Refusal as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Connected. Its mail is on its way in."))
                return redirect("inbox:channels")
    return _form_page(request, kind, {"form": form, "channel": None, **verdict})


@login_required
def change_channel(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Change a channel's settings or its credentials."""
    agent = agent_of(request)
    require(agent, Can.CONNECT_CHANNELS)
    channel = get_object_or_404(Channel, pk=channel_id)
    about = {"name": channel.name, "team": channel.team, "brand": channel.brand}
    form = form_of(channel.kind, channel)(request.POST or None, initial=about)
    verdict: dict[str, object] = {}
    if request.method == "POST" and form.is_valid():
        values = values_of(form)
        if page := _consent(request, channel.kind, desk.changed(connect(channel), values), form, channel):
            return redirect(page)
        verdict = _tried_again(channel, values)
        if "check" not in request.POST and verdict["works"]:
            desk.change_channel(channel, values, by=agent, now=timezone.now(), **_about(form))
            messages.success(request, _("Saved. The channel works from now on."))
            return redirect("inbox:channels")
    return _form_page(request, channel.kind, {"form": form, "channel": channel, **verdict})


def _consent(
    request: HttpRequest, kind: str, connector: Connector, form: AboutForm, channel: Channel | None = None
) -> str | None:
    """The provider's page, where the account's owner must be asked first, or is asked again on purpose."""
    if "check" in request.POST:
        return None
    about = {name: value if isinstance(value, str) else value.pk for name, value in _about(form).items()}
    about["channel"] = channel.pk if channel else None
    return consent.ask(request, kind, connector, about, again="consent" in request.POST)


def _form_page(request: HttpRequest, kind: str, context: dict[str, object]) -> HttpResponse:
    presets = [
        {"label": preset.label, "domains": " ".join(sorted(preset.domains)), "values": json.dumps(dict(preset.fields))}
        for preset in kinds()[kind].presets.values()
    ]
    guide = as_html(setup_text(kind, get_language() or "en"))
    return render(
        request,
        "channels/form.html",
        {
            "kind": kind,
            "presets": presets,
            "guide": guide,
            "asks_owner": issubclass(kinds()[kind], Consented),
            **context,
        },
    )


@login_required
@require_POST
def pause(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Pause a channel, or let it work again."""
    agent = agent_of(request)
    channel = get_object_or_404(Channel, pk=channel_id)
    verb = desk.resume_channel if request.POST.get("what") == "resume" else desk.pause_channel
    try:
        verb(channel, by=agent, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("inbox:channels")


def values_of(form: AboutForm) -> dict[str, object]:
    """The connector's fields out of a valid form."""
    return {name.removeprefix("at_"): value for name, value in form.cleaned_data.items() if name.startswith("at_")}


def _about(form: AboutForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in ("name", "team", "brand")}


def _tried(kind: str, values: dict[str, object], request: HttpRequest) -> dict[str, object]:
    """Whether the account lets us in, and if not, why and what to do."""
    try:
        return {"works": True, "account": desk.check(kind, values, by=agent_of(request))}
    except ChannelError as error:
        return {"works": False, "why": in_words(described(error))}


def _tried_again(channel: Channel, values: dict[str, object]) -> dict[str, object]:
    try:
        return {"works": True, "account": desk.changed(connect(channel), values).check()}
    except ChannelError as error:
        return {"works": False, "why": in_words(described(error))}
