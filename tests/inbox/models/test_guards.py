"""What the database itself refuses, whoever asks: each test plants one violation."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from inbox.desk.solve import solve
from inbox.desk.take import take
from inbox.models import (
    Activity,
    Address,
    Agent,
    Cause,
    Conversation,
    Customer,
    Delivery,
    DeliveryState,
    Installation,
    Interval,
    Item,
    LeadTerm,
    Level,
    Membership,
    Message,
    ProviderId,
    Role,
    State,
    Team,
)
from tests.inbox.desk_of_five import NOW, Desk, delivery_of, item, set_state


def plant(violation: Callable[[], Any]) -> None:
    """Do it, and let the deferred triggers judge what it leaves behind, and nothing that was before."""
    connection.check_constraints()
    with transaction.atomic():
        violation()
        connection.check_constraints()


@pytest.fixture
def conversation(desk: Desk) -> Conversation:
    return desk.problem()


@pytest.fixture
def present(conversation: Conversation) -> Interval:
    return conversation.intervals.get()


@pytest.fixture
def delivery(desk: Desk, conversation: Conversation) -> Delivery:
    return delivery_of(desk.answers(conversation))


def stretch(conversation: Conversation, **fields: Any) -> Interval:
    values = {"team": conversation.team, "started_at": NOW + timedelta(days=1), "began_by": Cause.ROUTED, **fields}
    return Interval.objects.create(conversation=conversation, **values)


# -- who answers for a conversation


def test_two_present_intervals(conversation: Conversation) -> None:
    with pytest.raises(IntegrityError, match="interval_one_present"):
        plant(lambda: stretch(conversation))


def test_overlapping_intervals(desk: Desk, conversation: Conversation, present: Interval) -> None:
    solve(conversation, by=desk.ada, now=present.started_at + timedelta(hours=2))
    at = present.started_at + timedelta(hours=1)
    with pytest.raises(IntegrityError, match="interval_no_overlap"):
        plant(lambda: stretch(conversation, started_at=at, ended_at=at + timedelta(hours=3), ended_by="solved"))


def test_a_gap_between_intervals(desk: Desk, conversation: Conversation, present: Interval) -> None:
    def hand_on_a_minute_late() -> None:
        Interval.objects.filter(pk=present.pk).update(ended_at=present.started_at, ended_by=Cause.ROUTED)
        stretch(conversation, started_at=present.started_at + timedelta(minutes=1))

    with pytest.raises(IntegrityError, match="a time without a responsible person"):
        plant(hand_on_a_minute_late)


def test_an_interval_that_ends_before_it_begins(present: Interval) -> None:
    early = present.started_at - timedelta(seconds=1)
    with pytest.raises(IntegrityError, match="interval_runs_forward"):
        plant(lambda: Interval.objects.filter(pk=present.pk).update(ended_at=early, ended_by="solved"))


def test_an_interval_that_ended_for_no_reason(present: Interval) -> None:
    with pytest.raises(IntegrityError, match="interval_end_has_a_cause"):
        plant(lambda: Interval.objects.filter(pk=present.pk).update(ended_at=present.started_at))


def test_an_open_conversation_without_an_interval(present: Interval) -> None:
    with pytest.raises(IntegrityError, match="would disagree"):
        plant(present.delete)


def test_a_new_conversation_without_an_interval(conversation: Conversation) -> None:
    def copy() -> None:
        conversation.pk, conversation.thread_key = None, None
        conversation.number = 1
        conversation.save(force_insert=True)

    with pytest.raises(IntegrityError, match="without a responsible person"):
        plant(copy)


def test_solved_with_somebody_still_responsible(conversation: Conversation) -> None:
    rows = Conversation.objects.filter(pk=conversation.pk)
    with pytest.raises(IntegrityError, match="somebody still answers for it"):
        plant(lambda: rows.update(state=State.SOLVED, solved_at=NOW))


def test_an_owner_whom_the_interval_does_not_name(desk: Desk, conversation: Conversation) -> None:
    rows = Conversation.objects.filter(pk=conversation.pk)
    with pytest.raises(IntegrityError, match="name different people"):
        plant(lambda: rows.update(owner=desk.ada))


def test_a_team_that_the_interval_does_not_name(desk: Desk, conversation: Conversation) -> None:
    rows = Conversation.objects.filter(pk=conversation.pk)
    with pytest.raises(IntegrityError, match="name different people"):
        plant(lambda: rows.update(team=desk.elsewhere))


def test_an_interval_that_names_another_owner(desk: Desk, conversation: Conversation, present: Interval) -> None:
    with pytest.raises(IntegrityError, match="would disagree"):
        plant(lambda: Interval.objects.filter(pk=present.pk).update(owner=desk.ada))


def test_reopened_without_anybody(desk: Desk, conversation: Conversation) -> None:
    solve(conversation, by=desk.ada, now=desk.later())
    rows = Conversation.objects.filter(pk=conversation.pk)
    with pytest.raises(IntegrityError, match="without a responsible person"):
        plant(lambda: rows.update(state=State.OPEN, solved_at=None))


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"state": "solved"}, "conversation_solved_has_a_time"),
        ({"solved_at": NOW}, "conversation_solved_has_a_time"),
        ({"snoozed_until": NOW}, "conversation_snoozed_is_pending"),
        ({"team": None}, "null value"),
    ],
)
def test_a_conversation_that_contradicts_itself(
    conversation: Conversation, fields: dict[str, Any], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        plant(lambda: Conversation.objects.filter(pk=conversation.pk).update(**fields))


def test_merged_but_open(desk: Desk, conversation: Conversation) -> None:
    other = desk.problem(text="Another thing")
    with pytest.raises(IntegrityError, match="conversation_merged_is_closed"):
        plant(lambda: Conversation.objects.filter(pk=conversation.pk).update(merged_into=other))


def test_two_open_conversations_of_one_thread(desk: Desk, conversation: Conversation) -> None:
    other = desk.problem(text="Another thing")
    with pytest.raises(IntegrityError, match="conversation_thread_once"):
        plant(lambda: Conversation.objects.filter(pk=other.pk).update(thread_key=conversation.thread_key))


# -- who answers for a team


def test_a_team_without_a_duty_lead(desk: Desk) -> None:
    with pytest.raises(IntegrityError, match="without a duty lead"):
        plant(lambda: Team.objects.create(name="Nobody's", lead=desk.sam, created_at=NOW))


def test_a_duty_that_ends_and_nobody_follows(desk: Desk) -> None:
    with pytest.raises(IntegrityError, match="without a duty lead"):
        plant(lambda: LeadTerm.objects.filter(team=desk.team).update(ended_at=NOW + timedelta(days=1)))


def test_a_gap_between_two_duties(desk: Desk) -> None:
    def late() -> None:
        LeadTerm.objects.filter(team=desk.team).update(ended_at=NOW + timedelta(days=1))
        LeadTerm.objects.create(team=desk.team, agent=desk.max, started_at=NOW + timedelta(days=2))

    with pytest.raises(IntegrityError, match="a time without a duty lead"):
        plant(late)


def test_two_duty_leads_at_once(desk: Desk) -> None:
    with pytest.raises(IntegrityError, match="leadterm_"):
        plant(lambda: LeadTerm.objects.create(team=desk.team, agent=desk.max, started_at=NOW + timedelta(days=2)))


def test_a_team_that_loses_its_history(desk: Desk) -> None:
    with pytest.raises(IntegrityError, match="without a duty lead"):
        plant(LeadTerm.objects.filter(team=desk.team).delete)


# -- what was sent


@pytest.mark.parametrize("state", ["sent", "delivered", "read"])
def test_sent_without_a_proof(delivery: Delivery, state: str) -> None:
    with pytest.raises(IntegrityError, match="delivery_sent_has_a_proof"):
        plant(lambda: Delivery.objects.update(state=state, due_at=None))


@pytest.mark.parametrize("missing", ["token", "lease_until", "worker", "phase"])
def test_sending_with_half_a_lease(delivery: Delivery, missing: str) -> None:
    set_state(delivery, DeliveryState.SENDING)
    with pytest.raises(IntegrityError, match="delivery_lease_is_whole"):
        plant(lambda: Delivery.objects.update(**{missing: "" if missing == "phase" else None}))


def test_a_lease_on_what_is_not_being_sent(delivery: Delivery) -> None:
    with pytest.raises(IntegrityError, match="delivery_lease_is_whole"):
        plant(lambda: Delivery.objects.update(token=uuid4()))


@pytest.mark.parametrize("state", ["held", "queued", "unknown"])
def test_waiting_for_no_time(delivery: Delivery, state: str) -> None:
    with pytest.raises(IntegrityError, match="delivery_waiting_is_due"):
        plant(lambda: Delivery.objects.update(state=state, due_at=None))


def test_two_answers_of_one_conversation_on_the_wire(desk: Desk, delivery: Delivery) -> None:
    other = delivery_of(desk.answers(delivery.conversation, "And one more thing."))
    set_state(delivery, DeliveryState.SENDING)
    with pytest.raises(IntegrityError, match="delivery_one_in_flight"):
        plant(lambda: set_state(other, DeliveryState.SENDING))


def test_one_part_twice(delivery: Delivery) -> None:
    def again() -> None:
        delivery.pk = None
        delivery.save(force_insert=True)

    with pytest.raises(IntegrityError, match="delivery_part_once"):
        plant(again)


# -- what was said, and what came


def test_a_note_by_nobody(conversation: Conversation) -> None:
    with pytest.raises(IntegrityError, match="message_note_has_an_author"):
        plant(lambda: Message.objects.create(conversation=conversation, direction="note", happened_at=NOW))


def test_something_incoming_from_nobody(conversation: Conversation) -> None:
    with pytest.raises(IntegrityError, match="message_incoming_has_a_sender"):
        plant(lambda: Message.objects.create(conversation=conversation, direction="incoming", happened_at=NOW))


def test_two_messages_of_one_item(desk: Desk, conversation: Conversation) -> None:
    said = conversation.messages.get()
    with pytest.raises(IntegrityError, match="item_id"):
        plant(
            lambda: Message.objects.create(
                conversation=conversation, direction="incoming", sender=said.sender, item=said.item, happened_at=NOW
            )
        )


def test_one_id_of_a_provider_twice(conversation: Conversation) -> None:
    known = ProviderId.objects.get()

    def again() -> None:
        known.pk = None
        known.save(force_insert=True)

    with pytest.raises(IntegrityError, match="providerid_once"):
        plant(again)


def test_an_id_of_nothing(desk: Desk) -> None:
    with pytest.raises(IntegrityError, match="providerid_names_something"):
        plant(lambda: ProviderId.objects.create(channel=desk.channel, value="x", reference="x"))


def test_the_same_thing_twice_in_the_letterbox(desk: Desk) -> None:
    item(desk.channel, source_key="same")
    with pytest.raises(IntegrityError, match="item_once"):
        plant(lambda: item(desk.channel, source_key="same"))


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"outcome": "message"}, "item_with_an_outcome_was_opened"),
        ({"opened_at": NOW}, "item_with_an_outcome_was_opened"),
        ({"discarded_at": NOW}, "item_discarded_was_held_back"),
    ],
)
def test_an_item_that_contradicts_itself(desk: Desk, fields: dict[str, Any], constraint: str) -> None:
    row = item(desk.channel)
    with pytest.raises(IntegrityError, match=constraint):
        plant(lambda: Item.objects.filter(pk=row.pk).update(**fields))


# -- the log, and people


def test_a_changed_row_of_the_log(desk: Desk) -> None:
    with pytest.raises(DatabaseError, match="append-only"):
        plant(lambda: Activity.objects.update(verb="nothing"))


def test_a_removed_row_of_the_log(desk: Desk) -> None:
    with pytest.raises(DatabaseError, match="append-only"):
        plant(Activity.objects.all().delete)


@pytest.mark.parametrize(("role", "anywhere"), [(Role.ADMIN, False), (Role.AGENT, True), (Role.SUPERVISOR, True)])
def test_a_role_where_it_does_not_work(desk: Desk, role: Role, anywhere: bool) -> None:
    team = None if anywhere else desk.elsewhere
    with pytest.raises(IntegrityError, match="membership_is_where_its_role_works"):
        plant(lambda: Membership.objects.create(agent=desk.ada, team=team, role=role))


def test_the_same_role_everywhere_twice(desk: Desk) -> None:
    with pytest.raises(IntegrityError, match="membership_once"):
        plant(lambda: Membership.objects.create(agent=desk.kim, team=None, role=Role.ADMIN))


def test_an_address_of_a_customer_with_capitals(conversation: Conversation) -> None:
    with pytest.raises(IntegrityError, match="address_of_mail_in_lower_case"):
        plant(lambda: Address.objects.filter(pk=conversation.address_id).update(value="Carla@example.com"))


def test_an_address_to_sign_in_with_capitals(desk: Desk) -> None:
    with pytest.raises(IntegrityError, match="agent_email_is_lowercase"):
        plant(lambda: Agent.objects.filter(pk=desk.ada.pk).update(email="Ada@example.com"))


def test_switched_off_at_no_time(desk: Desk) -> None:
    with pytest.raises(IntegrityError, match="agent_switched_off_has_a_time"):
        plant(lambda: Agent.objects.filter(pk=desk.ada.pk).update(is_active=False))


def test_a_deputy_of_himself(desk: Desk) -> None:
    with pytest.raises(IntegrityError, match="level_deputy_is_another_person"):
        plant(lambda: Level.objects.create(number=1, name="Front line", holder=desk.sam, deputy=desk.sam))


def test_a_customer_merged_into_himself(conversation: Conversation) -> None:
    carla = conversation.customer
    with pytest.raises(IntegrityError, match="customer_not_merged_into_himself"):
        plant(lambda: Customer.objects.filter(pk=carla.pk).update(merged_into=carla))


def test_a_second_installation(desk: Desk) -> None:
    with pytest.raises(IntegrityError, match="installation_is_one"):
        plant(lambda: Installation.objects.create(id=2, created_at=NOW))


def test_what_a_person_does_passes_all_guards(desk: Desk, conversation: Conversation) -> None:
    plant(lambda: take(conversation, by=desk.ada, now=desk.later()))
    plant(lambda: solve(conversation, by=desk.ada, now=desk.later()))
