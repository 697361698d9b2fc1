"""The sweeps find what no hint told of."""

import pytest

from connectors.errors import OutcomeUnknown
from inbox.models import Delivery, DeliveryState
from inbox.outbound import tasks
from tests.inbox.desk_of_five import Desk, delivery_of, further_part, set_state
from tests.inbox.outbound.provider import Provider

S = DeliveryState


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The deliveries that workers were told to send, in order."""
    seen: list[int] = []
    monkeypatch.setattr(tasks, "wake", lambda task, pk: seen.append(pk))
    return seen


def test_the_sweep_tells_of_everything_that_is_due_the_oldest_first(desk: Desk, told: list[int]) -> None:
    conversation = desk.problem()
    one, two = (delivery_of(desk.answers(conversation, text)) for text in ("One", "Two"))
    tasks.send_due()
    assert told == [one.pk, two.pk]


def test_what_stands_behind_a_part_that_failed_is_not_due(desk: Desk, told: list[int]) -> None:
    delivery = delivery_of(desk.answers(desk.problem()))
    part = further_part(delivery)
    set_state(delivery, S.FAILED)
    tasks.send_due()
    assert told == []
    set_state(delivery, S.SENT)
    tasks.send_due()
    assert told == [part.pk]


@pytest.mark.parametrize("state", [s for s in S if s not in {S.HELD, S.QUEUED}])
def test_the_sweep_tells_of_nothing_that_must_not_be_sent(desk: Desk, told: list[int], state: S) -> None:
    delivery = delivery_of(desk.answers(desk.problem()))
    set_state(delivery, state)
    Delivery.objects.filter(state=S.SENDING).update(lease_until="2126-01-01T00:00:00Z", phase="wire")
    tasks.send_due()
    assert told == []


def test_after_one_was_sent_the_next_of_its_conversation_is_told_of(
    desk: Desk, provider: Provider, told: list[int]
) -> None:
    conversation = desk.problem()
    one, two = (delivery_of(desk.answers(conversation, text)) for text in ("One", "Two"))
    tasks.send(one.pk)
    assert told == [two.pk]


def test_the_sweep_settles_what_nobody_knows(desk: Desk, provider: Provider) -> None:
    delivery = delivery_of(desk.answers(desk.problem()))
    provider.after_wire = OutcomeUnknown("The line broke.")
    tasks.send(delivery.pk)
    provider.looking = OutcomeUnknown("Nobody keeps copies here.")
    Delivery.objects.update(due_at=desk.clock)
    tasks.settle_unknown()
    delivery.refresh_from_db()
    assert delivery.state == S.NEEDS_HUMAN
