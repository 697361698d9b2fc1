"""The views of the conversation list: what is in each, page by page, and how much, capped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, LiteralString

from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.models import Case, Count, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.expressions import Value
from django.db.models.fields.tuple_lookups import TupleGreaterThan, TupleLessThan
from django.db.models.functions import Coalesce, Left, Now
from django.utils.translation import gettext_lazy as _
from psycopg.sql import Literal

from inbox import hot
from inbox.models import Agent, Conversation, Direction, Draft, Message, Order, Outcome, State
from inbox.models.conversations import MUST_CLIMB, NEVER, PREVIEW_LENGTH
from inbox.permissions import Can, allows, held_back_for, roles_of, teams_where, visible_to

PAGE = 30
CAP = 100  # a count stops here and is shown as "99+": an exact one would walk the whole table
UNSOLVED = (State.OPEN, State.PENDING)
PROMISED_SOON = timedelta(days=1)  # from when on a promise has to be thought of
KEPT_STATEMENTS = 1_000
HIS_PENDING = "mine~pending"  # of his own what waits for customers: a part of the view, by the name that it has

# What a row shows, and nothing else: a channel's sealed keys and an agent's password have no business in a list.
ROW = (
    *("number", "subject", "preview", "we_spoke_last", "state", "snoozed_until", "climbs_at", "climbs_to", "opened_at"),
    *("level", "promise_at", "owes_update_at", "tags", "public", "window_until", "last_activity_at", "last_message"),
    *("channel__kind", "customer__name", "customer__number", "customer__plan__name", "address__value"),
    *("owner__name", "owner__status"),
)


class View(models.TextChoices):
    """The lists an agent works from."""

    MINE = "mine", _("Mine")
    QUEUE = "queue", _("Team queue")
    PROMISES = "promises", _("Promises")
    DRAFTS = "drafts", _("Drafts")
    OPEN = "open", _("All open")
    PENDING = "pending", _("Waiting for customer")
    SNOOZED = "snoozed", _("Snoozed")
    SOLVED = "solved", _("Solved")


class Held(models.TextChoices):
    """What waits for a person before it may come in."""

    QUARANTINE = Outcome.QUARANTINE.value, _("Quarantine")
    UNREADABLE = Outcome.UNREADABLE.value, _("Unreadable")


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of a list, and where the next one begins; `after` is None at the end.

    `only` is how many matches of a search were looked at, where there are more; 0 if all were.
    """

    rows: Sequence[Conversation]
    after: str | None
    only: int = 0


def conversations(agent: Agent, view: View, state: State = State.OPEN) -> QuerySet[Conversation]:
    """Everything in a view that he may see; of his own what stands in this `state`."""
    match view:
        case View.MINE:
            return Conversation.objects.filter(owner=agent, state=state)
        case View.QUEUE:
            return Conversation.objects.filter(team__in=_teams(agent), owner=None, state=State.OPEN)
        case View.PROMISES:
            his = Conversation.objects.filter(owner=agent, state__in=UNSOLVED)
            return his.filter(promise_at__lte=Now() + PROMISED_SOON)
        case View.DRAFTS:
            return visible_to(agent).filter(pk__in=Draft.objects.filter(agent=agent).values("conversation"))
        case View.OPEN:
            return visible_to(agent).filter(state=State.OPEN)
        case View.PENDING:
            return visible_to(agent).filter(state=State.PENDING)
        case View.SNOOZED:
            return visible_to(agent).filter(snoozed_until__isnull=False)
        case View.SOLVED:
            return visible_to(agent).filter(state=State.SOLVED)


def page(agent: Agent, view: View, after: str = "", size: int = PAGE) -> Page:
    """A page of a view, see `page_of`."""
    return page_of(conversations(agent, view), agent, after, size)


