"""Sending: never lost, never twice, and what nobody knows is called unknown."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from connectors.contract import Refusal
from connectors.errors import ChannelError, CredentialsRefused, OutcomeUnknown, Rejected, TryLater
from inbox.models import (
    Activity,
    Channel,
    ChannelState,
    Delivery,
    DeliveryState,
    ProviderId,
    RecipientResult,
    State,
)
from inbox.outbound import deliver, reconcile
from inbox.outbound.deliver import FIRST_PAUSE, LEASE, LONGEST_PAUSE, LOOK_AFTER, send
from inbox.outbound.states import move
from tests.inbox.desk_of_five import Desk, browser, delivery_of, further_part, set_state
from tests.inbox.outbound.provider import Provider

S = DeliveryState


@pytest.fixture
def delivery(desk: Desk, provider: Provider) -> Delivery:
    return delivery_of(desk.answers(desk.problem()))


def sent(desk: Desk, delivery: Delivery) -> Delivery:
    """It is tried, and read again."""
    assert send(delivery.pk, desk.later())
    return Delivery.objects.get(pk=delivery.pk)


def test_what_the_provider_takes_is_sent_and_known_by_its_id(
    desk: Desk, delivery: Delivery, provider: Provider
) -> None:
    after = sent(desk, delivery)
    assert (after.state, after.accepted_at, after.attempts, after.error) == (S.SENT, desk.clock, 1, None)
    assert (after.token, after.worker, after.phase) == (None, None, "")
    assert len(provider.accepted) == 1
    assert Activity.objects.filter(verb="sent").count() == 1
    assert Channel.objects.get(pk=desk.channel.pk).last_out_at == desk.clock


def test_each_attempt_sends_the_very_same_bytes(desk: Desk, delivery: Delivery, provider: Provider) -> None:
    bodies: list[bytes] = []

    def look() -> None:
        bodies.append(deliver.as_outgoing(Delivery.objects.get(pk=delivery.pk), desk.clock).body)

    provider.on_the_wire = look
    provider.after_wire = TryLater("Come again.")
    for _ in range(2):
        Delivery.objects.update(due_at=desk.clock)
        sent(desk, delivery)
    assert len(bodies) == 2
    assert bodies[0] == bodies[1]
    assert b"We will help." in bodies[0]


def test_what_was_sent_is_not_sent_again(desk: Desk, delivery: Delivery, provider: Provider) -> None:
    sent(desk, delivery)
    assert not send(delivery.pk, desk.later())
    assert len(provider.accepted) == 1


def test_what_is_not_due_waits(desk: Desk, delivery: Delivery, provider: Provider) -> None:
    assert not send(delivery.pk, desk.clock - timedelta(seconds=1))
    assert provider.accepted == []


def test_what_is_held_goes_when_it_can_no_longer_be_undone(desk: Desk, provider: Provider) -> None:
    held = delivery_of(desk.answers(desk.problem(), undo=timedelta(seconds=10)))
    assert not send(held.pk, desk.clock + timedelta(seconds=9))
    assert send(held.pk, desk.clock + timedelta(seconds=10))


def test_while_it_is_on_the_wire_the_row_says_so(desk: Desk, delivery: Delivery, provider: Provider) -> None:
    rows: list[Any] = []
    provider.on_the_wire = lambda: rows.extend(Delivery.objects.values("state", "phase", "due_at"))
    sent(desk, delivery)
    assert rows == [{"state": "sending", "phase": "wire", "due_at": None}]


def test_a_second_worker_cannot_claim_what_is_being_sent(desk: Desk, delivery: Delivery, provider: Provider) -> None:
    tries: list[bool] = []
    provider.on_the_wire = lambda: tries.append(send(delivery.pk, desk.clock))
    sent(desk, delivery)
    assert tries == [False]
    assert len(provider.accepted) == 1


def test_answers_of_one_conversation_go_in_their_order(desk: Desk, delivery: Delivery, provider: Provider) -> None:
    second = delivery_of(desk.answers(delivery.conversation, "And one more thing."))
    assert not send(second.pk, desk.later())
    sent(desk, delivery)
    assert send(second.pk, desk.later())
    assert [b"one more thing" in outgoing.body for outgoing in provider.accepted] == [False, True]


@pytest.mark.parametrize("before", [S.QUEUED, S.SENDING, S.UNKNOWN])
def test_an_answer_waits_while_an_earlier_one_is_under_way(
    desk: Desk, delivery: Delivery, provider: Provider, before: DeliveryState
) -> None:
    second = delivery_of(desk.answers(delivery.conversation, "And one more thing."))
    set_state(delivery, before)
    assert not send(second.pk, desk.later())


@pytest.mark.parametrize("before", [S.SENT, S.FAILED, S.NEEDS_HUMAN, S.CANCELLED])
def test_an_answer_does_not_wait_for_one_that_has_ended(
    desk: Desk, delivery: Delivery, provider: Provider, before: DeliveryState
) -> None:
    second = delivery_of(desk.answers(delivery.conversation, "And one more thing."))
    set_state(delivery, before)
    assert send(second.pk, desk.later())


def test_an_earlier_answer_that_is_held_still_goes_first(desk: Desk, provider: Provider) -> None:
    conversation = desk.problem()
    first = delivery_of(desk.answers(conversation, "One", undo=timedelta(seconds=10)))
    second = delivery_of(desk.answers(conversation, "Two", undo=timedelta(seconds=10)))
    Delivery.objects.filter(pk=first.pk).update(due_at=desk.clock + timedelta(hours=1))
    assert not send(second.pk, desk.later())


def test_later_parts_wait_for_earlier_parts(desk: Desk, delivery: Delivery, provider: Provider) -> None:
    part = further_part(delivery)
    set_state(delivery, S.FAILED)
    assert not send(part.pk, desk.later())
    set_state(delivery, S.SENT)
    assert send(part.pk, desk.later())


@pytest.mark.parametrize("first", [S.FAILED, S.CANCELLED, S.NEEDS_HUMAN])
def test_a_part_that_cannot_go_keeps_no_other_answer_waiting(
    desk: Desk, delivery: Delivery, provider: Provider, first: DeliveryState
) -> None:
    further_part(delivery)
    second = delivery_of(desk.answers(delivery.conversation, "In other words."))
    assert not send(second.pk, desk.later()), "the first one has its turn"
    set_state(delivery, first)
    assert send(second.pk, desk.later())


def test_another_conversation_does_not_wait(desk: Desk, delivery: Delivery, provider: Provider) -> None:
    other = delivery_of(desk.answers(desk.problem(text="Another thing")))
    set_state(delivery, S.SENDING)
    assert send(other.pk, desk.later())


def test_a_failure_before_the_wire_is_tried_again_later(desk: Desk, delivery: Delivery, provider: Provider) -> None:
    provider.before_wire = TryLater("Come again.", words="451")
    after = sent(desk, delivery)
    assert (after.state, after.attempts) == (S.QUEUED, 1)
    assert after.error is not None
    assert after.error["words"] == "451"
    assert after.due_at is not None
    assert FIRST_PAUSE * 0.5 <= after.due_at - desk.clock <= FIRST_PAUSE * 1.5


def test_pauses_grow_and_have_an_end(desk: Desk, delivery: Delivery, provider: Provider) -> None:
    provider.before_wire = TryLater("Come again.")
    pauses = []
    for _ in range(14):
        Delivery.objects.update(due_at=desk.clock)
        after = sent(desk, delivery)
        assert after.due_at is not None
        pauses.append(after.due_at - desk.clock)
    assert pauses[-1] <= LONGEST_PAUSE * 1.5
    assert pauses[-1] > pauses[0] * 10


def test_the_providers_own_word_on_when_wins(desk: Desk, delivery: Delivery, provider: Provider) -> None:
    until = desk.clock + timedelta(hours=5)
    provider.before_wire = TryLater("Too many.", until=until)
    assert sent(desk, delivery).due_at == until


def test_what_fails_for_five_days_is_given_up_and_needs_us(desk: Desk, delivery: Delivery, provider: Provider) -> None:
    provider.before_wire = TryLater("Come again.")
    Delivery.objects.update(queued_at=desk.clock - timedelta(days=5, minutes=1))
    after = sent(desk, delivery)
    after.conversation.refresh_from_db()
    assert (after.state, after.conversation.state) == (S.FAILED, State.OPEN)


def test_what_waits_for_an_admin_is_never_given_up(desk: Desk, delivery: Delivery, provider: Provider) -> None:
    Channel.objects.update(state=ChannelState.PAUSED)
    Delivery.objects.update(queued_at=desk.clock - timedelta(days=50))
    assert sent(desk, delivery).state == S.QUEUED
    assert provider.accepted == []


def test_what_is_rejected_has_failed_and_needs_us(desk: Desk, delivery: Delivery, provider: Provider) -> None:
    provider.after_wire = Rejected("Nobody of this name.", words="550")
    after = sent(desk, delivery)
    after.conversation.refresh_from_db()
    assert (after.state, after.conversation.state, after.due_at) == (S.FAILED, State.OPEN, None)


def test_what_breaks_after_the_wire_is_unknown_and_looked_up(
    desk: Desk, delivery: Delivery, provider: Provider
) -> None:
    provider.after_wire = OutcomeUnknown("The line broke.")
    after = sent(desk, delivery)
    assert (after.state, after.due_at) == (S.UNKNOWN, desk.clock + LOOK_AFTER)
    assert not send(delivery.pk, desk.later(days=1))


def test_refused_credentials_wait_for_an_admin(desk: Desk, delivery: Delivery, provider: Provider) -> None:
    provider.before_wire = CredentialsRefused("The password is wrong.")
    Delivery.objects.update(queued_at=desk.clock - timedelta(days=50))
    assert sent(desk, delivery).state == S.QUEUED
    channel = Channel.objects.get(pk=desk.channel.pk)
    assert channel.last_error is not None
    assert channel.last_error["sentence"] == "The password is wrong."


def test_our_own_fault_before_the_wire_is_tried_again(desk: Desk, delivery: Delivery, provider: Provider) -> None:
    provider.before_wire = ZeroDivisionError()
    assert sent(desk, delivery).state == S.QUEUED


def test_our_own_fault_after_the_wire_is_unknown(desk: Desk, delivery: Delivery, provider: Provider) -> None:
    provider.after_wire = ZeroDivisionError()
    assert sent(desk, delivery).state == S.UNKNOWN


def test_one_refused_recipient_of_two_is_told_and_the_other_has_it(desk: Desk, provider: Provider) -> None:
    message = desk.answers(desk.problem(), cc=["kim@example.org"])
    provider.refused = {"kim@example.org": Refusal(code="5.1.1", words="Nobody of this name.", permanent=True)}
    after = sent(desk, delivery_of(message))
    result = RecipientResult.objects.get()
    assert (after.state, result.recipient, result.state, result.code) == (S.SENT, "kim@example.org", S.FAILED, "5.1.1")
    after.conversation.refresh_from_db()
    assert after.conversation.state == State.OPEN, "somebody must look at it"
    page = browser(desk.ada).get(f"/c/open/{after.conversation.number}/").content.decode()
    assert "Sent, but not to everybody" in page


LATER = Refusal(code="451", words="Greylisted", permanent=False)


@pytest.fixture
def greylisted(desk: Desk, provider: Provider) -> Delivery:
    """Kim has the copy, carla is to come again."""
    provider.refused = {"carla@example.com": LATER}
    after = sent(desk, delivery_of(desk.answers(desk.problem(), cc=["kim@example.org"])))
    assert (after.state, after.attempts) == (S.QUEUED, 1)
    assert after.due_at is not None
    assert FIRST_PAUSE * 0.5 <= after.due_at - desk.clock <= FIRST_PAUSE * 1.5
    provider.refused = {}
    return after


def test_who_was_refused_for_now_gets_it_later_and_nobody_gets_it_twice(
    desk: Desk, greylisted: Delivery, provider: Provider
) -> None:
    assert (greylisted.conversation.state, RecipientResult.objects.get().state) == (State.PENDING, S.QUEUED)
    after = sent(desk, greylisted)
    first, second = provider.accepted
    assert (first.recipients, second.recipients) == (("carla@example.com", "kim@example.org"), ("carla@example.com",))
    assert (first.body, first.provider_id) == (second.body, second.provider_id)
    assert (first.others_have_it, second.others_have_it) == (False, True)
    assert (after.state, after.error) == (S.SENT, None)
    assert not RecipientResult.objects.exists()


def test_who_was_refused_for_now_is_tried_for_as_long_as_a_mail_is(
    desk: Desk, greylisted: Delivery, provider: Provider
) -> None:
    provider.before_wire = TryLater("Nobody now.", words="451 Still greylisted")
    assert sent(desk, greylisted).state == S.QUEUED
    Delivery.objects.update(queued_at=desk.clock - timedelta(days=6), due_at=desk.clock)
    after = sent(desk, greylisted)
    result = RecipientResult.objects.get()
    assert (after.state, result.state, result.words) == (S.SENT, S.FAILED, "451 Still greylisted")
    after.conversation.refresh_from_db()
    assert after.conversation.state == State.OPEN


def test_who_is_refused_for_good_in_the_end_did_not_get_it(
    desk: Desk, greylisted: Delivery, provider: Provider
) -> None:
    provider.before_wire = Rejected("Nobody of this name.", words="550 No such user")
    after = sent(desk, greylisted)
    after.conversation.refresh_from_db()
    assert (after.state, RecipientResult.objects.get().state) == (S.SENT, S.FAILED)
    assert after.conversation.state == State.OPEN


def test_what_became_of_others_stays_known_when_the_last_one_is_refused(desk: Desk, provider: Provider) -> None:
    never = Refusal(code="5.1.1", words="Nobody of this name.", permanent=True)
    message = desk.answers(desk.problem(), cc=["kim@example.org", "max@example.org"])
    provider.refused = {"carla@example.com": LATER, "max@example.org": never}
    waits = sent(desk, delivery_of(message))
    assert waits.state == S.QUEUED
    provider.refused = {"carla@example.com": never}
    assert sent(desk, waits).state == S.SENT
    told = dict(RecipientResult.objects.values_list("recipient", "state"))
    assert told == {"carla@example.com": S.FAILED, "max@example.org": S.FAILED}


def test_where_the_line_breaks_with_only_some_left_a_person_decides(
    desk: Desk, greylisted: Delivery, provider: Provider
) -> None:
    provider.after_wire = OutcomeUnknown("The line broke.")
    after = sent(desk, greylisted)
    assert after.state == S.UNKNOWN
    reconcile.settle(after, desk.later())
    after.refresh_from_db()
    assert after.state == S.NEEDS_HUMAN, "the copy of the first sending proves nothing"


def test_when_every_recipient_is_refused_it_has_failed(desk: Desk, delivery: Delivery, provider: Provider) -> None:
    refusal = Refusal(code="5.1.1", words="Nobody of this name.", permanent=True)
    provider.refused = dict.fromkeys(delivery.recipients, refusal)
    after = sent(desk, delivery)
    assert after.state == S.FAILED
    assert after.error is not None
    assert after.error["words"] == "Nobody of this name."


@pytest.mark.parametrize("state", [S.CANCELLED, S.SENT, S.UNKNOWN])
def test_who_lost_his_lease_may_not_write(
    desk: Desk, delivery: Delivery, provider: Provider, state: DeliveryState
) -> None:
    provider.on_the_wire = lambda: set_state(delivery, state)
    provider.after_wire = Rejected("No.")
    assert sent(desk, delivery).state == state


def test_who_lost_his_lease_before_the_wire_sends_nothing(
    desk: Desk, delivery: Delivery, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken_away(name: str) -> None:
        if name == "before_wire":
            move(delivery.pk, S.QUEUED, due_at=desk.clock)

    monkeypatch.setattr(deliver, "failpoint", taken_away)
    assert sent(desk, delivery).state == S.QUEUED
    assert provider.accepted == []


def test_who_was_followed_by_another_worker_before_the_wire_sends_nothing(
    desk: Desk, delivery: Delivery, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = uuid4()

    def taken_over(name: str) -> None:
        if name == "before_wire":
            Delivery.objects.filter(pk=delivery.pk).update(token=other)

    monkeypatch.setattr(deliver, "failpoint", taken_over)
    after = sent(desk, delivery)
    assert (after.state, after.phase, after.token) == (S.SENDING, "prep", other)
    assert provider.accepted == []


def test_whose_lease_has_ended_before_the_wire_sends_nothing(
    desk: Desk, delivery: Delivery, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_late(name: str) -> None:
        if name == "before_wire":
            Delivery.objects.filter(pk=delivery.pk).update(lease_until="2020-01-01T00:00:00Z")

    monkeypatch.setattr(deliver, "failpoint", too_late)
    assert sent(desk, delivery).phase == "prep"
    assert provider.accepted == []


def test_a_lease_outlasts_the_longest_answer_of_a_mail_server() -> None:
    assert timedelta(minutes=10) < LEASE


def test_an_id_that_only_the_provider_gives_is_kept(desk: Desk, delivery: Delivery, provider: Provider) -> None:
    provider.gives_id = "theirs"
    after = sent(desk, delivery)
    assert after.provider_id == "theirs"
    assert ProviderId.objects.get(value="theirs").message == delivery.message


@pytest.mark.parametrize("error", [TryLater("a"), Rejected("b"), CredentialsRefused("c"), OutcomeUnknown("d")])
def test_every_kind_of_error_leaves_no_lease_behind(
    desk: Desk, delivery: Delivery, provider: Provider, error: ChannelError
) -> None:
    provider.after_wire = error
    after = sent(desk, delivery)
    assert (after.token, after.lease_until, after.worker, after.phase) == (None, None, None, "")
