"""The table of states, every pair of it, asked of the database."""

from typing import Any

import pytest

from inbox.models import Delivery, DeliveryState
from inbox.outbound.states import move, worst
from tests.inbox.desk_of_five import Desk, delivery_of, set_state

S = DeliveryState
FOLLOWS = {
    S.HELD: {S.QUEUED, S.SENDING, S.CANCELLED},
    S.QUEUED: {S.SENDING, S.CANCELLED, S.FAILED, S.SENT},
    S.SENDING: {S.SENT, S.QUEUED, S.FAILED, S.UNKNOWN},
    S.SENT: {S.DELIVERED, S.READ, S.FAILED},
    S.DELIVERED: {S.READ, S.FAILED},
    S.READ: set(),
    S.FAILED: {S.QUEUED, S.CANCELLED, S.SENT},
    S.UNKNOWN: {S.SENT, S.QUEUED, S.NEEDS_HUMAN, S.FAILED},
    S.NEEDS_HUMAN: {S.SENT, S.QUEUED, S.CANCELLED, S.FAILED},
    S.CANCELLED: set(),
}


@pytest.fixture
def delivery(desk: Desk) -> Delivery:
    return delivery_of(desk.answers(desk.problem()))


@pytest.mark.parametrize("before", S)
def test_a_delivery_moves_only_as_the_table_says(desk: Desk, delivery: Delivery, before: DeliveryState) -> None:
    needed: dict[DeliveryState, dict[str, Any]] = {
        S.SENDING: {"phase": "prep", "token": delivery.message.key, "lease_until": desk.clock, "worker": 1},
        S.QUEUED: {"due_at": desk.clock},
        S.HELD: {"due_at": desk.clock},
        S.UNKNOWN: {"due_at": desk.clock},
        S.SENT: {"accepted_at": desk.clock},
    }
    reached = set()
    for after in S:
        set_state(delivery, before)
        extra = {"accepted_at": desk.clock} if after in {S.DELIVERED, S.READ} else needed.get(after, {})
        if move(delivery.pk, after, **extra):
            reached.add(after)
    assert reached == FOLLOWS[before]


def test_a_move_that_is_not_allowed_leaves_the_row_as_it_was(delivery: Delivery) -> None:
    set_state(delivery, S.CANCELLED)
    before = Delivery.objects.values().get(pk=delivery.pk)
    assert not move(delivery.pk, S.SENT, provider_id="other")
    assert Delivery.objects.values().get(pk=delivery.pk) == before


def test_a_move_may_be_narrowed(delivery: Delivery) -> None:
    assert not move(delivery.pk, S.CANCELLED, only_from={S.HELD})
    delivery.refresh_from_db()
    assert delivery.state == S.QUEUED


def test_leaving_the_sending_gives_up_the_lease(delivery: Delivery) -> None:
    set_state(delivery, S.SENDING)
    assert move(delivery.pk, S.FAILED)
    delivery.refresh_from_db()
    assert (delivery.token, delivery.lease_until, delivery.worker, delivery.phase) == (None, None, None, "")


@pytest.mark.parametrize(
    ("states", "shown"),
    [
        ([], None),
        (["sent"], "sent"),
        (["sent", "failed"], "failed"),
        (["needs_human", "failed"], "needs_human"),
        (["read", "delivered"], "delivered"),
        (["cancelled", "read"], "read"),
    ],
)
def test_a_message_of_several_parts_shows_the_worst_of_them(states: list[str], shown: str | None) -> None:
    assert worst(states) == shown
