"""People who are played do as people do: what needs them comes before all that is done, and what is due comes first."""

from datetime import timedelta
from random import Random

import pytest
from django.db import transaction

from inbox.desk.ownership import hand, locked
from inbox.desk.presence import come_on_shift
from inbox.desk.solve import solve
from inbox.inbound.belonging import Source
from inbox.inbound.receive import receive
from inbox.models import Activity, Agent, Cause, Conversation
from tests.inbox.desk_of_five import item, mail
from tests.simulation.company import Company, found
from tests.simulation.customers import Customers
from tests.simulation.run import START
from tests.simulation.staff import Staff
from tests.simulation.world import World


def problem_of(agent: Agent, company: Company, number: int) -> Conversation:
    """Somebody wrote, and it was given to him."""
    (channel,) = company.channels
    source = Source(channel=channel, item=item(channel, START).pk, received_at=START, came_at=START, now=START)
    with transaction.atomic():
        received = receive(source, mail(subject=f"Lamp {number}"))
        conversation = locked(Conversation(pk=received.conversation))
        hand(conversation, now=START, cause=Cause.ROUTED, owner=agent)
    return conversation


@pytest.mark.django_db
def test_who_comes_on_shift_begins_with_what_needs_him_and_not_with_what_is_solved() -> None:
    chance, world = Random(7), World(START)
    company = found(2, 1, START, chance)
    staff = Staff(company, world, Customers(company, world, chance), chance)
    ada = next(agent for agent in company.people.values() if agent.name == "ada0-0")
    for number in range(60):
        solve(problem_of(ada, company, number), by=ada, now=START)
    waits = problem_of(ada, company, 60)
    come_on_shift(ada, now=START)
    world.run(START + timedelta(hours=1))
    staff.goes_home()
    assert Activity.objects.filter(conversation=waits, actor=ada, verb="replied").exists()
