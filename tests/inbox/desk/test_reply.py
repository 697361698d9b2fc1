"""Answering: through the channel the customer chose, never past something he has just said."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from uuid import uuid4

import pytest

from connectors.contract import Change, Verb
from inbox import blobs
from inbox.desk import drafts
from inbox.desk.along import Along
from inbox.desk.merge import merge
from inbox.desk.note import note
from inbox.desk.ownership import hand, locked
from inbox.desk.reply import Draft, reply
from inbox.desk.solve import open_again, snooze, solve, wait_for_customer
from inbox.desk.take import take
from inbox.desk.undo_send import undo_send
from inbox.errors import AlreadyDone, ChannelCannot, Invalid, MergedAway, NotAllowed, SomethingNew
from inbox.models import (
    Attachment,
    Cause,
    Channel,
    Conversation,
    Delivery,
    DeliveryState,
    Interval,
    Message,
    ProviderId,
    State,
)
from inbox.outbound import receipts
from inbox.signing import token_for
from tests.inbox.desk_of_five import (
    CARLA,
    Desk,
    answer_to,
    delivery_of,
    history,
    mail,
    reference_of,
    set_state,
    upload,
)
from tests.inbox.network import direct, network, public


def test_an_answer_goes_to_who_wrote_through_the_channel_he_chose(desk: Desk) -> None:
    conversation = desk.problem()
    delivery = delivery_of(desk.answers(conversation))
    assert (delivery.recipients, delivery.channel) == (["carla@example.com"], desk.channel)
    assert (delivery.state, delivery.due_at) == (DeliveryState.QUEUED, desk.clock)
    frozen = message_from_bytes(blobs.read(delivery.payload), policy=default)
    assert (frozen["To"], frozen["Subject"]) == ("Carla <carla@example.com>", "Re: A broken lamp")
    words = frozen.get_body(("plain",))
    assert words is not None
    assert words.get_content().startswith("We will help.")
    assert "Your friends at Example" in words.get_content()


def test_an_answer_names_what_it_answers_and_carries_the_token(desk: Desk) -> None:
    conversation = desk.problem()
    frozen = blobs.read(delivery_of(desk.answers(conversation)).payload).decode()
    assert f"In-Reply-To: <{reference_of(conversation.messages.earliest('pk'))}>" in frozen
    assert token_for(conversation.number) in frozen


def test_an_answer_begins_with_the_root_of_its_conversation(desk: Desk) -> None:
    conversation = desk.problem()
    frozen = message_from_bytes(blobs.read(delivery_of(desk.answers(conversation)).payload))
    assert frozen["References"].split()[0] == f"<{token_for(conversation.number)}.root@example.com>"


def test_an_answer_goes_to_the_reply_to_where_there_is_one(desk: Desk) -> None:
    conversation = desk.problem(reply_to=type(CARLA)(address="orders@example.org"))
    assert delivery_of(desk.answers(conversation)).recipients == ["orders@example.org"]


def test_an_answer_is_held_for_ten_seconds(desk: Desk) -> None:
    conversation = desk.problem()
    said = reply(conversation, Draft("Yes"), by=desk.ada, seen_up_to=conversation.last_message, now=desk.later())
    delivery = delivery_of(said)
    assert (delivery.state, delivery.due_at) == (DeliveryState.HELD, desk.clock + timedelta(seconds=10))


def test_who_answers_what_nobody_has_has_it(desk: Desk) -> None:
    conversation = desk.problem()
    desk.answers(conversation)
    conversation.refresh_from_db()
    assert (conversation.owner, conversation.state, conversation.we_spoke_last) == (desk.ada, State.PENDING, True)
    assert history(conversation) == [("queue", "opened", "taken_over"), ("Ada", "taken_over", "")]


def test_who_answers_what_was_given_to_him_has_accepted_it(desk: Desk) -> None:
    for_ada, for_sam = desk.problem(), desk.problem()
    hand(locked(for_ada), now=desk.later(), cause=Cause.ROUTED, owner=desk.ada)
    hand(locked(for_sam), now=desk.later(), cause=Cause.ROUTED, owner=desk.sam)
    desk.answers(for_ada)
    desk.answers(for_sam)
    assert Interval.objects.get(conversation=for_ada, ended_at=None).accepted_at == desk.clock - timedelta(minutes=1)
    assert Interval.objects.get(conversation=for_sam, ended_at=None).accepted_at is None


def test_who_answers_for_a_colleague_leaves_it_with_him(desk: Desk) -> None:
    conversation = desk.problem()
    take(conversation, by=desk.ada, now=desk.later())
    desk.answers(conversation, by=desk.sam)
    conversation.refresh_from_db()
    assert conversation.owner == desk.ada


@pytest.mark.parametrize("then", State)
def test_what_follows_an_answer_is_the_agents_choice(desk: Desk, then: State) -> None:
    conversation = desk.problem()
    desk.answers(conversation, then=then)
    conversation.refresh_from_db()
    assert conversation.state == then


def test_an_answer_to_what_is_solved_leaves_it_solved(desk: Desk) -> None:
    conversation = desk.problem()
    solve(conversation, by=desk.ada, now=desk.later())
    desk.answers(conversation)
    conversation.refresh_from_db()
    assert conversation.state == State.SOLVED


def test_nothing_goes_past_what_the_customer_has_just_said(desk: Desk) -> None:
    conversation = desk.problem()
    seen = conversation.last_message
    news = desk.receives(answer_to(reference_of(conversation.messages.get())))
    with pytest.raises(SomethingNew) as refused:
        desk.answers(conversation, seen_up_to=seen)
    assert refused.value.messages == [news.message]
    assert not Delivery.objects.exists()


def test_nothing_goes_past_a_colleagues_answer(desk: Desk) -> None:
    conversation = desk.problem()
    seen = conversation.last_message
    desk.answers(conversation, by=desk.sam)
    with pytest.raises(SomethingNew):
        desk.answers(conversation, seen_up_to=seen)


def test_an_automatic_answer_or_a_note_stops_nobody(desk: Desk) -> None:
    conversation = desk.problem()
    seen = conversation.last_message
    desk.receives(answer_to(reference_of(conversation.messages.get()), automatic="out of office"))
    desk.answers(conversation, seen_up_to=seen)


def test_who_gets_a_copy_takes_part_from_now_on(desk: Desk) -> None:
    conversation = desk.problem()
    said = desk.answers(conversation, cc=["Kim@example.org"])
    assert delivery_of(said).recipients == ["carla@example.com", "Kim@example.org"]
    received = desk.receives(answer_to(reference_of(said), sender=type(CARLA)(address="kim@example.org")))
    assert received.conversation == conversation.pk


def test_an_answer_without_text_or_file_is_refused(desk: Desk) -> None:
    with pytest.raises(Invalid):
        desk.answers(desk.problem(), " \n ")
    assert not Delivery.objects.exists()


def test_an_answer_that_is_too_long_is_refused(desk: Desk) -> None:
    with pytest.raises(Invalid):
        desk.answers(desk.problem(), "a" * 500_001)


def test_a_nul_in_an_answer_loses_nothing_else(desk: Desk) -> None:
    assert desk.answers(desk.problem(), "be\x00fore").text == "before"


def test_a_file_goes_along(desk: Desk) -> None:
    file = upload(desk)
    said = desk.answers(desk.problem(), attachments=[file.pk])
    file.refresh_from_db()
    assert file.message == said
    assert b"lamp.pdf" in blobs.read(delivery_of(said).payload)


def test_a_file_of_somebody_else_or_of_nobody_is_refused(desk: Desk) -> None:
    conversation = desk.problem()
    file = upload(desk)
    for name in (file.pk, uuid4()):
        with pytest.raises(Invalid):
            desk.answers(conversation, attachments=[name], by=desk.sam)
    assert not Message.objects.filter(direction="outgoing").exists()


def test_an_answer_that_overtakes_its_own_proof_is_found(desk: Desk) -> None:
    said = desk.answers(desk.problem())
    known = ProviderId.objects.get(message=said)
    assert known.reference == delivery_of(said).provider_id


@pytest.mark.parametrize("name", ["kim"])
def test_who_may_not_answer_is_refused(desk: Desk, name: str) -> None:
    with pytest.raises(NotAllowed):
        desk.answers(desk.problem(), by=getattr(desk, name))


def test_an_answer_goes_to_the_last_one_who_wrote(desk: Desk) -> None:
    conversation = desk.problem()
    said = desk.answers(conversation, cc=["kim@example.org"])
    desk.receives(answer_to(reference_of(said), sender=type(CARLA)(address="kim@example.org")))
    assert delivery_of(desk.answers(conversation, "To Kim")).recipients == ["kim@example.org"]


# -- taking it back


def test_an_answer_that_is_taken_back_is_as_if_it_had_not_been(desk: Desk) -> None:
    conversation = desk.problem()
    said = desk.answers(conversation, undo=timedelta(seconds=10))
    assert undo_send(said, by=desk.ada, now=desk.clock) == "We will help."
    conversation.refresh_from_db()
    assert delivery_of(said).state == DeliveryState.CANCELLED
    assert (conversation.state, conversation.we_spoke_last) == (State.OPEN, False)
    assert conversation.preview == "The lamp arrived broken."


def test_a_solution_with_an_answer_that_is_taken_back_is_taken_back_too(desk: Desk) -> None:
    conversation = desk.problem()
    said = desk.answers(conversation, undo=timedelta(seconds=10), then=State.SOLVED)
    undo_send(said, by=desk.ada, now=desk.later(seconds=1))
    conversation.refresh_from_db()
    assert conversation.state == State.OPEN
    assert Interval.objects.get(conversation=conversation, ended_at=None).by == desk.ada


def test_a_solution_is_taken_back_with_its_answer_though_its_owner_had_it_a_moment_later(desk: Desk) -> None:
    conversation = desk.problem()
    take(conversation, by=desk.ada, now=desk.clock + timedelta(minutes=1, milliseconds=5))
    said = desk.answers(conversation, undo=timedelta(seconds=10), then=State.SOLVED)
    undo_send(said, by=desk.ada, now=desk.later(seconds=1))
    conversation.refresh_from_db()
    assert conversation.state == State.OPEN


def test_what_somebody_solved_since_stays_so_though_an_answer_that_solved_it_is_taken_back(desk: Desk) -> None:
    conversation = desk.problem()
    said = desk.answers(conversation, undo=timedelta(seconds=10), then=State.SOLVED)
    open_again(conversation, by=desk.sam, now=desk.later(seconds=1))
    solve(conversation, by=desk.sam, now=desk.later(seconds=1))
    undo_send(said, by=desk.ada, now=desk.later(seconds=1))
    conversation.refresh_from_db()
    assert conversation.state == State.SOLVED


@pytest.mark.parametrize("then", [State.OPEN, State.PENDING, State.SOLVED])
@pytest.mark.parametrize("hours", [0, 5])
def test_what_waited_waits_again_after_an_answer_that_is_taken_back(desk: Desk, then: State, hours: int) -> None:
    conversation = desk.problem()
    until = desk.clock + timedelta(hours=hours) if hours else None
    if until:
        snooze(conversation, by=desk.ada, until=until, now=desk.clock)
    else:
        wait_for_customer(conversation, by=desk.ada, now=desk.clock)
    said = desk.answers(conversation, undo=timedelta(seconds=10), then=then)
    conversation.refresh_from_db()
    assert (conversation.state, conversation.snoozed_until) == (then, None)
    undo_send(said, by=desk.ada, now=desk.later(seconds=1))
    conversation.refresh_from_db()
    assert (conversation.state, conversation.snoozed_until) == (State.PENDING, until)


def test_what_the_customer_wrote_since_needs_us_though_an_answer_is_taken_back(desk: Desk) -> None:
    conversation = desk.problem()
    snooze(conversation, by=desk.ada, until=desk.clock + timedelta(hours=5), now=desk.clock)
    said = desk.answers(conversation, undo=timedelta(seconds=10))
    desk.receives(answer_to(reference_of(conversation.messages.order_by("pk")[0]), text="And the shade?"))
    undo_send(said, by=desk.ada, now=desk.later(seconds=1))
    conversation.refresh_from_db()
    assert (conversation.state, conversation.snoozed_until) == (State.OPEN, None)


@pytest.mark.parametrize("stood", [State.PENDING, State.SOLVED])
def test_an_answer_after_which_it_still_needs_us_opens_it(desk: Desk, stood: State) -> None:
    conversation = desk.problem()
    (solve if stood == State.SOLVED else wait_for_customer)(conversation, by=desk.ada, now=desk.clock)
    desk.answers(conversation, "We look into it.", then=State.OPEN)
    conversation.refresh_from_db()
    assert conversation.state == State.OPEN


def test_what_was_solved_is_solved_again_when_the_answer_that_opened_it_is_taken_back(desk: Desk) -> None:
    conversation = desk.problem()
    solve(conversation, by=desk.ada, now=desk.clock)
    said = desk.answers(conversation, "We look into it.", then=State.OPEN, undo=timedelta(seconds=10))
    undo_send(said, by=desk.ada, now=desk.later(seconds=1))
    conversation.refresh_from_db()
    assert conversation.state == State.SOLVED


def test_what_was_snoozed_is_snoozed_again_when_an_answer_that_passed_it_on_is_taken_back(desk: Desk) -> None:
    conversation = desk.problem()
    take(conversation, by=desk.ada, now=desk.later())
    until = desk.clock + timedelta(hours=5)
    snooze(conversation, by=desk.ada, until=until, now=desk.clock)
    on = Along(to=desk.sam, reason="knowledge", note="He knows lamps.")
    said = desk.answers(conversation, along=on, undo=timedelta(seconds=10))
    undo_send(said, by=desk.ada, now=desk.later(seconds=1))
    conversation.refresh_from_db()
    assert (conversation.state, conversation.snoozed_until) == (State.PENDING, until)
    assert conversation.owner == desk.ada


def taken_back_after_a_merge(desk: Desk, gone: Conversation, into: Conversation) -> None:
    said = desk.answers(gone, undo=timedelta(seconds=10))
    merge(gone, into, by=desk.sam, now=desk.later(seconds=1))
    said.refresh_from_db()
    undo_send(said, by=desk.ada, now=desk.later(seconds=1))
    into.refresh_from_db()


def test_an_answer_taken_back_after_a_merge_writes_no_state_over_that_of_the_other(desk: Desk) -> None:
    gone, into = desk.problem(), desk.problem("Another lamp")
    wait_for_customer(gone, by=desk.ada, now=desk.clock)
    taken_back_after_a_merge(desk, gone, into)
    assert into.state == State.OPEN


def test_an_answer_taken_back_after_a_merge_leaves_what_it_answered_to_us(desk: Desk) -> None:
    gone, into = desk.problem(), desk.problem("Another lamp")
    wait_for_customer(into, by=desk.ada, now=desk.clock)
    taken_back_after_a_merge(desk, gone, into)
    assert into.state == State.OPEN
    assert drafts.of(into, desk.ada)["reply"].text == "We will help."


@pytest.mark.parametrize("then", State)
def test_nothing_is_written_into_what_is_part_of_another_one(desk: Desk, then: State) -> None:
    gone, into = desk.problem(), desk.problem("Another lamp")
    merge(gone, into, by=desk.sam, now=desk.later())
    with pytest.raises(MergedAway, match=into.label):
        desk.answers(gone, then=then)
    with pytest.raises(MergedAway, match=into.label):
        note(gone, "He called.", by=desk.ada, now=desk.later())
    assert not gone.messages.exists()
    assert not Delivery.objects.exists()


def test_words_after_a_solution_open_nothing(desk: Desk) -> None:
    conversation = desk.problem()
    solve(conversation, by=desk.ada, now=desk.clock)
    desk.answers(conversation, "You are welcome.")
    conversation.refresh_from_db()
    assert conversation.state == State.SOLVED


def test_its_files_can_be_sent_again(desk: Desk) -> None:
    conversation, file = desk.problem(), upload(desk)
    said = desk.answers(conversation, attachments=[file.pk], undo=timedelta(seconds=10))
    undo_send(said, by=desk.ada, now=desk.clock)
    assert drafts.of(conversation, desk.ada)["reply"].beside == {"attachments": [str(file.pk)]}
    desk.answers(conversation, attachments=[file.pk])


@pytest.mark.parametrize("state", [state for state in DeliveryState if state != DeliveryState.HELD])
def test_what_has_left_cannot_be_taken_back(desk: Desk, state: DeliveryState) -> None:
    said = desk.answers(desk.problem())
    set_state(delivery_of(said), state)
    with pytest.raises(AlreadyDone):
        undo_send(said, by=desk.ada, now=desk.later())
    said.refresh_from_db()
    assert said.withdrawn_at is None


def test_what_the_customer_wrote_cannot_be_taken_back(desk: Desk) -> None:
    conversation = desk.problem()
    with pytest.raises(AlreadyDone):
        undo_send(conversation.messages.get(), by=desk.ada, now=desk.later())


def test_one_who_may_only_read_cannot_take_back(desk: Desk) -> None:
    said = desk.answers(desk.problem(), undo=timedelta(seconds=10))
    with pytest.raises(NotAllowed):
        undo_send(said, by=desk.kim, now=desk.clock)


def test_after_it_was_taken_back_the_same_can_be_said_again(desk: Desk) -> None:
    conversation = desk.problem()
    seen = conversation.last_message
    said = desk.answers(conversation, undo=timedelta(seconds=10))
    undo_send(said, by=desk.ada, now=desk.clock)
    desk.answers(conversation, seen_up_to=seen)


def test_a_mail_names_no_answer_that_was_taken_back(desk: Desk) -> None:
    conversation = desk.problem()
    said = desk.answers(conversation, undo=timedelta(seconds=10))
    undo_send(said, by=desk.ada, now=desk.clock)
    frozen = blobs.read(delivery_of(desk.answers(conversation, "Better so.")).payload).decode()
    assert reference_of(said) not in frozen
    assert mail().reference not in frozen


def test_files_that_are_too_much_for_the_channel_are_refused_before_anything_is_queued(desk: Desk) -> None:
    conversation = desk.problem()
    half = [
        Attachment.objects.create(
            uploaded_by=desk.ada,
            name=f"{n}.bin",
            media_type="application/octet-stream",
            size=10_000_000,
            sha256="0" * 64,
            created_at=desk.clock,
        ).uuid
        for n in range(2)
    ]
    with pytest.raises(ChannelCannot, match="18 MB"):
        desk.answers(conversation, attachments=half)
    assert not Delivery.objects.exists()


def test_nobody_answers_what_was_deleted(desk: Desk) -> None:
    channel = network(desk)
    first, second = public(number=501), public("@example and it is dark", number=502, root="501")
    received = [desk.receives(said, channel=channel) for said in (first, second)]
    (conversation,) = {Conversation.objects.get(pk=one.conversation) for one in received}
    deletes(desk, channel, "502")
    assert b'"answers":"501"' in blobs.read(delivery_of(desk.answers(conversation)).payload)
    deletes(desk, channel, "501")
    with pytest.raises(ChannelCannot, match="deleted"):
        desk.answers(conversation, "Still there?")


def test_who_deleted_what_he_wrote_in_private_can_be_answered_there(desk: Desk) -> None:
    channel = network(desk)
    received = desk.receives(direct(number=601), channel=channel)
    deletes(desk, channel, "601")
    answer = desk.answers(Conversation.objects.get(pk=received.conversation))
    assert delivery_of(answer).recipients == ["2002"]


def deletes(desk: Desk, channel: Channel, number: str) -> None:
    """He takes back what he said."""
    change = Change(provider_id=number, verb=Verb.DELETED, at=desk.clock)
    assert receipts.change(change, channel=channel, now=desk.later())
