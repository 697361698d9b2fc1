"""Keeping a search as a list: everybody his own, a supervisor those of his team."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext_noop

from inbox.activity import record
from inbox.database import storable
from inbox.errors import AlreadyDone, Invalid, NotAllowed
from inbox.models import Agent, Fact, SavedView
from inbox.permissions import Can, allows
from inbox.search import matching


def may_change(view: SavedView, agent: Agent) -> bool:
    """Whether it is his own, or of a team whose lists he makes."""
    if view.owner_id:
        return view.owner_id == agent.pk and allows(agent, Can.READ)
    return allows(agent, Can.MAKE_VIEWS, view.team_id)


def save_view(view: SavedView, *, by: Agent, now: datetime) -> SavedView:
    """Make it, at the end of those beside it, or change the one whose key it has.

    Raise Invalid without a name or anything to look for, or for a term that says nothing; AlreadyDone if it was removed
    meanwhile; NotAllowed where it is or would be others'.
    """
    _require(view, by)
    view.name, view.query = " ".join(storable(view.name).split()), " ".join(storable(view.query).split())
    view.facts = [fact for fact in Fact.values if fact in view.facts]
    if not view.name or not view.query:
        raise Invalid(gettext_noop("A view has a name, and something that it looks for."))
    matching(by, view.query)  # a term that cannot be understood is refused here, not where it is opened
    with transaction.atomic():
        former = SavedView.objects.select_for_update().filter(pk=view.pk).first() if view.pk else None
        if view.pk and former is None:
            raise AlreadyDone
        if former:
            _require(former, by)
        if former is None or (former.owner_id, former.team_id) != (view.owner_id, view.team_id):
            view.position = 1 + (_beside(view).aggregate(last=Max("position"))["last"] or 0)
        view.changed_at = now
        view.save()
        record("view_saved", now=now, by=by, view=view.pk, team=view.team_id)
    return view


def remove_view(view: SavedView, *, by: Agent, now: datetime) -> None:
    """Nobody has it in his rail any more."""
    _require(view, by)
    with transaction.atomic():
        record("view_removed", now=now, by=by, view=view.pk, team=view.team_id)
        view.delete()


def move_view(view: SavedView, *, up: bool, by: Agent) -> None:
    """Change places with the one above or below it; the first goes no higher, the last no lower."""
    _require(view, by)
    with transaction.atomic():
        beside: Sequence[SavedView] = list(_beside(view).select_for_update().order_by("position", "pk"))
        at = [each.pk for each in beside].index(view.pk)
        to = min(len(beside) - 1, max(0, at + (-1 if up else 1)))
        moved = [*beside]
        moved.insert(to, moved.pop(at))
        for position, each in enumerate(moved, 1):
            each.position = position
        SavedView.objects.bulk_update(moved, ["position"])


def _beside(view: SavedView) -> QuerySet[SavedView]:
    return SavedView.objects.filter(owner=view.owner_id, team=view.team_id)


def _require(view: SavedView, by: Agent) -> None:
    if not may_change(view, by):
        raise NotAllowed
