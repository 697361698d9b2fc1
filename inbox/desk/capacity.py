"""How much open work a person may be given."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from inbox.activity import record
from inbox.errors import Invalid, NotAllowed
from inbox.models import Agent
from inbox.permissions import Can, allows, roles_of


def set_capacity(agent: Agent, *, capacity: int, reserved: int, by: Agent, now: datetime) -> None:
    """Say how much weight he may have open, and how much of it is kept for important clients.

    Raise NotAllowed unless `by` watches over a team of his, Invalid if more is reserved than there is.
    """
    if not any(allows(by, Can.SEE_WORK, held.team_id) for held in roles_of(agent) if held.team_id):
        raise NotAllowed
    if reserved > capacity:
        raise Invalid(gettext_noop("More is reserved than he may be given."))
    with transaction.atomic():
        Agent.objects.filter(pk=agent.pk).update(capacity=capacity, reserved=reserved)
        record("capacity_set", now=now, by=by, agent=agent.pk, capacity=capacity, reserved=reserved)
