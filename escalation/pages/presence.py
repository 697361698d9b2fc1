"""Saying whether one is at work now; and, for a supervisor, that somebody is not."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from escalation import handover, rostering
from inbox.desk.presence import come_back, come_on_shift, go_off_shift, step_away
from inbox.errors import Invalid, Refusal
from inbox.models import Agent
from inbox.web.requests import agent_of


@login_required
@require_POST
def presence(request: HttpRequest) -> HttpResponse:
    """On shift, away for a moment, back, or off; what follows from it happens at once."""
    agent, now, what = agent_of(request), timezone.now(), request.POST.get("what", "")
    had = handover.open_of(agent).count() if what == "off" else 0
    try:
        _come_or_go(agent, what, now)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return _back(request)
    rostering.look(agent, now)
    if moved := had - handover.open_of(agent).count() if had else 0:
        messages.success(request, moved_words(moved))
    return _back(request)


def _come_or_go(agent: Agent, what: str, now: datetime) -> None:
    match what:
        case "on":
            come_on_shift(agent, now=now, by=agent)
        case "away":
            step_away(agent, now=now)
        case "back":
            come_back(agent, now=now)
        case "off":
            go_off_shift(agent, now=now, by=agent)
        case _other:
            raise Invalid


def moved_words(moved: int) -> str:
    """How much was handed over."""
    return ngettext("%(n)s conversation was handed over.", "%(n)s conversations were handed over.", moved) % {
        "n": moved
    }


@login_required
@require_POST
def absent(request: HttpRequest, agent_id: int) -> HttpResponse:
    """He is not here: everything open of his goes to others now."""
    agent = get_object_or_404(Agent, pk=agent_id)
    moved = rostering.absent(agent, by=agent_of(request), now=timezone.now())
    messages.success(request, _("%(name)s is off shift.") % {"name": agent.name} + " " + moved_words(moved))
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    back = request.POST.get("back", "")
    safe = back.startswith("/") and url_has_allowed_host_and_scheme(back, {request.get_host()})
    return redirect(back if safe else "inbox:home")
