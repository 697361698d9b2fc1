"""What one conversation is on a network, and that whatever comes twice or in the wrong order ends up in one place."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from connectors.contract import Change, Echo, Incoming, Person, Post, Progress, Receipt, Remote, Verb
from inbox import blobs
from inbox.desk import solve
from inbox.desk.merge import merge
from inbox.inbound.belonging import Source
from inbox.inbound.receive import Received
from inbox.inbound.settle import WAITS_FOR_ITS_MESSAGE, TooEarly, settle
from inbox.models import (
    Activity,
    Address,
    Attachment,
    Channel,
    Conversation,
    Customer,
    Delivery,
    DeliveryState,
    Item,
    Message,
    Outcome,
)
from inbox.models import Post as PostRow
from inbox.outbound.deliver import accept
from tests.inbox.desk_of_five import Desk, delivery_of, history, item, set_state
from tests.inbox.network import CARLA, MAX, US, direct, network, public


@pytest.fixture
def channel(desk: Desk) -> Channel:
    return network(desk)


def home(desk: Desk, channel: Channel, incoming: Incoming, *, ours: bool = False) -> Conversation:
    received: Received = desk.receives(incoming, channel=channel, ours=ours)
    return Conversation.objects.get(pk=received.conversation)


def told(desk: Desk, channel: Channel, *contents: object) -> Item:
    """Something comes that may not be a message; return its item as it is afterwards."""
    return told_since(desk, channel, desk.later(), *contents)


def told_since(desk: Desk, channel: Channel, came_at: datetime, *contents: object) -> Item:
    """It came then, and is looked at again."""
    row = item(channel, came_at)
    source = Source(channel=channel, item=row.pk, received_at=came_at, came_at=came_at, now=desk.clock)
    with transaction.atomic():
        settle(source, contents, {})  # type: ignore[arg-type]  # any of the contents
    row.refresh_from_db()
    return row


def test_private_messages_of_one_person_are_one_conversation(desk: Desk, channel: Channel) -> None:
    first, second = home(desk, channel, direct()), home(desk, channel, direct("It is the red one."))
    assert first == second
    assert (first.public, first.customer.name) == (False, "Carla (@carla)")


def test_another_person_has_another_one(desk: Desk, channel: Channel) -> None:
    assert home(desk, channel, direct()) != home(desk, channel, direct(sender=MAX))


def test_a_solved_one_opens_again_within_seven_days(desk: Desk, channel: Channel) -> None:
    conversation = home(desk, channel, direct())
    solve.solve(conversation, by=desk.sam, now=desk.later())
    desk.later(days=6)
    assert home(desk, channel, direct("Once more", sent_at=desk.clock)) == conversation
    assert history(conversation)[-1][1] == "reopened"


def test_later_it_is_a_new_one_linked_to_the_former(desk: Desk, channel: Channel) -> None:
    conversation = home(desk, channel, direct())
    solve.solve(conversation, by=desk.sam, now=desk.later())
    desk.later(days=8)
    after = home(desk, channel, direct("Something else", sent_at=desk.clock))
    assert after != conversation
    assert after.former == conversation
    solve.solve(after, by=desk.sam, now=desk.later())
    assert home(desk, channel, direct("And again", sent_at=desk.clock)) == after


def test_in_public_one_person_under_one_post_is_one_conversation(desk: Desk, channel: Channel) -> None:
    first = home(desk, channel, public(root="77"))
    assert home(desk, channel, public("Hello?", root="77")) == first
    assert home(desk, channel, public("Me too", root="77", sender=MAX)) != first
    assert home(desk, channel, public("Another thing", root="78")) != first
    assert first.public


def test_answering_somebody_elses_post_joins_nobody(desk: Desk, channel: Channel) -> None:
    carlas = public(root="77")
    first = home(desk, channel, carlas)
    other = home(desk, channel, public("Me too", root="77", sender=MAX, parents=(carlas.reference,)))
    assert other != first
    assert not other.suggestions.exists()


def test_everybody_in_a_group_talks_in_one_conversation(desk: Desk, channel: Channel) -> None:
    first = home(desk, channel, direct(thread_key="group:5"))
    assert home(desk, channel, direct("I am here too", sender=MAX, thread_key="group:5")) == first
    assert {m.sender.name for m in first.messages.all() if m.sender} == {"Carla (@carla)", "Max (@max)"}


def test_the_post_above_is_shown_when_it_is_told(desk: Desk, channel: Channel) -> None:
    post = Post(reference="77", author="Example", text="Our new lamp", link="https://x.example/77", at=desk.clock)
    conversation = home(desk, channel, public(root="77", post=post))
    assert conversation.post is not None
    assert (conversation.post.text, conversation.post.look_at) == ("Our new lamp", None)


def test_a_post_that_is_only_named_is_asked_for(desk: Desk, channel: Channel) -> None:
    named = Post(reference="77", author="", text="", link="https://x.example/77", at=None)
    for number, post in enumerate((None, named)):
        home(desk, channel, public(root=f"7{number}", post=post and replace(post, reference=f"7{number}")))
        assert PostRow.objects.get(reference=f"7{number}").look_at is not None


def test_what_is_known_of_a_post_is_not_forgotten_when_it_is_only_named(desk: Desk, channel: Channel) -> None:
    post = Post(reference="77", author="Example", text="Our new lamp", link="https://x.example/77", at=desk.clock)
    home(desk, channel, public(root="77", post=post))
    home(desk, channel, public(root="77", sender=MAX, post=replace(post, author="", text="", at=None)))
    assert PostRow.objects.get().text == "Our new lamp"


def test_messages_stand_in_the_order_of_the_provider(desk: Desk, channel: Channel) -> None:
    later = direct("second", sent_at=desk.clock + timedelta(seconds=9))
    desk.later(minutes=5)
    conversation = home(desk, channel, later)
    home(desk, channel, direct("first", sent_at=later.sent_at - timedelta(seconds=5) if later.sent_at else None))
    assert [m.text for m in conversation.messages.order_by("happened_at")] == ["first", "second"]
    conversation.refresh_from_db()
    assert conversation.preview == "second"


def test_a_file_that_lies_at_the_provider_is_noted_and_due(desk: Desk, channel: Channel) -> None:
    remote = Remote(address="https://pbs.example/1.jpg", media_type="image/jpeg")
    conversation = home(desk, channel, direct(remote=(remote,)))
    file = Attachment.objects.get(message__conversation=conversation)
    assert (file.remote, file.sha256, file.due_at) == (remote.address, "", desk.clock)


def test_a_person_is_one_address_by_his_number_and_not_by_his_name(desk: Desk, channel: Channel) -> None:
    home(desk, channel, direct())
    home(desk, channel, direct(sender=Person(address="2999", name="Carla (@carla)")))
    assert Address.objects.filter(kind="twitter").count() == Customer.objects.count() == 2


def test_an_edit_changes_our_copy_and_keeps_what_it_said(desk: Desk, channel: Channel) -> None:
    home(desk, channel, direct("Lmap", number=5))
    told(desk, channel, Change(provider_id="5", verb=Verb.EDITED, at=desk.later(), text="Lamp"))
    message = Message.objects.get()
    assert (message.text, message.edited_at is not None) == ("Lamp", True)
    assert [former["text"] for former in message.details["former"]] == ["Lmap"]


def test_edits_in_the_wrong_order_leave_the_latest(desk: Desk, channel: Channel) -> None:
    home(desk, channel, direct("Lmap", number=5))
    first, second = desk.later(), desk.later()
    told(desk, channel, Change(provider_id="5", verb=Verb.EDITED, at=second, text="Lamps"))
    told(desk, channel, Change(provider_id="5", verb=Verb.EDITED, at=first, text="Lamp"))
    assert Message.objects.get().text == "Lamps"


def test_a_deletion_that_comes_first_waits_for_its_message(desk: Desk, channel: Channel) -> None:
    deleted = Change(provider_id="5", verb=Verb.DELETED, at=desk.clock)
    with pytest.raises(TooEarly):
        told(desk, channel, deleted)
    home(desk, channel, direct(number=5))
    assert told(desk, channel, deleted).outcome == Outcome.RECEIPT
    assert Message.objects.get().withdrawn_at is not None


def test_a_deletion_of_what_never_comes_ends_after_a_day(desk: Desk, channel: Channel) -> None:
    came = desk.clock
    row = item(channel, came)
    now = desk.later(seconds=WAITS_FOR_ITS_MESSAGE.total_seconds())
    with transaction.atomic():
        source = Source(channel=channel, item=row.pk, received_at=came, came_at=came, now=now)
        settle(source, [Change(provider_id="5", verb=Verb.DELETED, at=came)], {})
    row.refresh_from_db()
    assert row.outcome == Outcome.RECEIPT


def test_an_edit_of_what_we_never_saw_is_the_message_itself(desk: Desk, channel: Channel) -> None:
    said, at = direct("Lamp", number=5), desk.clock
    told(desk, channel, Change(provider_id="5", verb=Verb.EDITED, at=at, text="Lamp", said=said))
    message = Message.objects.get()
    assert (message.text, message.edited_at) == ("Lamp", at)
    assert desk.receives(direct("Lmap", number=5), channel=channel).outcome == Outcome.DUPLICATE


def test_what_is_hidden_before_we_saw_it_is_hidden(desk: Desk, channel: Channel) -> None:
    said = public("Lamp", number=5)
    told(desk, channel, Change(provider_id="5", verb=Verb.HIDDEN, at=desk.clock, said=said))
    message = Message.objects.get()
    assert (message.details["hidden"], message.edited_at) == (True, None)


def test_a_reaction_is_shown_and_taken_back(desk: Desk, channel: Channel) -> None:
    home(desk, channel, direct(number=5))
    told(desk, channel, Change(provider_id="5", verb=Verb.REACTED, at=desk.clock, text="👍", by=CARLA))
    assert Message.objects.get().details["reactions"] == [{"by": "2002", "emoji": "👍"}]
    told(desk, channel, Change(provider_id="5", verb=Verb.REACTED, at=desk.clock, text="", by=CARLA))
    assert Message.objects.get().details["reactions"] == []


@pytest.mark.parametrize(
    "said_again",
    [
        {"verb": Verb.EDITED, "text": "Lamp"},
        {"verb": Verb.DELETED},
        {"verb": Verb.HIDDEN},
        {"verb": Verb.REACTED, "text": "👍", "by": CARLA},
    ],
)
def test_a_change_that_is_told_again_leaves_no_trace(desk: Desk, channel: Channel, said_again: dict[str, Any]) -> None:
    home(desk, channel, direct("Lmap", number=5))
    change = Change(provider_id="5", at=desk.clock, **said_again)
    for _ in range(2):
        told(desk, channel, change)
    assert Activity.objects.filter(verb=f"message_{change.verb}").count() == 1


def test_an_old_edit_that_is_told_again_is_kept_once(desk: Desk, channel: Channel) -> None:
    home(desk, channel, direct("Lmap", number=5))
    first, second = desk.later(), desk.later()
    told(desk, channel, Change(provider_id="5", verb=Verb.EDITED, at=second, text="Lamps"))
    for _ in range(2):
        told(desk, channel, Change(provider_id="5", verb=Verb.EDITED, at=first, text="Lamp"))
    assert [former["text"] for former in Message.objects.get().details["former"]] == ["Lmap", "Lamp"]


def our_answer(desk: Desk, channel: Channel) -> tuple[Conversation, Message]:
    conversation = home(desk, channel, direct())
    return conversation, desk.answers(conversation)


def echo_of(number: str, **more: object) -> Echo:
    said = direct("We will help.", sender=Person(address="1001"), number=number, thread_key="dm:2002", to=(CARLA,))
    return Echo(said=said, **more)  # type: ignore[arg-type]  # key and part


def test_an_echo_that_carries_our_key_is_the_answers_proof_before_the_call_returns(
    desk: Desk, channel: Channel
) -> None:
    conversation, answer = our_answer(desk, channel)
    set_state(delivery_of(answer), DeliveryState.SENDING)
    told(desk, channel, echo_of("m_1", key=str(answer.key)))
    delivery = delivery_of(answer)
    assert (delivery.state, delivery.provider_id) == (DeliveryState.SENT, "m_1")
    assert conversation.messages.count() == 2


def test_an_echo_without_a_key_waits_while_an_answer_is_under_way(desk: Desk, channel: Channel) -> None:
    conversation, answer = our_answer(desk, channel)
    set_state(delivery_of(answer), DeliveryState.SENDING)
    with pytest.raises(TooEarly):
        told(desk, channel, echo_of("m_1"))
    assert conversation.messages.count() == 2


def early_echo(desk: Desk, channel: Channel, answer: Message, thread: str, *, waits: bool) -> None:
    """What was said to Carla in this thread comes while the answer is just being sent."""
    set_state(delivery_of(answer), DeliveryState.SENDING)
    said = public("We will help.", sender=Person(address=US), thread_key=thread, to=(CARLA,))
    said = replace(said, public=thread.startswith("public:"))
    with pytest.raises(TooEarly) if waits else nullcontext():
        told(desk, channel, Echo(said=said))


def test_an_echo_from_under_the_other_post_waits_where_two_public_ones_were_merged(
    desk: Desk, channel: Channel
) -> None:
    one, two = home(desk, channel, public(number=77)), home(desk, channel, public(number=88))
    home(desk, channel, public("And my chair", root="77", number=79, sent_at=desk.clock))
    merge(one, two, by=desk.sam, now=desk.later())
    answer = desk.answers(two)
    assert b'"answers":"79"' in blobs.read(delivery_of(answer).payload)
    early_echo(desk, channel, answer, "public:77:2002", waits=True)
    assert two.messages.count() == 4


def test_an_echo_waits_where_messages_of_two_accounts_of_his_were_merged(desk: Desk, channel: Channel) -> None:
    two, one = home(desk, channel, direct(sender=MAX)), home(desk, channel, direct())
    Conversation.objects.update(customer=one.customer)
    merge(one, two, by=desk.sam, now=desk.later())
    early_echo(desk, channel, desk.answers(two), "dm:2002", waits=True)


def test_what_we_said_to_him_in_public_does_not_wait_for_what_we_say_in_private(desk: Desk, channel: Channel) -> None:
    _conversation, answer = our_answer(desk, channel)
    early_echo(desk, channel, answer, "public:77:2002", waits=False)


def test_what_was_said_in_the_providers_own_tool_appears(desk: Desk, channel: Channel) -> None:
    conversation = home(desk, channel, direct())
    told(desk, channel, echo_of("m_1"))
    conversation.refresh_from_db()
    assert conversation.messages.order_by("pk").last().direction == "outgoing"  # type: ignore[union-attr]  # two there
    assert conversation.we_spoke_last


def in_a_group(number: str) -> Echo:
    return Echo(said=direct("We will help.", sender=Person(address=US), number=number, thread_key="group:77"))


def test_what_we_said_in_a_group_elsewhere_joins_its_conversation(desk: Desk, channel: Channel) -> None:
    conversation = home(desk, channel, direct(thread_key="group:77"))
    told(desk, channel, in_a_group("m_2"))
    assert [m.direction for m in conversation.messages.order_by("pk")] == ["incoming", "outgoing"]
    assert not Address.objects.filter(value=US).exists()


def test_what_we_said_in_a_group_that_nobody_wrote_to_us_in_is_no_conversation(desk: Desk, channel: Channel) -> None:
    assert told(desk, channel, in_a_group("m_2")).outcome == Outcome.RECEIPT
    assert not Conversation.objects.filter(channel=channel).exists()
    assert not Address.objects.filter(value=US).exists()


def test_what_tells_of_two_messages_at_once_is_one_item(desk: Desk, channel: Channel) -> None:
    first, second = (
        Receipt(provider_id="1", progress=Progress.DELIVERED),
        Receipt(provider_id="2", progress=Progress.READ),
    )
    assert told(desk, channel, first, second).outcome == Outcome.RECEIPT


def test_a_watermark_says_that_all_until_then_was_read(desk: Desk, channel: Channel) -> None:
    _conversation, answer = our_answer(desk, channel)
    accept(delivery_of(answer), "m_1", desk.later())
    early = Receipt(provider_id="", progress=Progress.READ, recipient="2002", up_to=desk.clock - timedelta(days=2))
    told(desk, channel, early)
    assert delivery_of(answer).state == DeliveryState.SENT
    told(desk, channel, Receipt(provider_id="", progress=Progress.READ, recipient="2002", up_to=desk.later(days=1)))
    assert delivery_of(answer).state == DeliveryState.READ


def test_what_he_read_in_private_says_nothing_of_what_we_said_in_public(desk: Desk, channel: Channel) -> None:
    answer = desk.answers(home(desk, channel, public()))
    accept(delivery_of(answer), "m_1", desk.later())
    told(desk, channel, Receipt(provider_id="", progress=Progress.READ, recipient="2002", up_to=desk.later(days=1)))
    assert delivery_of(answer).state == DeliveryState.SENT


@pytest.mark.parametrize(("due", "waits"), [(True, True), (False, False)])
def test_an_echo_waits_while_we_look_for_an_answer_that_a_person_is_asked_about(
    desk: Desk, channel: Channel, due: bool, waits: bool
) -> None:
    conversation, answer = our_answer(desk, channel)
    set_state(delivery_of(answer), DeliveryState.NEEDS_HUMAN)
    if due:
        Delivery.objects.update(due_at=desk.clock)
    with pytest.raises(TooEarly) if waits else nullcontext():
        told(desk, channel, echo_of("m_1"))
    assert conversation.messages.count() == (2 if waits else 3)


def of_what_goes_out(receipt: Receipt, desk: Desk, channel: Channel) -> DeliveryState:
    """A receipt comes while an answer is being sent, and again when it was."""
    _conversation, answer = our_answer(desk, channel)
    set_state(delivery_of(answer), DeliveryState.SENDING)
    with pytest.raises(TooEarly):
        told(desk, channel, receipt)
    accept(delivery_of(answer), "m_1", receipt.up_to or desk.clock)
    told(desk, channel, receipt)
    return DeliveryState(delivery_of(answer).state)


def test_a_receipt_that_overtakes_the_answer_of_the_provider_is_not_lost(desk: Desk, channel: Channel) -> None:
    receipt = Receipt(provider_id="m_1", progress=Progress.DELIVERED, recipient="2002")
    assert of_what_goes_out(receipt, desk, channel) == DeliveryState.DELIVERED


def test_a_watermark_that_overtakes_the_answer_of_the_provider_is_not_lost(desk: Desk, channel: Channel) -> None:
    receipt = Receipt(provider_id="", progress=Progress.READ, recipient="2002", up_to=desk.clock + timedelta(hours=1))
    assert of_what_goes_out(receipt, desk, channel) == DeliveryState.READ


def test_a_receipt_does_not_wait_for_what_another_is_sent_nor_for_ever(desk: Desk, channel: Channel) -> None:
    _conversation, answer = our_answer(desk, channel)
    set_state(delivery_of(answer), DeliveryState.SENDING)
    foreign = Receipt(provider_id="m_1", progress=Progress.DELIVERED, recipient="2003")
    assert told(desk, channel, foreign).outcome == Outcome.RECEIPT
    his = replace(foreign, recipient="2002")
    came = desk.clock
    desk.clock += WAITS_FOR_ITS_MESSAGE
    assert told_since(desk, channel, came, his).outcome == Outcome.RECEIPT
