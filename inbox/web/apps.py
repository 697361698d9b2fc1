"""Pages for apps of ours at providers: their keys, and what the provider must be told."""

from dataclasses import fields

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from connectors.registry import kinds, setup_text
from inbox.connect import open_app
from inbox.desk import apps as desk
from inbox.models import ProviderApp
from inbox.permissions import Can, require
from inbox.web import consent
from inbox.web.channel_forms import app_form_of, values_of
from inbox.web.guide import as_html
from inbox.web.requests import agent_of


@login_required
def make_app(request: HttpRequest, kind: str) -> HttpResponse:
    """Write down the keys of an app that was made at the provider."""
    agent = agent_of(request)
    require(agent, Can.CONNECT_CHANNELS)
    if kind not in kinds() or kinds()[kind].app is None:
        raise Http404
    form = app_form_of(kind)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values, name = values_of(form), form.cleaned_data["name"]
        row = desk.make_app(kind, values, name=name, by=agent, now=timezone.now())
        messages.success(request, _("Saved. Now tell the provider the address below, then connect a channel."))
        return redirect("inbox:app", row.pk)
    context = {"form": form, "kind": kind, "copied": consent.ways_back(kind), "guide": _guide(kind)}
    return render(request, "channels/app.html", context)


@login_required
def change_app(request: HttpRequest, app_id: int) -> HttpResponse:
    """The address for webhooks and the words to copy; and replacing keys, which are never shown."""
    agent = agent_of(request)
    require(agent, Can.CONNECT_CHANNELS)
    row = get_object_or_404(ProviderApp, pk=app_id)
    app = open_app(row)
    form = app_form_of(row.kind, app)(request.POST or None, initial={"name": row.name})
    if request.method == "POST" and form.is_valid():
        desk.change_app(row, values_of(form), name=form.cleaned_data["name"], by=agent, now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("inbox:app", row.pk)
    words = [(_(f.metadata["label"]), getattr(app, f.name)) for f in fields(app) if f.metadata.get("made")]  # type: ignore[arg-type]  # a dataclass
    context = {
        "form": form,
        "app": row,
        "kind": row.kind,
        "copied": [(_("Address for webhooks"), desk.hook_address(row)), *consent.ways_back(row.kind), *words],
        "guide": _guide(row.kind),
    }
    return render(request, "channels/app.html", context)


def _guide(kind: str) -> str:
    return as_html(setup_text(kind, get_language() or "en"))
