"""What an address means by the name of a list: one of the desk's views, or a saved one, as its reader may see it.

What a search finds is a list, too: its name is what was typed, so that the address of a conversation says beside what.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from django.db import OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from inbox.errors import Refusal
from inbox.lists import CAP, View, conversations
from inbox.models import Agent, Conversation, Fact, Order, SavedView
from inbox.permissions import Can, teams_where
from inbox.search import clean, matching

SAVED = re.compile(r"v(\d{1,18})")
FOUND = "q="
EVERY_FACT = frozenset(Fact.values)
PATIENCE = 250  # milliseconds: what takes longer to count is not counted


@dataclass(frozen=True, slots=True)
class Listed:
    """A list by its name. `facts` is what its rows tell, `query` what was typed, if it is what a search finds."""

    value: str
    label: str
    order: Order = Order.NEWEST
    facts: frozenset[str] = EVERY_FACT
    saved: SavedView | None = None
    query: str = ""


def views_of(agent: Agent) -> QuerySet[SavedView]:
    """His own, and those of the teams in which he reads, each as it was ordered."""
    theirs = Q(owner=agent) | Q(team__in=teams_where(agent, Can.READ))
    return SavedView.objects.filter(theirs).order_by(F("team__name").asc(nulls_first=True), "position", "pk")


def listed(name: str, agent: Agent) -> Listed | None:
    """The list of this name; None if there is none for him."""
    if name in View.values:
        return Listed(name, str(View(name).label))
    if name.startswith(FOUND):
        return found_by(unquote(name.removeprefix(FOUND)))
    number = SAVED.fullmatch(name)
    saved = views_of(agent).filter(pk=int(number[1])).first() if number else None
    if saved is None:
        return None
    return Listed(saved.value, saved.name, Order(saved.order), frozenset(saved.facts), saved)


def found_by(typed: str) -> Listed | None:
    """What a search for this finds; None for nothing. Its name is one part of an address."""
    query = clean(typed)
    name = query.replace("%", "%25").replace("/", "%2F")
    return Listed(f"{FOUND}{name}", _("Found for “%(query)s”") % {"query": query}, query=query) if query else None


def rows_of(view: Listed, agent: Agent) -> QuerySet[Conversation]:
    """Everything in it that he may see, in no order. Raise Invalid where a search says what cannot be understood."""
    if view.query or view.saved:
        return matching(agent, view.saved.query if view.saved else view.query)
    return conversations(agent, View(view.value))


def counts_of(agent: Agent) -> dict[str, int]:
    """How much is in each saved view that is counted, at most CAP; without those whose counting takes too long."""
    counted = {view.value: _count(agent, view) for view in views_of(agent).filter(counted=True)}
    return {value: count for value, count in counted.items() if count is not None}


def _count(agent: Agent, view: SavedView) -> int | None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(PATIENCE)])
            return matching(agent, view.query).order_by()[:CAP].count()
    except (OperationalError, Refusal):
        return None
