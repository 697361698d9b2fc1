"""Two sweeps at once do everything once, and never fill one person's room twice. Real threads, real transactions."""

import pytest

from connectors.contract import Person
from escalation import sweep
from escalation.models import Policy
from inbox.desk.teams import set_level
from inbox.models import Agent, Conversation, Interval, Status
from tests.escalation.ladder_of_three import Ladder
from tests.inbox.conftest import desk as desk
from tests.inbox.desk_of_five import NOW, Desk
from tests.inbox.parallel import at_once


@pytest.mark.django_db(transaction=True)
def test_each_step_is_raised_once_and_nobody_gets_more_than_fits(desk: Desk) -> None:
    set_level(1, name="Front line", holder=desk.sam, deputy=None, by=None, now=NOW)
    set_level(2, name="Executive", holder=desk.max, deputy=None, by=None, now=NOW)
    Policy.objects.all().delete()
    ladder = Ladder(desk)
    ladder.policy((None, 20))
    for number in range(12):
        desk.problem(f"Lamp {number}", subject=f"Lamp {number}", sender=Person(address=f"c{number}@example.com"))
    now = desk.later(hours=21)
    at_once([lambda: sweep.run(now)] * 3)
    assert Interval.objects.filter(began_by="timed_out").count() == 12
    for number in range(12):
        desk.problem(f"Cup {number}", subject=f"Cup {number}", sender=Person(address=f"d{number}@example.com"))
    Agent.objects.filter(pk=desk.ada.pk).update(status=Status.ON_SHIFT, capacity=5)
    later = desk.later()
    at_once([lambda: sweep.run(later)] * 3)
    assert Conversation.objects.filter(owner=desk.ada, state="open").count() == 5
