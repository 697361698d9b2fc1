"""How somebody has the panes of his desk: kept with him, so that they are so at every desk he sits down at."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from inbox.models import Agent
from inbox.web.requests import agent_of


@dataclass(frozen=True, slots=True)
class Range:
    """How wide a pane may be, in rem, and how wide it is for who never moved it."""

    least: int
    usual: int
    most: int


# The style sheet has a rule for each width in between (panes.css): no page may carry styles of its own.
RANGES = {"list": Range(16, 23, 36), "side": Range(14, 18, 32)}


def panes_of(agent: Agent) -> dict[str, object]:
    """The width in rem of each pane that he has moved, what it may be, and which panes are shut."""
    return {"ranges": RANGES, "shut": [], **agent.panes}


@login_required
@require_http_methods(["PUT"])
def my_panes(request: HttpRequest) -> HttpResponse:
    """Keep how he has them. By PUT, because it is no sign of life (inbox/web/seen.py)."""
    agent, asked = agent_of(request), request.GET
    widths = {name: asked[name] for name in RANGES if asked.get(name, "").isdecimal()}
    shut = [name for name in RANGES if name in asked.getlist("shut")]
    kept = {name: _within(RANGES[name], int(width[:4])) for name, width in widths.items()}
    orders = {"orders": agent.panes["orders"]} if "orders" in agent.panes else {}  # of his lists (inbox/views.py)
    agent.panes = {**orders, **kept, "shut": shut}
    agent.save(update_fields=["panes"])
    return HttpResponse(status=204)


def _within(range_: Range, width: int) -> int:
    return max(range_.least, min(range_.most, width))
