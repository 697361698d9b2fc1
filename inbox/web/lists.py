"""The conversation list."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from inbox.lists import View, conversations, page_of
from inbox.models import Agent
from inbox.permissions import Can, allows
from inbox.search import find
from inbox.web.frame import fresh_counts, office_of
from inbox.web.requests import agent_of

# What a row shows, and nothing else: a channel's sealed keys and an agent's password have no business in a list.
ROW = (
    *("number", "subject", "preview", "we_spoke_last", "state", "snoozed_until", "climbs_at", "climbs_to", "opened_at"),
    *(
        "level",
        "promise_at",
        "owes_update_at",
        "tags",
        "public",
        "window_until",
        "last_activity_at",
        "last_message",
        "channel__kind",
        "customer__name",
        "customer__number",
    ),
    *("customer__plan__name", "owner__name", "owner__status", "address__value"),
)


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Where his day begins: his work, or what he runs if he does not answer customers."""
    agent = agent_of(request)
    if allows(agent, Can.READ):
        return redirect("inbox:list", View.MINE)
    places = office_of(agent)
    return redirect(places[0].url if places else reverse("inbox:me"))


@login_required
def conversation_list(request: HttpRequest, view: str) -> HttpResponse:
    """A view; the list alone when only the list is asked for."""
    chosen = request.GET.get("chosen", "")
    number = int(chosen) if chosen.isdecimal() else 0
    context = list_context(agent_of(request), view, request.GET.get("after", ""), number)
    if request.htmx.target in {"section#list", "li#more"}:  # type: ignore[attr-defined]  # set by htmx's middleware
        return render(request, "desk/list.html" if "after" not in request.GET else "desk/rows.html", context)
    return render(request, "desk/desk.html", context)


def list_context(agent: Agent, view: str, after: str = "", chosen: int = 0) -> dict[str, object]:
    """What the list pane shows; `chosen` is the number of the open conversation. Raise Http404 for an unknown view."""
    if view not in View.values:
        raise Http404
    shown = View(view)
    found = page_of(conversations(agent, shown).only(*ROW), agent, after)
    return {
        "view": shown,
        "chosen": chosen,
        "rows": found.rows,
        "after": found.after,
        "counts": fresh_counts(agent),
    }


@login_required
def search(request: HttpRequest) -> HttpResponse:
    """What a search found, in the place of a list."""
    agent = agent_of(request)
    query = request.GET.get("q", "")
    context = {"query": query, "rows": find(agent, query), "view": None, "counts": fresh_counts(agent)}
    return render(request, "desk/desk.html", context)


@login_required
def rail(request: HttpRequest) -> HttpResponse:
    """The rail's counts, asked for again when something changed."""
    return render(request, "parts/rail.html", {"counts": fresh_counts(agent_of(request), now=True)})
