"""What nobody knows is looked up, never guessed; what a dead worker left behind is found."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from connectors.contract import Connector
from connectors.errors import OutcomeUnknown, TryLater
from inbox.database import direct_connection
from inbox.desk import settle as settle_by_hand
from inbox.models import Delivery, DeliveryState
from inbox.outbound import reconcile, tasks
from inbox.outbound.deliver import LOOK_AFTER, as_outgoing
from inbox.outbound.reconcile import ASK_A_PERSON_AFTER, release_abandoned, settle
from tests.inbox.desk_of_five import Desk, delivery_of, set_state
from tests.inbox.outbound.provider import Provider

S = DeliveryState
DEAD, ALIVE = 4711, 4712


@pytest.fixture
def delivery(desk: Desk, provider: Provider) -> Delivery:
    return delivery_of(desk.answers(desk.problem()))


def sending(delivery: Delivery, *, phase: str, worker: int = DEAD, lease_seconds: int = 600) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inbox_delivery SET state = 'sending', phase = %s, worker = %s, token = %s, due_at = NULL,"
            " lease_until = clock_timestamp() + make_interval(secs => %s) WHERE id = %s",
            [phase, worker, uuid4(), lease_seconds, delivery.pk],
        )


def unknown(desk: Desk, delivery: Delivery, **fields: object) -> Delivery:
    set_state(delivery, S.UNKNOWN)
    Delivery.objects.filter(pk=delivery.pk).update(first_attempt_at=desk.clock, **fields)
    return Delivery.objects.select_related("channel").get(pk=delivery.pk)


def settled(desk: Desk, delivery: Delivery) -> Delivery:
    settle(Delivery.objects.select_related("channel").get(pk=delivery.pk), desk.later())
    return Delivery.objects.get(pk=delivery.pk)


def test_before_the_wire_a_dead_worker_has_sent_nothing(desk: Desk, delivery: Delivery) -> None:
    sending(delivery, phase="prep")
    assert release_abandoned(desk.clock) == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.due_at, delivery.token) == (S.QUEUED, desk.clock, None)


def test_after_the_wire_nobody_knows_what_a_dead_worker_sent(desk: Desk, delivery: Delivery) -> None:
    sending(delivery, phase="wire")
    release_abandoned(desk.clock)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.due_at) == (S.UNKNOWN, desk.clock + LOOK_AFTER)


@pytest.mark.parametrize("phase", ["prep", "wire"])
def test_a_living_worker_is_left_alone(desk: Desk, delivery: Delivery, phase: str) -> None:
    with direct_connection() as alive:
        alive.execute("SELECT pg_advisory_lock(%s)", [ALIVE])
        sending(delivery, phase=phase, worker=ALIVE)
        assert release_abandoned(desk.clock) == 0
    delivery.refresh_from_db()
    assert delivery.state == S.SENDING


@pytest.mark.parametrize(("phase", "state"), [("prep", S.QUEUED), ("wire", S.UNKNOWN)])
def test_a_worker_that_hangs_loses_it_when_the_lease_ends(
    desk: Desk, delivery: Delivery, phase: str, state: DeliveryState
) -> None:
    with direct_connection() as alive:
        alive.execute("SELECT pg_advisory_lock(%s)", [ALIVE])
        sending(delivery, phase=phase, worker=ALIVE, lease_seconds=-1)
        assert release_abandoned(desk.clock) == 1
    delivery.refresh_from_db()
    assert delivery.state == state


def test_what_is_found_was_sent(desk: Desk, delivery: Delivery, provider: Provider) -> None:
    waiting = unknown(desk, delivery)
    provider.accepted.append(as_outgoing(waiting, desk.clock))
    after = settled(desk, waiting)
    assert (after.state, after.accepted_at) == (S.SENT, desk.clock)


def test_what_is_absent_once_is_looked_for_again(desk: Desk, delivery: Delivery, provider: Provider) -> None:
    after = settled(desk, unknown(desk, delivery))
    assert (after.state, after.looks, after.due_at) == (S.UNKNOWN, 1, desk.clock + LOOK_AFTER)


def test_what_is_absent_twice_was_not_sent_and_goes_again(desk: Desk, delivery: Delivery, provider: Provider) -> None:
    settled(desk, unknown(desk, delivery))
    after = settled(desk, delivery)
    assert (after.state, after.looks, after.due_at) == (S.QUEUED, 0, desk.clock)


def test_what_turns_up_at_the_second_look_is_not_sent_again(desk: Desk, delivery: Delivery, provider: Provider) -> None:
    settled(desk, unknown(desk, delivery))
    provider.accepted.append(as_outgoing(delivery, desk.clock))
    assert settled(desk, delivery).state == S.SENT


def test_a_provider_that_cannot_tell_leaves_it_to_a_person(desk: Desk, delivery: Delivery, provider: Provider) -> None:
    provider.looking = OutcomeUnknown("Nobody keeps copies here.")
    after = settled(desk, unknown(desk, delivery))
    assert (after.state, after.due_at) == (S.NEEDS_HUMAN, None)
    assert after.error is not None
    assert after.error["sentence"] == "Nobody keeps copies here."


def test_a_provider_that_cannot_be_reached_is_asked_again_for_ten_minutes(
    desk: Desk, delivery: Delivery, provider: Provider
) -> None:
    provider.looking = TryLater("It does not answer.")
    after = settled(desk, unknown(desk, delivery))
    assert (after.state, after.looks) == (S.UNKNOWN, 0)
    desk.clock += ASK_A_PERSON_AFTER
    assert settled(desk, delivery).state == S.NEEDS_HUMAN


def test_a_channel_that_cannot_look_leaves_it_to_a_person(
    desk: Desk, delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Blind(Provider):
        find = None  # type: ignore[assignment]  # it has none

    def blind(*_: object) -> Connector:
        return Blind()

    monkeypatch.setattr(reconcile, "renewed", blind)
    assert settled(desk, unknown(desk, delivery)).state == S.NEEDS_HUMAN


def test_a_receipt_that_came_meanwhile_is_not_taken_back(desk: Desk, delivery: Delivery, provider: Provider) -> None:
    stale = unknown(desk, delivery, looks=1)
    set_state(delivery, S.DELIVERED)
    settle(stale, desk.later())
    delivery.refresh_from_db()
    assert delivery.state == S.DELIVERED


def test_a_first_attempt_of_long_ago_does_not_hurry_a_look(desk: Desk, delivery: Delivery, provider: Provider) -> None:
    provider.looking = TryLater("It does not answer.")
    waiting = unknown(desk, delivery)
    Delivery.objects.update(first_attempt_at=desk.clock - ASK_A_PERSON_AFTER + timedelta(minutes=2))
    assert settled(desk, waiting).state == S.UNKNOWN


def test_a_bug_while_looking_holds_up_no_other_and_ends_with_a_person(
    desk: Desk, delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("data")

    monkeypatch.setattr(reconcile, "_look", broken)
    unknown(desk, delivery)
    after = settled(desk, delivery)
    assert after.state == S.UNKNOWN
    desk.later(seconds=ASK_A_PERSON_AFTER.total_seconds())
    after = settled(desk, after)
    assert (after.state, (after.error or {})["words"]) == (S.NEEDS_HUMAN, "KeyError")


@pytest.fixture
def asked(desk: Desk, delivery: Delivery, provider: Provider) -> Delivery:
    """A person is asked, since the provider could not be reached for long."""
    provider.looking = TryLater("It does not answer.")
    unknown(desk, delivery)
    desk.clock += ASK_A_PERSON_AFTER
    after = settled(desk, delivery)
    provider.looking = None
    desk.clock += ASK_A_PERSON_AFTER
    return after


def test_what_a_person_is_asked_about_is_still_looked_for_and_becomes_sent(
    desk: Desk, asked: Delivery, provider: Provider
) -> None:
    assert asked.state == S.NEEDS_HUMAN
    provider.accepted.append(as_outgoing(asked, desk.clock))
    tasks.settle_unknown()
    asked.refresh_from_db()
    assert (asked.state, asked.due_at) == (S.SENT, None)


def test_what_is_not_there_after_all_stays_with_the_person_and_is_never_sent_by_itself(
    desk: Desk, asked: Delivery
) -> None:
    settled(desk, asked)
    after = settled(desk, asked)
    assert (after.state, after.due_at) == (S.NEEDS_HUMAN, None)
    assert "does not have it" in (after.error or {})["sentence"]


def test_what_a_person_discarded_is_looked_for_no_more(desk: Desk, asked: Delivery, provider: Provider) -> None:
    settle_by_hand.discard(asked, by=desk.ada, now=desk.later())
    provider.accepted.append(as_outgoing(asked, desk.clock))
    assert settled(desk, asked).state == S.CANCELLED


def test_two_who_look_at_one_time_are_one_look(desk: Desk, delivery: Delivery, provider: Provider) -> None:
    waiting = unknown(desk, delivery)
    settle(waiting, desk.later())
    settle(Delivery.objects.select_related("channel").get(pk=waiting.pk), desk.clock + LOOK_AFTER / 2)
    after = Delivery.objects.get(pk=delivery.pk)
    assert (after.state, after.looks) == (S.UNKNOWN, 1)


def test_looks_are_counted_where_they_stand_and_not_where_they_stood(desk: Desk, delivery: Delivery) -> None:
    read_before = unknown(desk, delivery, looks=1)
    Delivery.objects.update(looks=0)  # it went out meanwhile, and nobody knew again
    settle(read_before, desk.later())
    after = Delivery.objects.get(pk=delivery.pk)
    assert (after.state, after.looks) == (S.UNKNOWN, 1)
