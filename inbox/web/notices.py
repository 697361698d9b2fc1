"""What one was told: the bell, and the page behind it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from inbox.desk import tell
from inbox.models import Agent, Notice
from inbox.web.requests import agent_of

SHOWN, CAP = 100, 100


@login_required
def notices(request: HttpRequest) -> HttpResponse:
    """The newest, those not seen yet marked; by POST all of them are seen."""
    agent = agent_of(request)
    if request.method == "POST":
        tell.seen(agent, now=timezone.now())
        return redirect("inbox:notices")
    rows = Notice.objects.filter(agent=agent).select_related("conversation__customer", "conversation__channel", "about")
    return render(request, "notices/list.html", {"rows": rows.order_by("-pk")[:SHOWN]})


def unread(agent: Agent) -> int:
    """How many he has not seen, at most CAP."""
    return Notice.objects.filter(agent=agent, read_at=None).values("pk")[:CAP].count()
