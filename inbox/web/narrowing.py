"""The head of a list: whose turn it is, what stands first, and what it is narrowed by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from inbox.errors import Invalid
from inbox.lists import HIS_PENDING, View
from inbox.models import Agent, Channel, Order, State
from inbox.permissions import Can, teams_where
from inbox.query import Field, Term
from inbox.views import HAVE, NARROWS, OF_ALL, Listed, keep_order, listed
from inbox.web.frame import fresh_counts
from inbox.web.requests import agent_of

HAS = dict(zip(HAVE, (_("a draft of mine"), _("a promise"), _("a file"), _("a note")), strict=True))
TURNS = {State.OPEN: _("Need us"), State.PENDING: _("Wait for customer"), State.SOLVED: _("Solved")}


@dataclass(frozen=True, slots=True)
class Turn:
    """One part of a list, by whose turn it is. `value` is its name, `count` how much is in it, if counted."""

    value: str
    label: str
    count: int
    is_here: bool


def head_of(agent: Agent, view: Listed) -> dict[str, object]:
    """What stands over the rows; the counts are asked for when they are shown."""
    return {
        "turns": lambda: _turns(agent, view),
        "narrowed": [_without(view, term) for term in view.terms],
        "orders": _orders(view),
    }


def _turns(agent: Agent, view: Listed) -> Sequence[Turn]:
    """Of one's own and of all; what is in a queue or a saved view has none."""
    counts = _counts(view, agent)
    if view.base == View.MINE:
        return [Turn(view.but(state=s), str(TURNS[s]), counts.get(s, 0), s == view.state) for s in State]
    if view.base not in OF_ALL:
        return []
    return [
        Turn(_moved(view, each), str(TURNS[state]), counts.get(state, 0), each == view.base)
        for each, state in OF_ALL.items()
    ]


def _counts(view: Listed, agent: Agent) -> dict[State, int]:
    """How much of it needs us, and how much waits, as the rail has it. What is narrowed is not counted."""
    if view.terms or view.saved:
        return {}
    known = fresh_counts(agent)
    names = (View.MINE, HIS_PENDING) if view.base == View.MINE else (View.OPEN, View.PENDING)
    return {state: known.get(name, 0) for state, name in zip((State.OPEN, State.PENDING), names, strict=True)}


def _moved(view: Listed, base: View) -> str:
    """The same narrowing of another view."""
    return base.value + view.but().removeprefix(view.base)


def _without(view: Listed, term: Term) -> Mapping[str, object]:
    """What a list is narrowed by, and the name of the one that is not."""
    shown = HAS.get(term.value, term.value) if term.field == Field.HAS else term.value
    return {"field": term.field, "value": shown, "but": view.but(terms=[t for t in view.terms if t != term])}


def _orders(view: Listed) -> list[Order]:
    climbs = view.state != State.SOLVED and view.base != View.SOLVED  # nothing that is solved climbs
    return [order for order in view.orders if climbs or order != Order.CLIMBS]


@login_required
def menu(request: HttpRequest) -> HttpResponse:
    """By what a list can be narrowed: asked for when the menu is opened."""
    agent = agent_of(request)
    view = _list_of(request.GET.get("view", ""), agent)
    context = {
        "view": view,
        "kinds": Channel.objects.order_by("kind").values_list("kind", flat=True).distinct(),
        "teams": teams_where(agent, Can.READ).filter(closed_at=None).order_by("name"),
        "things": HAS,
        "by": {term.field.value: term.value for term in view.terms},
    }
    return render(request, "desk/narrow_menu.html", context)


@login_required
def narrow(request: HttpRequest) -> HttpResponse:
    """The list that is narrowed by what a form says, by its own address."""
    view = _list_of(request.GET.get("view", ""), agent_of(request))
    asked = {field: request.GET.get(field.value, "").strip().lstrip("#") for field in NARROWS}
    terms = [Term(field, value) for field, value in asked.items() if value]
    return redirect("inbox:list", view.but(terms=terms))


@login_required
@require_POST
def put_in_order(request: HttpRequest) -> HttpResponse:
    """Show a list in this order from now on."""
    agent, wanted = agent_of(request), request.POST.get("order", "")
    view = _list_of(request.POST.get("view", ""), agent)
    if wanted not in view.orders:
        raise Invalid
    keep_order(agent, view.base, Order(wanted))
    return redirect("inbox:list", view.but(order=Order(wanted)))


def _list_of(name: str, agent: Agent) -> Listed:
    """A list that has such a head. Raise Http404 for any other."""
    view = listed(name, agent)
    if view is None or view.query:
        raise Http404
    return view
