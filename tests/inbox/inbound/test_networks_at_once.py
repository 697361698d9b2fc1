"""Ten direct messages in one moment are one conversation: the database decides."""

from functools import partial

import pytest

from inbox.models import Conversation, Customer
from tests.inbox.desk_of_five import Desk
from tests.inbox.network import direct, network
from tests.inbox.parallel import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_ten_direct_messages_at_once_are_one_conversation(desk: Desk) -> None:
    channel = network(desk)
    jobs = [partial(desk.receives, direct(f"Message {n}"), channel=channel, at=desk.clock) for n in range(10)]
    answers = at_once(jobs)
    assert [error for error in answers if isinstance(error, Exception)] == []
    conversation = Conversation.objects.get()
    assert conversation.messages.count() == 10
    assert Customer.objects.count() == 1
