"""Threading by proof: what belongs together comes together, what only claims to does not."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from connectors.contract import File, Person
from inbox.desk import merge, solve
from inbox.desk.take import take
from inbox.inbound.belonging import Source
from inbox.inbound.receive import AlreadyReceived, BelongsNowhere, receive
from inbox.models import (
    Activity,
    Address,
    Attachment,
    Conversation,
    Copy,
    Hint,
    Installation,
    Item,
    Message,
    Outcome,
    State,
    Suggestion,
)
from inbox.permissions import visible_to
from inbox.signing import token_for
from tests.inbox.desk_of_five import CARLA, Desk, answer_to, history, item, mail, reference_of

STRANGER = Person(address="carla@example.org", name="Carla")


def opened(desk: Desk, **said: Any) -> tuple[Conversation, Message]:
    conversation = desk.problem(**said)
    return conversation, conversation.messages.get()


def test_a_first_mail_opens_a_conversation_in_the_teams_queue(desk: Desk) -> None:
    received = desk.receives(mail("The lamp arrived broken."))
    conversation = Conversation.objects.get(pk=received.conversation)
    assert received.outcome == Outcome.MESSAGE
    assert (conversation.team, conversation.owner, conversation.state) == (desk.team, None, State.OPEN)
    assert (conversation.customer.name, conversation.address.value) == ("Carla", "carla@example.com")
    assert (conversation.preview, conversation.last_message) == ("The lamp arrived broken.", received.message)
    assert conversation.channel == conversation.reply_channel == desk.channel
    assert history(conversation) == [("queue", "opened", "")]
    assert Item.objects.get(message=received.message).outcome == Outcome.MESSAGE
    assert list(Activity.objects.filter(conversation=conversation).values_list("verb", flat=True)) == ["received"]


def test_an_answer_joins_by_the_mail_it_names(desk: Desk) -> None:
    conversation, first = opened(desk)
    received = desk.receives(answer_to(reference_of(first)))
    assert received.conversation == conversation.pk
    conversation.refresh_from_db()
    assert (conversation.preview, conversation.last_message) == ("It is the red one.", received.message)


def test_an_answer_joins_by_its_reply_token_alone(desk: Desk) -> None:
    conversation, _ = opened(desk)
    assert desk.receives(mail("Me again", tokens=(token_for(conversation.number),))).conversation == conversation.pk


def test_a_forged_token_opens_a_conversation_of_its_own(desk: Desk) -> None:
    conversation, _ = opened(desk)
    forged = token_for(conversation.number)[:-1] + ("0" if token_for(conversation.number)[-1] != "0" else "1")
    received = desk.receives(mail("Me again", tokens=(forged,)))
    assert received.conversation != conversation.pk
    assert not Suggestion.objects.exists()


def test_a_stranger_with_a_known_parent_gets_a_conversation_and_the_agent_a_suggestion(desk: Desk) -> None:
    conversation, first = opened(desk)
    received = desk.receives(answer_to(reference_of(first), sender=STRANGER))
    assert received.conversation != conversation.pk
    assert conversation.messages.count() == 1
    hint = Suggestion.objects.get(conversation=received.conversation)
    assert (hint.other, hint.hint) == (conversation, Hint.SAME_THREAD)


def test_a_stranger_with_a_real_token_gets_a_conversation_and_the_agent_a_suggestion(desk: Desk) -> None:
    conversation, _ = opened(desk)
    received = desk.receives(mail("Hello", sender=STRANGER, tokens=(token_for(conversation.number),)))
    assert received.conversation != conversation.pk
    assert Suggestion.objects.get(conversation=received.conversation).hint == Hint.MENTIONS


def test_an_answer_that_overtakes_its_parent_is_found_by_it(desk: Desk) -> None:
    early = desk.receives(answer_to("root@example.com", text="And it is red."))
    late = desk.receives(mail("The lamp arrived broken.", reference="root@example.com"), at=desk.clock)
    assert late.conversation == early.conversation


def test_a_late_parent_does_not_take_the_preview(desk: Desk) -> None:
    received = desk.receives(answer_to("root@example.com", text="And it is red."))
    before = desk.clock - timedelta(hours=2)
    row = item(desk.channel)
    source = Source(channel=desk.channel, item=row.pk, received_at=before, came_at=before, now=desk.later())
    with transaction.atomic():
        receive(source, mail("The lamp arrived broken.", reference="root@example.com"))
    assert Conversation.objects.get(pk=received.conversation).preview == "And it is red."


def test_strangers_with_the_same_root_do_not_meet(desk: Desk) -> None:
    first = desk.receives(answer_to("invented@example.com"))
    second = desk.receives(answer_to("invented@example.com", sender=STRANGER))
    assert first.conversation != second.conversation


def test_the_same_mail_again_changes_nothing(desk: Desk) -> None:
    said = mail()
    first = desk.receives(said)
    before = Conversation.objects.values().get()
    second = desk.receives(said)
    assert (second.outcome, second.message) == (Outcome.DUPLICATE, first.message)
    assert Conversation.objects.values().get() == before
    assert list(Item.objects.order_by("pk").values_list("outcome", flat=True)) == ["message", "duplicate"]


def test_a_reused_message_id_with_another_body_is_another_message(desk: Desk) -> None:
    desk.receives(mail("One order", reference="same@example.com"))
    desk.receives(mail("Another order", reference="same@example.com"))
    assert sorted(Message.objects.values_list("text", flat=True)) == ["Another order", "One order"]
    marked = {message.text: message.details.get("notices", []) for message in Message.objects.all()}
    assert marked == {"One order": [], "Another order": ["reused-id"]}


def test_what_two_mailboxes_of_ours_got_in_different_forms_is_no_reused_id(desk: Desk) -> None:
    desk.receives(mail("One order", reference="same@example.com"))
    desk.receives(mail("One order, with a footer", reference="same@example.com"), channel=desk.channel_elsewhere)
    assert [message.details.get("notices", []) for message in Message.objects.all()] == [[], []]


def test_the_same_mail_in_two_mailboxes_is_one_conversation_that_both_teams_may_read(desk: Desk) -> None:
    said = mail()
    first = desk.receives(said)
    second = desk.receives(said, channel=desk.channel_elsewhere)
    assert (second.outcome, second.conversation) == (Outcome.DUPLICATE, first.conversation)
    assert Copy.objects.get().channel == desk.channel_elsewhere
    desk.max.memberships.update(team=desk.elsewhere)
    assert visible_to(desk.max).get().pk == first.conversation


def test_separate_mailboxes_keep_the_same_mail_apart(desk: Desk) -> None:
    Installation.objects.update(separate_mailboxes=True)
    said = mail()
    first = desk.receives(said)
    second = desk.receives(said, channel=desk.channel_elsewhere)
    assert (second.outcome, second.conversation == first.conversation) == (Outcome.MESSAGE, False)


def test_our_own_mail_that_comes_back_is_a_duplicate(desk: Desk) -> None:
    conversation, _ = opened(desk)
    ours = desk.answers(conversation)
    received = desk.receives(mail("We will help.", reference=reference_of(ours)))
    assert (received.outcome, received.message) == (Outcome.DUPLICATE, ours.pk)


def test_an_answer_to_our_mail_joins_though_it_names_nothing_else(desk: Desk) -> None:
    conversation, _ = opened(desk)
    ours = desk.answers(conversation)
    assert desk.receives(answer_to(reference_of(ours))).conversation == conversation.pk


def test_an_automatic_answer_joins_quietly(desk: Desk) -> None:
    conversation, first = opened(desk)
    desk.answers(conversation)
    conversation.refresh_from_db()
    before = (conversation.state, conversation.preview, conversation.last_activity_at, conversation.we_spoke_last)
    received = desk.receives(answer_to(reference_of(first), automatic="out of office"))
    conversation.refresh_from_db()
    after = (conversation.state, conversation.preview, conversation.last_activity_at, conversation.we_spoke_last)
    assert (received.outcome, received.conversation) == (Outcome.AUTOMATIC, conversation.pk)
    assert after == before


def test_an_automatic_answer_does_not_open_what_is_solved(desk: Desk) -> None:
    conversation, first = opened(desk)
    solve.solve(conversation, by=desk.ada, now=desk.later())
    desk.receives(answer_to(reference_of(first), automatic="out of office"))
    conversation.refresh_from_db()
    assert conversation.state == State.SOLVED


def test_an_automatic_answer_to_what_was_solved_long_ago_joins_it_quietly(desk: Desk) -> None:
    conversation, first = opened(desk)
    solve.solve(conversation, by=desk.ada, now=desk.later())
    vacation = answer_to(reference_of(first), automatic="out of office", is_auto_answer=True)
    received = desk.receives(vacation, at=desk.later(days=30))
    conversation.refresh_from_db()
    assert (received.outcome, received.conversation) == (Outcome.AUTOMATIC, conversation.pk)
    assert (conversation.state, Conversation.objects.count()) == (State.SOLVED, 1)


def test_what_a_program_sends_about_something_solved_long_ago_is_a_new_problem(desk: Desk) -> None:
    conversation, first = opened(desk)
    solve.solve(conversation, by=desk.ada, now=desk.later())
    received = desk.receives(answer_to(reference_of(first), automatic="auto-generated"), at=desk.later(days=30))
    assert Conversation.objects.get(pk=received.conversation).former == conversation


def test_an_automatic_answer_to_nothing_of_ours_leaves_no_trace(desk: Desk) -> None:
    with pytest.raises(BelongsNowhere):
        desk.receives(mail(automatic="out of office", is_auto_answer=True))
    assert not Conversation.objects.exists()
    assert not Address.objects.exists()


def test_an_answer_opens_what_was_solved_within_seven_days_for_the_one_who_had_it(desk: Desk) -> None:
    conversation, first = opened(desk)
    take(conversation, by=desk.ada, now=desk.later())
    solve.solve(conversation, by=desk.ada, now=desk.later())
    desk.receives(answer_to(reference_of(first)), at=desk.later(days=6, hours=23))
    conversation.refresh_from_db()
    assert (conversation.state, conversation.owner, conversation.solved_at) == (State.OPEN, desk.ada, None)
    assert history(conversation)[-2:] == [("Ada", "routed", "solved"), ("Ada", "reopened", "")]


def test_after_seven_days_an_answer_opens_a_follower(desk: Desk) -> None:
    conversation, first = opened(desk)
    solve.solve(conversation, by=desk.ada, now=desk.later())
    received = desk.receives(answer_to(reference_of(first)), at=desk.later(days=7, minutes=1))
    follower = Conversation.objects.get(pk=received.conversation)
    assert follower.former == conversation
    conversation.refresh_from_db()
    assert conversation.state == State.SOLVED


def test_a_second_answer_after_seven_days_joins_the_follower(desk: Desk) -> None:
    conversation, first = opened(desk)
    solve.solve(conversation, by=desk.ada, now=desk.later())
    desk.later(days=8)
    follower = desk.receives(answer_to(reference_of(first)))
    again = desk.receives(answer_to(reference_of(first), text="Hello?"))
    assert again.conversation == follower.conversation


def test_an_answer_to_what_was_merged_goes_where_it_was_merged_into(desk: Desk) -> None:
    gone, first = opened(desk)
    into = desk.problem(text="The other lamp, too")
    merge.merge(gone, into, by=desk.ada, now=desk.later())
    assert desk.receives(answer_to(reference_of(first))).conversation == into.pk
    gone.refresh_from_db()
    assert gone.state == State.SOLVED


def test_a_waiting_conversation_needs_us_when_the_customer_writes(desk: Desk) -> None:
    conversation, first = opened(desk)
    solve.snooze(conversation, by=desk.ada, until=desk.clock + timedelta(days=1), now=desk.later())
    desk.receives(answer_to(reference_of(first)))
    conversation.refresh_from_db()
    assert (conversation.state, conversation.snoozed_until) == (State.OPEN, None)


def test_what_our_side_said_elsewhere_stands_in_the_conversation_as_ours(desk: Desk) -> None:
    conversation, first = opened(desk)
    said = answer_to(reference_of(first), sender=Person(address="support@example.com"), to=(CARLA,))
    received = desk.receives(said, ours=True)
    message = Message.objects.get(pk=received.message)
    assert (message.conversation, message.direction, message.sender) == (conversation, "outgoing", None)
    conversation.refresh_from_db()
    assert conversation.we_spoke_last


def test_what_our_side_said_elsewhere_before_he_wrote_again_is_not_the_last_word(desk: Desk) -> None:
    conversation, first = opened(desk)
    before = desk.later()
    desk.receives(answer_to(reference_of(first), text="And the shade?"))
    said = answer_to(reference_of(first), sender=Person(address="support@example.com"), to=(CARLA,), text="It comes.")
    row, now = item(desk.channel, before), desk.later()
    source = Source(channel=desk.channel, item=row.pk, received_at=before, came_at=before, now=now)
    with transaction.atomic():
        receive(source, said, ours=True)
    conversation.refresh_from_db()
    assert (conversation.we_spoke_last, conversation.preview) == (False, "And the shade?")


def test_what_our_side_said_elsewhere_first_waits_for_the_customer(desk: Desk) -> None:
    received = desk.receives(mail(sender=Person(address="support@example.com"), to=(CARLA,)), ours=True)
    conversation = Conversation.objects.get(pk=received.conversation)
    assert (conversation.state, conversation.address.value) == (State.PENDING, "carla@example.com")


def test_an_item_that_has_its_outcome_is_not_received_again(desk: Desk) -> None:
    row = item(desk.channel)
    source = Source(channel=desk.channel, item=row.pk, received_at=desk.clock, came_at=desk.clock, now=desk.clock)
    with transaction.atomic():
        receive(source, mail("One"))
    with pytest.raises(AlreadyReceived), transaction.atomic():
        receive(source, mail("Two"))
    assert Message.objects.get().text == "One"


def test_text_that_the_database_cannot_hold_is_mended_not_lost(desk: Desk) -> None:
    received = desk.receives(mail("before\x00after \ud800 end", subject="a\x00b", provider_id="1"))
    message = Message.objects.get(pk=received.message)
    assert (message.text, message.subject) == ("beforeafter ? end", "ab")


def test_the_newest_parent_decides_where_an_answer_to_two_conversations_goes(desk: Desk) -> None:
    older, first = opened(desk)
    newer, second = opened(desk, text="Another thing")
    received = desk.receives(answer_to(reference_of(second), reference_of(first)))
    assert received.conversation == newer.pk
    assert older.messages.count() == 1


def test_equal_addresses_are_one_customer(desk: Desk) -> None:
    desk.problem(text="One")
    desk.problem(text="Two")
    assert Address.objects.get().customer.conversations.count() == 2


def test_an_address_in_other_letters_is_the_same_customer_in_the_same_conversation(desk: Desk) -> None:
    conversation, first = opened(desk, sender=Person(address="Carla.Petrova@Example.com", name="Carla"))
    on_her_phone = Person(address="carla.petrova@example.com")
    received = desk.receives(answer_to(reference_of(first), sender=on_her_phone))
    assert received.conversation == conversation.pk
    assert list(Address.objects.values_list("value", flat=True)) == ["carla.petrova@example.com"]


def test_who_gets_a_copy_may_answer_however_his_program_writes_his_address(desk: Desk) -> None:
    conversation, first = opened(desk)
    desk.answers(conversation, cc=["Kim@Example.org"])
    answered = answer_to(reference_of(first), sender=Person(address="Kim@Example.org"))
    assert desk.receives(answered).conversation == conversation.pk


def test_who_writes_can_be_written_to(desk: Desk) -> None:
    conversation, first = opened(desk)
    for said in (answer_to(reference_of(first)), mail("Another thing")):
        Address.objects.update(permanent_failures=2)
        desk.receives(said)
        assert not Address.objects.get(pk=conversation.address_id).does_not_arrive


def test_what_our_side_said_to_him_elsewhere_is_no_sign_of_him(desk: Desk) -> None:
    conversation, first = opened(desk)
    Address.objects.update(permanent_failures=2)
    ours = answer_to(reference_of(first), sender=Person(address="support@example.com"), to=(CARLA,))
    desk.receives(ours, ours=True)
    assert Address.objects.get(pk=conversation.address_id).does_not_arrive


def test_an_attachment_stands_with_its_message(desk: Desk) -> None:
    file = File(name="lamp.jpg", media_type="image/jpeg", size=3, sha256="a" * 64, path="gone")
    received = desk.receives(mail(attachments=(file,)))
    kept = Attachment.objects.get()
    assert (kept.message_id, kept.name, kept.size) == (received.message, "lamp.jpg", 3)


def test_the_channel_of_an_answer_is_the_channel_we_answer_on(desk: Desk) -> None:
    conversation, first = opened(desk)
    desk.receives(answer_to(reference_of(first)), channel=desk.channel_elsewhere)
    conversation.refresh_from_db()
    assert (conversation.channel, conversation.reply_channel) == (desk.channel, desk.channel_elsewhere)
