"""What the tests of escalation share: the desk of five, with a ladder of three rungs."""

import pytest

from escalation.models import Policy
from inbox.desk.teams import set_level
from inbox.models import Agent
from tests.escalation.ladder_of_three import Ladder
from tests.inbox.conftest import desk as desk
from tests.inbox.desk_of_five import NOW, Desk


@pytest.fixture
def ladder(desk: Desk) -> Ladder:
    """Level 1 is sam's, level 2 sam's with max as his deputy, level 3 max's with kim as his."""
    set_level(1, name="Front line", holder=desk.sam, deputy=None, by=None, now=NOW)
    set_level(2, name="Lead", holder=desk.sam, deputy=desk.max, by=None, now=NOW)
    set_level(3, name="Executive", holder=desk.max, deputy=desk.kim, by=None, now=NOW)
    Policy.objects.all().delete()
    Agent.objects.update(capacity=12)
    return Ladder(desk)
