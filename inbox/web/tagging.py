"""The tags of one conversation, in its side panel, and those that are offered while one is typed."""

from collections import Counter

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from inbox.desk.along import tidy
from inbox.desk.tag import tag, untag
from inbox.errors import Refusal
from inbox.models import Agent, State
from inbox.permissions import may_work, visible_to
from inbox.web.requests import agent_of, conversation_of, view_of

LATELY, MOST = 200, 8  # conversations of each state that are looked at; tags that are offered


@login_required
@require_POST
def tags(request: HttpRequest, view: str, number: int) -> HttpResponse:
    """Add what was typed, with commas between, or take one away; answers with all that there are then."""
    conversation, agent, now = conversation_of(request, number), agent_of(request), timezone.now()
    gone = request.POST.get("gone", "")
    context: dict[str, object] = {"view": view_of(view, agent), "conversation": conversation, "changed": True}
    context["may_work"] = may_work(agent, conversation)
    before, status = list(conversation.tags), 200
    try:
        if gone:
            conversation.tags = untag(conversation, [gone], by=agent, now=now).tags
        else:
            conversation.tags = tag(conversation, tidy(request.POST.get("tag", "").split(",")), by=agent, now=now).tags
    except Refusal as refusal:
        context["refused"], status = refusal, refusal.status
    context["next"] = _after(gone, before, conversation.tags)
    response = render(request, "talk/tags.html", context, status=status)
    if status != 200:
        # What was typed stays.
        response["HX-Retarget"], response["HX-Reswap"] = f"#tags-{conversation.number}", "outerMorph"
    return response


def _after(gone: str, before: list[str], left: list[str]) -> str:
    """The tag whose button takes the focus of one that is gone: the next, else the last; empty for the field."""
    if gone not in before or not left:
        return ""
    return left[min(before.index(gone), len(left) - 1)]


@login_required
def offered(request: HttpRequest, view: str, number: int) -> HttpResponse:
    """Tags that people used lately and that are not there yet; those that begin with what was typed stand first."""
    conversation, agent = conversation_of(request, number), agent_of(request)
    typed = request.GET.get("q", "").strip().lstrip("#").casefold()
    found = [name for name in used_lately(agent) if typed in name.casefold() and name not in conversation.tags]
    first = sorted(found, key=lambda name: not name.casefold().startswith(typed))
    return render(request, "talk/offered_tags.html", {"rows": first[:MOST]})


def used_lately(agent: Agent) -> list[str]:
    """The tags of what he may see and where something happened last, those that stand on most of it first."""
    seen = visible_to(agent).order_by("-last_activity_at", "-id")
    lately = [seen.filter(state=state).values_list("tags", flat=True)[:LATELY] for state in State]
    return [name for name, _times in Counter(name for rows in lately for row in rows for name in row).most_common()]
