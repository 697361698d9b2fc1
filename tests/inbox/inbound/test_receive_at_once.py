"""Mail that arrives in one moment, in two mailboxes, read by two workers."""

from functools import partial

import pytest

from inbox.inbound.receive import Received
from inbox.models import Address, Conversation, Customer, Message
from tests.inbox.desk_of_five import Desk, answer_to, mail
from tests.inbox.parallel import at_once

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 12


def results(answers: list[Received | Exception]) -> list[Received]:
    for answer in answers:
        assert isinstance(answer, Received), repr(answer)
    return [answer for answer in answers if isinstance(answer, Received)]


def test_the_same_mail_in_two_mailboxes_is_one_conversation(desk: Desk) -> None:
    for _ in range(TIMES):
        said, channels = mail(), (desk.channel, desk.channel_elsewhere)
        both = results(at_once([partial(desk.receives, said, channel=c, at=desk.clock) for c in channels]))
        assert sorted(received.outcome for received in both) == ["duplicate", "message"]
        assert both[0].conversation == both[1].conversation
    assert Conversation.objects.count() == Message.objects.count() == TIMES


def test_a_newcomers_mail_and_his_answer_to_it_are_one_conversation(desk: Desk) -> None:
    for n in range(TIMES):
        newcomer = type(mail().sender)(address=f"carla{n}@example.com")
        first = mail(sender=newcomer)
        second = answer_to(first.reference, sender=newcomer)
        jobs = [
            partial(desk.receives, first, channel=desk.channel, at=desk.clock),
            partial(desk.receives, second, channel=desk.channel, at=desk.clock),
        ]
        both = results(at_once(jobs))
        assert len(Conversation.objects.filter(pk__in=[received.conversation for received in both])) == 1


def test_a_newcomer_who_writes_twice_in_one_moment_is_one_customer(desk: Desk) -> None:
    for n in range(TIMES):
        newcomer = type(mail().sender)(address=f"carla{n}@example.com")
        jobs = [partial(desk.receives, mail(f"Mail {k}", sender=newcomer), at=desk.clock) for k in range(3)]
        results(at_once(jobs))
    assert Address.objects.count() == Customer.objects.count() == TIMES
    assert Conversation.objects.count() == TIMES * 3
