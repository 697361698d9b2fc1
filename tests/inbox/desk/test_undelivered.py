"""What the customer did not get is not over, whatever was thought of it when it was sent."""

import pytest

from connectors.contract import Progress, Receipt
from inbox.desk.merge import merge
from inbox.desk.people import switch_off
from inbox.desk.solve import solve, wait_for_customer
from inbox.desk.take import take_over
from inbox.models import Activity, Conversation, Delivery, DeliveryState, Message, Notice, NoticeKind, State
from inbox.outbound import receipts
from inbox.outbound.deliver import undelivered
from tests.inbox.desk_of_five import Desk, answer_to, delivery_of, history, reference_of, set_state


@pytest.fixture
def conversation(desk: Desk) -> Conversation:
    return desk.problem()


def bounces(desk: Desk, message: Message) -> None:
    """It had been handed over, and comes back."""
    delivery = delivery_of(message)
    set_state(delivery, DeliveryState.SENT)
    receipt = Receipt(provider_id=delivery.provider_id, progress=Progress.FAILED, recipient="carla@example.com")
    receipts.apply(receipt, channel=desk.channel, now=desk.later())
    assert Delivery.objects.get(pk=delivery.pk).state == DeliveryState.FAILED


def after(conversation: Conversation) -> tuple[str, str]:
    """In which state it is, and whose."""
    conversation.refresh_from_db()
    return conversation.state, conversation.owner.name if conversation.owner else "queue"


def told_of(conversation: Conversation) -> list[str]:
    rows = Notice.objects.filter(kind=NoticeKind.NOT_ARRIVED, conversation=conversation, read_at=None)
    return sorted(rows.values_list("agent__name", flat=True))


def test_a_solution_that_did_not_arrive_is_none(desk: Desk, conversation: Conversation) -> None:
    bounces(desk, desk.answers(conversation, then=State.SOLVED))
    assert after(conversation) == (State.OPEN, "Ada")
    assert history(conversation)[-1] == ("Ada", "reopened", "")
    assert told_of(conversation) == ["Ada"]


def test_where_its_owner_is_gone_it_waits_in_the_queue(desk: Desk, conversation: Conversation) -> None:
    solution = desk.answers(conversation, then=State.SOLVED)
    switch_off(desk.ada, by=desk.kim, now=desk.later())
    bounces(desk, solution)
    assert after(conversation) == (State.OPEN, "queue")
    assert told_of(conversation) == [], "who does not work here is told nothing"


def test_what_was_solved_behind_the_answer_is_open_again_too(desk: Desk, conversation: Conversation) -> None:
    answer = desk.answers(conversation)
    solve(conversation, by=desk.ada, now=desk.later())
    bounces(desk, answer)
    assert after(conversation) == (State.OPEN, "Ada")


def test_what_was_solved_with_a_later_answer_stays_so(desk: Desk, conversation: Conversation) -> None:
    first = desk.answers(conversation)
    desk.answers(conversation, "Once more, in other words.", then=State.SOLVED)
    bounces(desk, first)
    assert after(conversation) == (State.SOLVED, "Ada")
    assert told_of(conversation) == ["Ada"], "he may know better than we what it means"


def test_what_waits_for_him_needs_us_and_the_log_says_so(desk: Desk, conversation: Conversation) -> None:
    bounces(desk, desk.answers(conversation))
    assert after(conversation) == (State.OPEN, "Ada")
    assert Activity.objects.filter(conversation=conversation, verb="needs_us", actor=None).exists()
    assert told_of(conversation) == ["Ada"]


def test_what_he_answered_meanwhile_is_as_it_was(desk: Desk, conversation: Conversation) -> None:
    answer = desk.answers(conversation)
    desk.receives(answer_to(reference_of(answer)))
    bounces(desk, answer)
    assert after(conversation) == (State.OPEN, "Ada")
    assert not Activity.objects.filter(conversation=conversation, verb__in=("needs_us", "reopened")).exists()


def test_its_owner_is_told_with_its_author(desk: Desk, conversation: Conversation) -> None:
    answer = desk.answers(conversation)
    take_over(conversation, by=desk.sam, now=desk.later(), note="I know her")
    bounces(desk, answer)
    assert told_of(conversation) == ["Ada", "Sam"]


def test_a_program_that_failed_does_not_open_what_is_solved(desk: Desk, conversation: Conversation) -> None:
    answer = desk.answers(conversation, then=State.SOLVED)
    Message.objects.filter(pk=answer.pk).update(author=None, automatic="acknowledgement")
    bounces(desk, answer)
    assert after(conversation) == (State.SOLVED, "Ada")


def test_what_did_not_arrive_needs_us_where_it_stands_now(desk: Desk, conversation: Conversation) -> None:
    answer = desk.answers(conversation)
    as_it_was = Message.objects.select_related("conversation").get(pk=answer.pk)
    into = desk.problem("Another lamp")
    wait_for_customer(into, by=desk.ada, now=desk.later())
    merge(conversation, into, by=desk.sam, now=desk.later())
    undelivered.send(sender=Message, message=as_it_was, now=desk.later())
    assert after(into)[0] == State.OPEN
    assert after(conversation)[0] == State.SOLVED
    assert told_of(into) == ["Ada"]