def page_of(
    rows: QuerySet[Conversation], agent: Agent, after: str = "", size: int = PAGE, order: Order = Order.NEWEST
) -> Page:
    """A page in this order. `after` is the cursor of the page before; a broken one begins at the top."""
    rows = with_reading(rows, agent)
    if begins := position(after):
        rows = _below(rows, order, *begins)
    found = list(ordered(rows, order)[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return Page(found[:size], f"{_place(last, order).isoformat()}_{last.pk}" if last else None)


def ordered(rows: QuerySet[Conversation], order: Order) -> QuerySet[Conversation]:
    """In this order; each walks along an index."""
    match order:
        case Order.NEWEST:
            return rows.order_by("-last_activity_at", "-id")
        case Order.OLDEST:
            return rows.order_by("last_activity_at", "id")
        case Order.CLIMBS:
            return rows.order_by(MUST_CLIMB, "id")
        case Order.PROMISE:
            return rows.order_by("promise_at", "id")
        case Order.WAKES:
            return rows.order_by("snoozed_until", "id")


def next_after(conversation: Conversation, rows: QuerySet[Conversation], order: Order) -> int | None:
    """The number of the one below it among these, by where it stood when it was read; below the last is the first."""
    others = ordered(rows.exclude(pk=conversation.pk), order)
    below = _below(others, order, _place(conversation, order), conversation.pk)
    return next((row.number for rows in (below, others) for row in rows.only("number")[:1]), None)


def _place(conversation: Conversation, order: Order) -> datetime:
    match order:
        case Order.NEWEST | Order.OLDEST:
            return conversation.last_activity_at
        case Order.CLIMBS:
            return conversation.must_climb
        case Order.PROMISE:
            return conversation.promise_at or NEVER
        case Order.WAKES:
            return conversation.snoozed_until or NEVER


def _below(rows: QuerySet[Conversation], order: Order, at: datetime, pk: int) -> QuerySet[Conversation]:
    match order:
        case Order.NEWEST:
            return rows.filter(TupleLessThan((F("last_activity_at"), F("id")), (at, pk)))
        case Order.OLDEST:
            return rows.filter(TupleGreaterThan((F("last_activity_at"), F("id")), (at, pk)))
        case Order.CLIMBS:
            return rows.filter(TupleGreaterThan((MUST_CLIMB, F("id")), (at, pk)))
        case Order.PROMISE:
            return rows.filter(TupleGreaterThan((F("promise_at"), F("id")), (at, pk)))
        case Order.WAKES:
            return rows.filter(TupleGreaterThan((F("snoozed_until"), F("id")), (at, pk)))


def with_reading(rows: QuerySet[Conversation], agent: Agent) -> QuerySet[Conversation]:
    """Rows as a list shows them, in one query.

    With `seen` = up to which message he has read, `unread` = how many of the customer's he has not where nobody has
    answered them, `spoke` = the name of the colleague who spoke last, `draft` = the beginning of what he is writing
    there. What is looked for row by row is looked for in those of the page alone, see the plan in tests/inbox.
    """
    return (
        rows.select_related("channel", "customer__plan", "owner", "address")
        .annotate(his_reading=FilteredRelation("readings", condition=Q(readings__agent=agent)))
        .annotate(seen=F("his_reading__seen_up_to"))
        .annotate(
            unread=Coalesce(Case(When(we_spoke_last=False, then=_unread())), 0),
            spoke=Case(When(we_spoke_last=True, then=_spoke())),
            draft=_draft(agent),
        )
    )


def _unread() -> Subquery:
    said = Message.objects.filter(conversation=OuterRef("pk"), direction=Direction.INCOMING, withdrawn_at=None)
    new = said.filter(pk__gt=Coalesce(OuterRef("seen"), 0)).order_by().values("conversation")
    return Subquery(new.annotate(n=Count("pk")).values("n"))


def _spoke() -> Subquery:
    said = Message.objects.filter(conversation=OuterRef("pk"), direction=Direction.OUTGOING, withdrawn_at=None)
    return Subquery(said.order_by("-pk").values("author__name")[:1])


def _draft(agent: Agent) -> Subquery:
    written = Draft.objects.filter(conversation=OuterRef("pk"), agent=agent).order_by("-at")
    return Subquery(written.values(begins=Left("text", PREVIEW_LENGTH))[:1])


def counts(agent: Agent) -> dict[str, int]:
    """How much is in each view, at most CAP each, in one statement."""
    names, statement, values = _counting(_Reader.of(agent))
    ((*found,),) = hot.fetch(statement, values)  # on every page: to plan it costs more than to run it
    return dict(zip(names, found, strict=True))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Somebody who counts what there is for him: two who are equal do it with the same statement.

    `teams` are all that there are, where he reads in all of them.
    """

    agent: Agent = field(compare=False)
    pk: int
    is_active: bool
    roles: frozenset[tuple[str, int | None]]
    teams: tuple[int, ...]
    cap: int

    @classmethod
    def of(cls, agent: Agent) -> "_Reader":
        roles = frozenset((held.role, held.team_id) for held in roles_of(agent))
        is_everywhere = any(team is None for _role, team in roles)
        return cls(agent, agent.pk, agent.is_active, roles, tuple(_teams(agent)) if is_everywhere else (), CAP)


@lru_cache(KEPT_STATEMENTS)  # to make it costs more than to ask
def _counting(reader: _Reader) -> tuple[Sequence[str], LiteralString, Sequence[Any]]:
    """The names of what he counts, and the statement that does, with its values: people and teams.

    Words, as a state, stand in it: what PostgreSQL plans once must say which index holds them.
    """
    asked = _counted(reader.agent)
    parts: list[str] = []
    values: list[Any] = []
    for rows in asked.values():
        try:
            sql, params = rows.order_by().values(one=Value(1))[: reader.cap].query.sql_with_params()
        except EmptyResultSet:  # he is in no team: there is nothing to ask for
            parts.append("0")
            continue
        places = [_quoted(value) if isinstance(value, str) else "%s" for value in params]
        parts.append(f"(SELECT count(*) FROM ({sql % tuple(places)}) AS v)")  # noqa: S608  # made by the ORM
        values.extend(value for value in params if not isinstance(value, str))
    return list(asked), f"SELECT {', '.join(parts)}", values


def _quoted(word: str) -> str:
    return Literal(str(word)).as_string().replace("%", "%%")


def _counted(agent: Agent) -> Mapping[str, QuerySet[Any]]:
    asked: dict[str, QuerySet[Any]] = {view.value: conversations(agent, view) for view in View if view != View.SOLVED}
    asked[HIS_PENDING] = conversations(agent, View.MINE, State.PENDING)
    if allows(agent, Can.OPEN_QUARANTINE):
        for held in Held:
            asked[held.value] = held_back_for(agent).filter(outcome=held.value, discarded_at=None)
    return asked


def _teams(agent: Agent) -> list[int]:
    return list(teams_where(agent, Can.READ).values_list("pk", flat=True))


def position(after: str) -> tuple[datetime, int] | None:
    """Where a page begins, as its cursor says; None for anything that is no cursor of ours."""
    at, _, pk = after.rpartition("_")
    try:
        place = datetime.fromisoformat(at), int(pk)
    except ValueError:
        return None
    return place if place[0].tzinfo and 0 < place[1] < 2**63 else None
