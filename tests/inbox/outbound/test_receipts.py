"""What providers tell us about what we sent, in whatever order they tell it."""

import pytest

from connectors.contract import Change, Echo, Incoming, Person, Progress, Receipt, Refusal, Verb
from connectors.errors import OutcomeUnknown
from inbox.models import Activity, Address, Delivery, DeliveryState, Post, RecipientResult, State
from inbox.outbound import receipts
from inbox.outbound.deliver import send
from inbox.outbound.receipts import Whose
from tests.inbox.desk_of_five import Desk, delivery_of, mail, set_state
from tests.inbox.network import network, public
from tests.inbox.outbound.provider import Provider

S = DeliveryState


@pytest.fixture
def delivery(desk: Desk, provider: Provider) -> Delivery:
    return delivery_of(desk.answers(desk.problem()))


def told(desk: Desk, delivery: Delivery, progress: Progress, **fields: str) -> Delivery:
    values = {"provider_id": delivery.provider_id, "progress": progress, **fields}
    receipts.apply(Receipt(**values), channel=desk.channel, now=desk.later())  # type: ignore[arg-type]  # texts
    return Delivery.objects.get(pk=delivery.pk)


def copy_of(delivery: Delivery) -> Incoming:
    """Our answer as it lies in the Sent folder."""
    return mail("We will help.", reference=delivery.provider_id, sender=Person(address="support@example.com"))


def test_delivered_then_read(desk: Desk, delivery: Delivery) -> None:
    set_state(delivery, S.SENT)
    assert told(desk, delivery, Progress.DELIVERED).state == S.DELIVERED
    after = told(desk, delivery, Progress.READ)
    assert (after.state, after.read_at) == (S.READ, desk.clock)


def test_delivered_that_comes_after_read_takes_nothing_back(desk: Desk, delivery: Delivery) -> None:
    set_state(delivery, S.SENT)
    told(desk, delivery, Progress.READ)
    assert told(desk, delivery, Progress.DELIVERED).state == S.READ


@pytest.mark.parametrize("progress", [Progress.SENT, Progress.DELIVERED, Progress.READ])
def test_a_receipt_proves_what_nobody_knew(desk: Desk, delivery: Delivery, progress: Progress) -> None:
    set_state(delivery, S.UNKNOWN)
    after = told(desk, delivery, progress)
    assert after.state == progress.value
    assert after.accepted_at is not None


def test_the_echo_before_the_providers_answer_counts_once(desk: Desk, delivery: Delivery, provider: Provider) -> None:
    said = copy_of(delivery)
    provider.on_the_wire = lambda: _echo(desk, said)
    send(delivery.pk, desk.later())
    delivery.refresh_from_db()
    assert delivery.state == S.SENT
    assert Activity.objects.filter(verb="sent").count() == 1


def test_the_echo_of_what_nobody_knew_is_the_proof(desk: Desk, delivery: Delivery, provider: Provider) -> None:
    provider.after_wire = OutcomeUnknown("The line broke.")
    send(delivery.pk, desk.later())
    assert _echo(desk, copy_of(delivery))
    delivery.refresh_from_db()
    assert (delivery.state, delivery.due_at) == (S.SENT, None)


def test_an_echo_of_something_else_is_not_ours(desk: Desk, delivery: Delivery) -> None:
    assert receipts.echo(Echo(said=mail()), channel=desk.channel, now=desk.later()) == Whose.ELSEWHERE
    marked = Echo(said=mail(), key="k-1")  # by another program, in the place where we leave our mark
    assert receipts.echo(marked, channel=desk.channel, now=desk.later()) == Whose.ELSEWHERE


def test_an_echo_in_another_channel_is_not_ours(desk: Desk, delivery: Delivery) -> None:
    elsewhere = receipts.echo(Echo(said=copy_of(delivery)), channel=desk.channel_elsewhere, now=desk.later())
    assert elsewhere == Whose.ELSEWHERE


def test_a_failure_is_told_and_the_conversation_needs_us(desk: Desk, delivery: Delivery) -> None:
    set_state(delivery, S.SENT)
    after = told(desk, delivery, Progress.FAILED, recipient="Carla@example.com", status="5.1.1", reason="Nobody here.")
    after.conversation.refresh_from_db()
    assert (after.state, after.conversation.state) == (S.FAILED, State.OPEN)
    result = RecipientResult.objects.get()
    assert (result.recipient, result.code, result.words) == ("carla@example.com", "5.1.1", "Nobody here.")


def test_a_failure_for_one_of_two_recipients_fails_only_his(desk: Desk, provider: Provider) -> None:
    delivery = delivery_of(desk.answers(desk.problem(), cc=["kim@example.org"]))
    set_state(delivery, S.SENT)
    assert told(desk, delivery, Progress.FAILED, recipient="kim@example.org", status="5.1.1").state == S.SENT
    assert told(desk, delivery, Progress.FAILED, recipient="carla@example.com", status="5.1.1").state == S.FAILED


@pytest.mark.parametrize("named", ["elsewhere@example.org", ""])
def test_a_failure_of_what_went_to_one_person_fails_it_whoever_is_named(
    desk: Desk, delivery: Delivery, named: str
) -> None:
    set_state(delivery, S.SENT)
    assert told(desk, delivery, Progress.FAILED, recipient=named, status="5.2.2").state == S.FAILED
    assert RecipientResult.objects.get().recipient == "carla@example.com"


def test_two_permanent_failures_say_that_an_address_does_not_work(desk: Desk, delivery: Delivery) -> None:
    second = delivery_of(desk.answers(delivery.conversation))
    for sent, does_not_arrive in ((delivery, False), (second, True)):
        set_state(sent, S.SENT)
        told(desk, sent, Progress.FAILED, recipient="carla@example.com", status="5.1.1")
        assert Address.objects.get(value="carla@example.com").does_not_arrive is does_not_arrive


