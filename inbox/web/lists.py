"""The conversation list."""

from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from inbox.errors import Refusal
from inbox.lists import PAGE, ROW, Page, View, page_of
from inbox.models import Agent
from inbox.permissions import Can, allows
from inbox.search import find, found_in
from inbox.views import EVERY_FACT, Listed, found_by, listed, narrowing, rows_of
from inbox.web.bulk import shown_to
from inbox.web.frame import fresh_counts, office_of
from inbox.web.given_up import GivenUp, may_be_given_up
from inbox.web.narrowing import head_of
from inbox.web.requests import agent_of

NOTHING = Page([], None)
MOST_ROWS = 10 * PAGE  # what is further down in a list comes again page by page
# By what a search may be narrowed, as it is written, and what it means.
TERMS = [
    (_("from:carla"), _("what a customer or a colleague said")),
    (_("to:support@"), _("what was written to an address of ours, or to a customer")),
    (_("channel:email"), _("by channel")),
    (_("status:open"), _("open, pending, solved or snoozed")),
    (_("owner:me"), _("by owner; nobody: what waits in a queue")),
    (_("team:support"), _("by team")),
    (_("tag:invoice"), _("by tag")),
    (_("after:2026-11-01"), _("something happened last on that day or later; before: earlier")),
    (
        _("has:attachment"),
        _("with a file; has:note with a note, has:draft with your draft, has:promise promised"),
    ),
    (_("number:10001"), _("one conversation")),
    ('"red lamp"', _("exactly these words, in this order")),
    (_("-tag:invoice"), _("a minus turns it round")),
]


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
    """A view, or what a search found; the list alone when only the list is asked for."""
    return _shown(request, listed_or_404(view, agent_of(request)))


@login_required
def search(request: HttpRequest) -> HttpResponse:
    """What a search found, in the place of a list; while one types, the list alone."""
    return _shown(request, found_by(request.GET.get("q", "")))


def _shown(request: HttpRequest, view: Listed | None) -> HttpResponse:
    chosen = request.GET.get("chosen", "")
    number = int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0
    try:
        with may_be_given_up(request):
            context = list_context(agent_of(request), view, request.GET.get("after", ""), number, rows_shown(request))
    except GivenUp:
        return HttpResponse(status=204)  # nobody reads it
    match request.htmx.target:  # type: ignore[attr-defined]  # set by htmx's middleware
        case "section#list":
            return render(request, "desk/list.html", context)
        case "li#more":
            return render(request, "desk/rows.html", context)
    return render(request, "desk/desk.html", context)


def listed_or_404(name: str, agent: Agent) -> Listed:
    """The list of this name. Raise Http404 if there is none for him."""
    if (view := listed(name, agent)) is None:
        raise Http404
    return view


def rows_shown(request: HttpRequest) -> int:
    """How many rows the list has that asks to be as it was, as its script says (fresh.js); a page at least."""
    told = request.headers.get("X-Rows", "")
    return min(max(int(told), PAGE), MOST_ROWS) if told.isdecimal() and len(told) < 5 else PAGE


def list_context(
    agent: Agent, view: Listed | None, after: str = "", chosen: int = 0, size: int = PAGE
) -> dict[str, object]:
    """What the list pane shows, so many rows of it; without a view it says what can be searched for.

    `chosen` is the number of the open conversation.
    """
    found, wrong = _found(agent, view, after, size) if view else (NOTHING, "")
    query = view.query if view else ""
    return {
        "view": view,
        "query": query,
        "wrong": wrong,
        "terms": TERMS if view is None or view.query else (),
        "facts": view.facts if view else EVERY_FACT,
        "chosen": chosen,
        "rows": found.rows,
        "further": found.after,
        "only": found.only,
        "said": found_in(query, found.rows),
        **(head_of(agent, view) if view and not view.query else {}),
        **shown_to(agent),
    }


def _found(agent: Agent, view: Listed, after: str, size: int) -> tuple[Page, str]:
    """A page of a list; or the sentence that says what is wrong with what was typed."""
    typed = view.saved.query if view.saved else view.query
    if not typed:
        return page_of(rows_of(view, agent).only(*ROW), agent, after, size, view.order), ""
    try:
        return find(agent, typed, after, size, view.order, narrowing(view, agent)), ""
    except Refusal as refusal:
        return NOTHING, str(refusal)


@login_required
def rail(request: HttpRequest) -> HttpResponse:
    """The rail's counts, asked for again when something changed."""
    around = {"counts": fresh_counts(agent_of(request), now=True), "stands_at": _stands_at(request)}
    return render(request, "parts/rail.html", around)


def _stands_at(request: HttpRequest) -> str:
    """The path of the page that asks, whose address may have changed since it was made; empty for no page of ours."""
    return urlsplit(request.htmx.current_url_abs_path or "").path  # type: ignore[attr-defined]  # set by htmx's middleware
