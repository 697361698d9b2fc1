"""What an address means by the name of a list: one of the desk's views, or a saved one, as its reader may see it.

What a search finds is a list, too: its name is what was typed, so that the address of a conversation says beside what.
The other lists can be narrowed and put in another order; that stands in their names, too: `mine~pending~tag:lamp`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote

from django.db import OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from inbox.database import storable
from inbox.errors import Refusal
from inbox.lists import CAP, View, conversations
from inbox.models import ORDERS, Agent, Conversation, Fact, Order, SavedView, State
from inbox.permissions import Can, teams_where
from inbox.query import Field, Term
from inbox.search import clean, matching
from inbox.terms import condition

SAVED = re.compile(r"v(\d{1,18})")
FOUND = "q="
APART = "~"  # between a list and what it is narrowed by
NARROWS = (Field.CHANNEL, Field.TEAM, Field.TAG, Field.HAS)
HAVE = ("draft", "promise", "attachment", "note")
OF_ALL = {View.OPEN: State.OPEN, View.PENDING: State.PENDING, View.SOLVED: State.SOLVED}
# The lists that have an order of their own, which is the usual one there.
FIRST: Mapping[str, Order] = {View.PROMISES: Order.PROMISE, View.SNOOZED: Order.WAKES}
EVERY_FACT = frozenset(Fact.values)
FINDS = {
    View.MINE: "owner:me status:{state}",
    View.QUEUE: "owner:nobody status:open",
    View.PROMISES: "",  # no term says what is due
    View.DRAFTS: "has:draft",
    View.OPEN: "status:open",
    View.PENDING: "status:pending",
    View.SNOOZED: "status:snoozed",
    View.SOLVED: "status:solved",
}
PATIENCE = 250  # milliseconds: what takes longer to count is not counted


@dataclass(frozen=True, slots=True)
class Listed:
    """A list by its name. `facts` is what its rows tell, `query` what was typed, if it is what a search finds.

    `base` is its name without what it is narrowed by: `state`, of one's own, and `terms`. `order` is the reader's usual
    one, unless the name says one (`is_named`).
    """

    value: str
    label: str
    order: Order = Order.NEWEST
    facts: frozenset[str] = EVERY_FACT
    saved: SavedView | None = None
    query: str = ""
    base: str = ""
    state: State = State.OPEN
    terms: Sequence[Term] = ()
    is_named: bool = False

    def but(
        self, *, state: State | None = None, order: Order | None = None, terms: Sequence[Term] | None = None
    ) -> str:
        """The name of this list with another state, another order, or narrowed by something else."""
        state, terms = state or self.state, self.terms if terms is None else terms
        named = order or (self.order if self.is_named else None)
        parts = [state.value if state != State.OPEN else "", named.value if named else ""]
        narrowed = (f"{term.field}:{_escaped(term.value)}" for term in terms)
        return APART.join([self.base, *filter(None, parts), *narrowed])

    @property
    def typed(self) -> str:
        """What finds the same where it is typed into the search, whoever types it; empty where nothing does."""
        found = self.saved.query if self.saved else FINDS[View(self.base)].format(state=self.state)
        return " ".join([found, *(_typed(term) for term in self.terms)]) if found else ""

    @property
    def orders(self) -> Sequence[Order]:
        """The orders in which there is this list."""
        return (FIRST[self.base], *ORDERS) if self.base in FIRST else ORDERS


def views_of(agent: Agent) -> QuerySet[SavedView]:
    """His own, and those of the teams in which he reads, each as it was ordered."""
    theirs = Q(owner=agent) | Q(team__in=teams_where(agent, Can.READ))
    return SavedView.objects.filter(theirs).order_by(F("team__name").asc(nulls_first=True), "position", "pk")


def listed(name: str, agent: Agent) -> Listed | None:
    """The list of this name; None if there is none for him."""
    if name.startswith(FOUND):
        return found_by(unquote(name.removeprefix(FOUND)))
    base, *parts = name.split(APART)
    view = _whole(base, agent)
    return _narrowed(view, parts) if view else None


def _whole(base: str, agent: Agent) -> Listed | None:
    if base in View.values:
        order = usual_order(agent, base, FIRST.get(base, Order.NEWEST))
        return Listed(base, str(View(base).label), order, base=base)
    number = SAVED.fullmatch(base)
    saved = views_of(agent).filter(pk=int(number[1])).first() if number else None
    if saved is None:
        return None
    order = usual_order(agent, saved.value, Order(saved.order))
    return Listed(saved.value, saved.name, order, frozenset(saved.facts), saved, base=saved.value)


def _narrowed(view: Listed, parts: Sequence[str]) -> Listed | None:
    """As the parts of its name say; None where one says nothing."""
    terms: dict[Field, Term] = {}
    for part in parts:
        field, _colon, written = part.partition(":")
        value = " ".join(storable(unquote(written)).replace('"', " ").split())
        if part in view.orders:
            view = replace(view, order=Order(part), is_named=True)
        elif part in State.values and view.base == View.MINE:
            view = replace(view, state=State(part))
        elif field in NARROWS and value and (field != Field.HAS or value in HAVE):
            terms[Field(field)] = Term(Field(field), value)
        else:
            return None
    view = replace(view, terms=tuple(terms.values()))
    return replace(view, value=view.but())


def usual_order(agent: Agent, base: str, else_: Order) -> Order:
    """In which he has this list, unless its name says another."""
    kept = agent.panes.get("orders", {}).get(base)
    return Order(kept) if kept in Order.values else else_


def keep_order(agent: Agent, base: str, order: Order) -> None:
    """From now on he has this list in this order."""
    agent.panes = {**agent.panes, "orders": {**agent.panes.get("orders", {}), base: order.value}}
    agent.save(update_fields=["panes"])


def _typed(term: Term) -> str:
    return f'{term.field}:"{term.value}"' if " " in term.value else f"{term.field}:{term.value}"


def _escaped(value: str) -> str:
    """As one part of a name, which is one part of an address."""
    return value.replace("%", "%25").replace("/", "%2F").replace(APART, "%7E")


def found_by(typed: str) -> Listed | None:
    """What a search for this finds; None for nothing. Its name is one part of an address."""
    query = clean(typed)
    name = f"{FOUND}{query.replace('%', '%25').replace('/', '%2F')}"
    return Listed(name, _("Found for “%(query)s”") % {"query": query}, query=query, base=name) if query else None


def rows_of(view: Listed, agent: Agent) -> QuerySet[Conversation]:
    """Everything in it that he may see, in no order. Raise Invalid where a search says what cannot be understood."""
    if view.query or view.saved:
        rows = matching(agent, view.saved.query if view.saved else view.query)
    else:
        rows = conversations(agent, View(view.base), view.state)
    return rows.filter(narrowing(view, agent))


def narrowing(view: Listed, agent: Agent) -> Q:
    """What its name narrows it to."""
    return Q(*(condition(term, agent) for term in view.terms))


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