def test_one_mail_that_is_reported_twice_is_one_failure(desk: Desk, delivery: Delivery) -> None:
    set_state(delivery, S.SENT)
    told(desk, delivery, Progress.FAILED, recipient="carla@example.com", status="5.1.1")
    told(desk, delivery, Progress.FAILED, recipient="elsewhere@example.org", status="5.1.1")
    assert Address.objects.get(value="carla@example.com").permanent_failures == 1


@pytest.mark.parametrize(("progress", "failures"), [(Progress.DELIVERED, 0), (Progress.READ, 0), (Progress.SENT, 1)])
def test_what_arrives_ends_the_row_of_failures(
    desk: Desk, delivery: Delivery, progress: Progress, failures: int
) -> None:
    Address.objects.update(permanent_failures=1)
    set_state(delivery, S.SENT)
    told(desk, delivery, progress)
    assert Address.objects.get(value="carla@example.com").permanent_failures == failures


def test_a_failure_for_a_time_is_not_held_against_the_address(desk: Desk, delivery: Delivery) -> None:
    set_state(delivery, S.SENT)
    told(desk, delivery, Progress.FAILED, recipient="carla@example.com", status="4.2.2")
    assert Address.objects.get(value="carla@example.com").permanent_failures == 0


def test_a_delay_changes_no_state(desk: Desk, delivery: Delivery) -> None:
    set_state(delivery, S.SENT)
    assert told(desk, delivery, Progress.DELAYED, recipient="carla@example.com", status="4.4.1").state == S.SENT
    assert Activity.objects.filter(verb="delivery_delayed").exists()


def test_a_receipt_that_names_nothing_of_ours_changes_nothing(desk: Desk, delivery: Delivery) -> None:
    receipt = Receipt(provider_id="invented@example.com", progress=Progress.FAILED)
    assert receipts.apply(receipt, channel=desk.channel, now=desk.later()) is None


def test_a_receipt_from_another_channel_changes_nothing(desk: Desk, delivery: Delivery) -> None:
    receipt = Receipt(provider_id=delivery.provider_id, progress=Progress.FAILED)
    assert receipts.apply(receipt, channel=desk.channel_elsewhere, now=desk.later()) is None


def test_what_was_edited_or_deleted_at_the_provider_is_so_here(desk: Desk) -> None:
    received = desk.receives(mail("Befor", provider_id="post 1"))
    edited = Change(provider_id="post 1", verb=Verb.EDITED, at=desk.clock, text="Before")
    deleted = Change(provider_id="post 1", verb=Verb.DELETED, at=desk.clock)
    message = desk.channel.conversations.get(pk=received.conversation).messages.get()
    receipts.change(edited, channel=desk.channel, now=desk.later())
    message.refresh_from_db()
    assert (message.text, message.withdrawn_at) == ("Before", None)
    receipts.change(deleted, channel=desk.channel, now=desk.later())
    message.refresh_from_db()
    assert message.withdrawn_at == deleted.at


def _echo(desk: Desk, said: Incoming) -> bool:
    return receipts.echo(Echo(said=said), channel=desk.channel, now=desk.later()) == Whose.OURS


def test_while_some_are_tried_again_it_is_not_sent_because_another_has_read_it(desk: Desk, provider: Provider) -> None:
    delivery = delivery_of(desk.answers(desk.problem(), cc=["kim@example.org"]))
    later = Refusal(code="451", words="Greylisted", permanent=False)
    provider.refused = {"carla@example.com": later}
    send(delivery.pk, desk.later())
    assert told(desk, delivery, Progress.READ, recipient="kim@example.org").state == S.QUEUED
    assert _echo(desk, copy_of(delivery))
    delivery.refresh_from_db()
    assert delivery.state == S.QUEUED


def test_what_one_of_two_did_not_get_needs_us(desk: Desk, delivery: Delivery, provider: Provider) -> None:
    message = desk.answers(delivery.conversation, "And kim.", cc=["kim@example.org"])
    set_state(delivery_of(message), S.SENT)
    assert (
        told(desk, delivery_of(message), Progress.FAILED, recipient="kim@example.org", status="5.1.1").state == S.SENT
    )
    message.conversation.refresh_from_db()
    assert message.conversation.state == State.OPEN


def test_a_post_above_that_was_edited_or_deleted_is_so_here(desk: Desk) -> None:
    channel = network(desk)
    post = Post.objects.create(channel=channel, reference="900", text="Our new lamb", at=desk.clock)
    edited = Change(provider_id="900", verb=Verb.EDITED, at=desk.clock, text="Our new lamp")
    assert receipts.change(edited, channel=channel, now=desk.later())
    post.refresh_from_db()
    assert (post.text, post.withdrawn_at) == ("Our new lamp", None)
    assert receipts.change(Change(provider_id="900", verb=Verb.DELETED, at=desk.clock), channel=channel, now=desk.clock)
    post.refresh_from_db()
    assert post.withdrawn_at == desk.clock


def test_a_post_that_is_edited_into_a_message_for_us_comes_in(desk: Desk) -> None:
    channel = network(desk)
    Post.objects.create(channel=channel, reference="900", text="My lamp", at=desk.clock)
    said = public("@example my lamp", number=900)
    edited = Change(provider_id="900", verb=Verb.EDITED, at=desk.clock, text=said.text, said=said)
    assert not receipts.change(edited, channel=channel, now=desk.later()), "it is no message of ours yet"
