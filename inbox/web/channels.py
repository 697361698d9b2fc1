"""Channels: how they are, and connecting them. The form of a kind is made from its connector's fields."""

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from connectors.contract import Connector, Consented, Subscribing
from connectors.errors import ChannelError
from connectors.meter import ATTACHMENT_BYTES
from connectors.registry import kinds, setup_text
from inbox import spending
from inbox.alarms import money_of, waiting_answers, why_paused
from inbox.connect import app_values, build
from inbox.desk import channels as desk
from inbox.desk.judge import AgainstGuidelines, in_short
from inbox.desk.trials import wants
from inbox.errors import Refusal, described, in_words
from inbox.inbound.retrying import troubles
from inbox.models import Channel, ChannelState, Delivery, DeliveryState, Item, Outcome, ProviderApp
from inbox.outbound import verdicts
from inbox.permissions import Can, allows, require
from inbox.web import consent, trials
from inbox.web.channel_forms import AboutForm, form_of, values_of
from inbox.web.frame import forget_alarms
from inbox.web.guide import as_html
from inbox.web.requests import agent_of

MILLION = 1_000_000
UNSENT = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.UNKNOWN, DeliveryState.NEEDS_HUMAN)


@login_required
def channel_list(request: HttpRequest) -> HttpResponse:
    """Every channel: whether it works, its last mail in and out, what waits, and what is wrong in plain words."""
    agent = agent_of(request)
    require(agent, Can.SEE_HEALTH)
    forget_alarms(agent)
    rows = Channel.objects.select_related("team", "brand", "app").order_by("name")
    waiting = dict(Delivery.objects.filter(state__in=UNSENT).order_by().values_list("channel").annotate(n=Count("pk")))
    unopened = dict(
        Item.objects.filter(outcome=Outcome.WAITING).order_by().values_list("channel").annotate(n=Count("pk"))
    )
    answers, untold = waiting_answers(timezone.now()), verdicts.given_up()
    trouble = troubles()
    spent = {channel.pk: spending.spent(channel, timezone.now()) / MILLION for channel in rows if _costs(channel)}
    shown = [
        {
            "channel": channel,
            "why": _why(channel, answers) or _unsorted(untold.get(channel.pk)),
            "backlog": channel.backlog + unopened.get(channel.pk, 0),
            "trouble": trouble.get(channel.pk),
            "unsent": waiting.get(channel.pk, 0),
            "report": channel.report,
            "left": _least_left(channel),
            "spent": spent.get(channel.pk),
            "money": money_of(channel, round(spent.get(channel.pk, 0) * MILLION)),
        }
        for channel in rows
    ]
    context = {
        "rows": shown,
        "kinds": {kind: connector for kind, connector in kinds().items() if not connector.by_hand},
        "may_connect": allows(agent, Can.CONNECT_CHANNELS),
        "apps": ProviderApp.objects.order_by("name"),
    }
    return render(request, "channels/list.html", context)


def _why(channel: Channel, answers: dict[int, dict[str, object]]) -> str:
    """What is wrong with it now; what went wrong once and is right again is not told."""
    if channel.failures or channel.state == ChannelState.REFUSED:
        return in_words(channel.last_error)
    return why_paused(channel) or in_words(answers.get(channel.pk))


def _least_left(channel: Channel) -> list[dict[str, Any]]:
    """The limits of which least is left. How much one message carries is used up by none."""
    used_up = [left for name, left in channel.left.items() if name != ATTACHMENT_BYTES]
    return sorted(used_up, key=lambda left: left["remaining"] / (left["limit"] or 1))[:3]


def _unsorted(why: dict[str, object] | None) -> str:
    """Why what was decided about spam here is not so on the provider's side."""
    said = _("A decision about spam was not carried over to the mail server: %(why)s")
    return said % {"why": in_words(why)} if why else ""


def _costs(channel: Channel) -> bool:
    return bool(kinds()[channel.kind].prices)


