"""Quarantine and unreadable items: what waits for a person before it may come in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from inbox.errors import Refusal, in_words
from inbox.inbound import release
from inbox.lists import PAGE, Held
from inbox.permissions import Can, held_back_for, require
from inbox.web.requests import agent_of


@login_required
def held_list(request: HttpRequest, kind: str) -> HttpResponse:
    """What waits, newest first, each with the reason."""
    if kind not in Held.values:
        raise Http404
    agent = agent_of(request)
    require(agent, Can.OPEN_QUARANTINE)
    rows = held_back_for(agent).filter(outcome=kind, discarded_at=None).select_related("channel", "envelope")
    if before := request.GET.get("before", ""):
        rows = rows.filter(pk__lt=int(before)) if before.isdecimal() and len(before) < 19 else rows
    found = list(rows.order_by("-pk")[: PAGE + 1])
    context = {
        "held": Held(kind),
        "rows": [{"item": item, "why": in_words(item.reason)} for item in found[:PAGE]],
        "before": found[PAGE - 1].pk if len(found) > PAGE else None,
    }
    return render(request, "held/list.html", context)


@login_required
@require_POST
def held_decision(request: HttpRequest, item: int) -> HttpResponse:
    """Let it in, or put it away."""
    agent = agent_of(request)
    found = get_object_or_404(held_back_for(agent), pk=item)
    kind = found.outcome
    try:
        if request.POST.get("decision") == "discard":
            release.discard(found, by=agent, now=timezone.now())
            messages.success(request, _("Put away. Its bytes are kept."))
        else:
            released = release.release(found, by=agent, now=timezone.now())
            said = getattr(released, "message", None)
            messages.success(request, _("Let in."))
            if said:
                return redirect("inbox:conversation", "open", said.conversation.number)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("inbox:held", kind)
