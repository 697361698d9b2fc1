"""What guidelines say to a text while it is written: below it, with the better wording at hand."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from inbox.desk.judge import AgainstGuidelines, Objection, objections_to, objections_to_first
from inbox.errors import Refusal
from inbox.models import Channel, Conversation, GuidelineKind, OverrideReason
from inbox.permissions import Can, teams_where
from inbox.web.requests import agent_of, conversation_of, customer_of, insisting_of, view_of


@login_required
@require_POST
def courtesy(request: HttpRequest, view: str, number: int) -> HttpResponse:
    """What is against a text, and what would be better."""
    conversation = conversation_of(request, number)
    objections = objections_to(request.POST.get("text", ""), conversation)
    context = {"conversation": conversation, "view": view_of(view, agent_of(request)), **objecting(request, objections)}
    return render(request, "talk/courtesy.html", context)


@login_required
@require_POST
def courtesy_first(request: HttpRequest, number: int) -> HttpResponse:
    """The same for a text with which we write to a customer first."""
    found, agent = customer_of(request, number), agent_of(request)
    ours = Channel.objects.filter(team__in=teams_where(agent, Can.REPLY))
    wanted = request.POST.get("channel", "")
    channel = get_object_or_404(ours, pk=int(wanted) if wanted.isdecimal() and len(wanted) < 19 else 0)
    objections = objections_to_first(request.POST.get("subject", ""), request.POST.get("text", ""), channel)
    return render(request, "customers/courtesy.html", {"customer": found, **objecting(request, objections)})


def objecting_to_reply(request: HttpRequest, conversation: Conversation, refusal: Refusal) -> dict[str, Any]:
    """The context of `talk/courtesy.html` after a refusal of any kind: what he answered to guidelines stays."""
    objections = objections_to(request.POST.get("text", ""), conversation)
    return objecting(request, objections, asked=isinstance(refusal, AgainstGuidelines))


def objecting(request: HttpRequest, objections: Sequence[Objection], *, asked: bool = False) -> dict[str, Any]:
    """The context of `talk/courtesy.html`: each guideline once, and all places in the text.

    `asked` says that he has just been asked: a guideline that stops has been seen as soon as it stands
    there; one that asks, only when it has asked.
    """
    insisting = insisting_of(request)
    once = list({each.version: each for each in reversed(objections)}.values())[::-1]
    return {
        "objections": once,
        "flagged": [each for each in objections if not each.in_signature],
        "seen": [each.version.pk for each in once if _is_seen(each, insisting.seen, asked=asked)],
        "stops": any(each.kind == GuidelineKind.BLOCK for each in once),
        "override_reasons": OverrideReason.choices,
        "insisting": insisting,
    }


def _is_seen(objection: Objection, seen: frozenset[int], *, asked: bool) -> bool:
    return asked or objection.kind == GuidelineKind.BLOCK or objection.version.pk in seen