@login_required
def connect_channel(request: HttpRequest, kind: str) -> HttpResponse:
    """Connect an account of a kind; "check the connection" says what is wrong and keeps nothing."""
    agent = agent_of(request)
    require(agent, Can.CONNECT_CHANNELS)
    if kind not in kinds() or kinds()[kind].by_hand:
        raise Http404
    if kinds()[kind].app and not ProviderApp.objects.filter(kind=kind).exists():
        return redirect("inbox:make_app", kind)
    form = form_of(kind)(request.POST or None)
    verdict: dict[str, object] = {}
    if request.method == "POST" and form.is_valid():
        values = values_of(form)
        if page := _consent(request, kind, build(kind, values | _of_app(form)), form):
            return consent.leave(request, page)
        verdict, checked = _tried(build(kind, values | _of_app(form)), request)
        if checked and "check" not in request.POST:
            kept, now = {**values, **checked.keys}, timezone.now()
            try:
                channel = desk.connect_channel(kind, kept, by=agent, now=now, left=checked.left, **_about(form))
            except Refusal as refusal:
                _show(refusal, form)
            else:
                consent.welcome(request, channel)
                return redirect("inbox:channels")
    return _form_page(request, kind, {"form": form, "channel": None, **verdict})


@login_required
def change_channel(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Change a channel's settings or its credentials."""
    agent = agent_of(request)
    require(agent, Can.CONNECT_CHANNELS)
    channel = get_object_or_404(Channel, pk=channel_id)
    cap = None if channel.monthly_cap is None else channel.monthly_cap / MILLION
    about = {name: getattr(channel, name) for name in ("name", "team", "brand", "app", "signature")}
    form = form_of(channel.kind, channel)(request.POST or None, initial={**about, "monthly_cap": cap})
    verdict: dict[str, object] = {}
    values: dict[str, object] = {}
    if request.method == "POST" and form.is_valid():
        values, before = values_of(form), desk.present(channel, timezone.now())
        connector = desk.changed(before, values)
        if page := _consent(request, channel.kind, connector, form, channel):
            return consent.leave(request, page)
        verdict, checked = _tried(connector, request)
        if "check" in request.POST and checked and wants(connector):
            trials.begin(request, channel)
        if checked and "check" not in request.POST:
            kept, now = {**values, **checked.keys}, timezone.now()
            try:
                desk.change_channel(channel, kept, by=agent, now=now, left=checked.left, **_about(form))
            except Refusal as refusal:
                _show(refusal, form)
            else:
                messages.success(request, _("Saved. The channel works from now on."))
                trials.begin_if_due(request, channel, before)
                return redirect("inbox:channels")
    trial = trials.line_of(channel, values, timezone.now())
    return _form_page(request, channel.kind, {"form": form, "channel": channel, "trial": trial, **verdict})


def _consent(
    request: HttpRequest, kind: str, connector: Connector, form: AboutForm, channel: Channel | None = None
) -> str | None:
    """The provider's page, where the account's owner must be asked first, or is asked again on purpose."""
    if "check" in request.POST:
        return None
    about = {name: getattr(value, "pk", value) for name, value in _about(form).items()}
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
            "copied": [] if kinds()[kind].app else consent.ways_back(kind),
            "subscribes": issubclass(kinds()[kind], Subscribing),
            **context,
        },
    )


@login_required
@require_POST
def subscribe(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Have the provider call us with this account's events."""
    require(agent_of(request), Can.CONNECT_CHANNELS)
    channel = get_object_or_404(Channel.objects.select_related("app"), pk=channel_id)
    consent.register(request, channel)
    return redirect("inbox:channel", channel_id)


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


def _about(form: AboutForm) -> dict[str, Any]:
    about = {name: form.cleaned_data[name] for name in ("name", "team", "brand")}
    about["signature"] = form.cleaned_data.get("signature", "")
    cap = form.cleaned_data.get("monthly_cap")
    return about | {"app": form.cleaned_data.get("app"), "monthly_cap": None if cap is None else int(cap * MILLION)}


def _show(refusal: Refusal, form: AboutForm) -> None:
    if isinstance(refusal, AgainstGuidelines):
        form.add_error("signature", in_short(refusal.objections))
    else:
        form.add_error(None, str(refusal))


def _of_app(form: AboutForm) -> dict[str, object]:
    app = form.cleaned_data.get("app")
    return app_values(app) if app else {}


def _tried(connector: Connector, request: HttpRequest) -> tuple[dict[str, object], desk.Checked | None]:
    """Whether the account lets us in, as whom and for what; if not, why and what to do. And what its check brought."""
    try:
        checked = desk.check(connector, by=agent_of(request), now=timezone.now())
    except ChannelError as error:
        return {"works": False, "why": in_words(described(error))}, None
    return {"works": True, "account": checked.report.name, "report": checked.report}, checked
