"""A person's word on what nobody knows."""

import pytest

from inbox.desk.settle import discard, it_arrived, send_again
from inbox.errors import AlreadyDone, NotAllowed
from inbox.models import Activity, Delivery, DeliveryState
from tests.inbox.desk_of_five import Desk, delivery_of, further_part, set_state

S = DeliveryState


@pytest.fixture
def delivery(desk: Desk) -> Delivery:
    delivery = delivery_of(desk.answers(desk.problem()))
    set_state(delivery, S.NEEDS_HUMAN)
    return delivery


def test_he_knows_that_it_arrived(desk: Desk, delivery: Delivery) -> None:
    it_arrived(delivery, by=desk.ada, now=desk.later())
    delivery.refresh_from_db()
    assert (delivery.state, delivery.sent_by_hand, delivery.due_at) == (S.SENT, desk.ada, None)
    assert Activity.objects.filter(verb="settled_arrived", actor=desk.ada).exists()


def test_the_same_bytes_go_again(desk: Desk, delivery: Delivery) -> None:
    before = delivery.payload
    send_again(delivery, by=desk.ada, now=desk.later())
    delivery.refresh_from_db()
    assert (delivery.state, delivery.payload, delivery.due_at) == (S.QUEUED, before, desk.clock)


def test_it_is_given_up(desk: Desk, delivery: Delivery) -> None:
    discard(delivery, by=desk.ada, now=desk.later())
    delivery.refresh_from_db()
    assert (delivery.state, delivery.due_at) == (S.CANCELLED, None)


@pytest.mark.parametrize("decide", [it_arrived, send_again, discard])
@pytest.mark.parametrize("state", [s for s in S if s not in {S.NEEDS_HUMAN, S.FAILED}])
def test_nothing_else_is_decided_by_hand(desk: Desk, delivery: Delivery, decide: object, state: S) -> None:
    set_state(delivery, state)
    with pytest.raises(AlreadyDone):
        decide(delivery, by=desk.ada, now=desk.later())  # type: ignore[operator]  # three functions of one shape
    delivery.refresh_from_db()
    assert delivery.state == state


def test_what_failed_may_go_again(desk: Desk, delivery: Delivery) -> None:
    set_state(delivery, S.FAILED)
    send_again(delivery, by=desk.ada, now=desk.later())
    delivery.refresh_from_db()
    assert delivery.state == S.QUEUED


def test_who_may_not_answer_there_decides_nothing(desk: Desk, delivery: Delivery) -> None:
    with pytest.raises(NotAllowed):
        send_again(delivery, by=desk.kim, now=desk.later())


def test_what_is_given_up_is_given_up_with_all_that_stands_behind_it(desk: Desk, delivery: Delivery) -> None:
    part = further_part(delivery)
    set_state(part, S.QUEUED)
    discard(delivery, by=desk.ada, now=desk.later())
    part.refresh_from_db()
    assert (part.state, part.due_at) == (S.CANCELLED, None)


@pytest.mark.parametrize("decide", [it_arrived, send_again])
def test_what_stands_behind_it_goes_on_with_all_its_time(desk: Desk, delivery: Delivery, decide: object) -> None:
    part = further_part(delivery)
    set_state(part, S.HELD)
    decide(delivery, by=desk.ada, now=desk.later(days=9))  # type: ignore[operator]  # two functions of one shape
    part.refresh_from_db()
    assert (part.state, part.queued_at, part.due_at) == (S.QUEUED, desk.clock, desk.clock)
