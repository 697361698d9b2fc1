"""Putting together and taking apart, and undoing either without losing a word or a minute of ownership."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection

from inbox.database import direct_connection
from inbox.desk import drafts
from inbox.desk.merge import dismiss, merge, split, undo
from inbox.desk.note import note
from inbox.desk.ownership import hand, locked
from inbox.desk.reply import Draft, reply
from inbox.desk.solve import snooze, solve
from inbox.desk.take import take
from inbox.errors import AlreadyDone, Invalid, JustBeingSent, NotAllowed, SomethingNew
from inbox.models import (
    Activity,
    Agent,
    Cause,
    Conversation,
    DeliveryState,
    Hint,
    Interval,
    Level,
    Message,
    Mode,
    State,
    Suggestion,
    Team,
)
from tests.inbox.desk_of_five import CARLA, Desk, answer_to, delivery_of, history, reference_of, set_state

ALSO_CARLA = type(CARLA)(address="carla@example.org", name="Carla")


@pytest.fixture
def gone(desk: Desk) -> Conversation:
    conversation = desk.problem(text="One lamp")
    take(conversation, by=desk.ada, now=desk.later())
    return Conversation.objects.get(pk=conversation.pk)


@pytest.fixture
def into(desk: Desk) -> Conversation:
    return desk.problem(text="Another lamp")


def read(conversation: Conversation) -> list[str]:
    conversation.refresh_from_db()
    return list(conversation.messages.order_by("pk").values_list("text", flat=True))


def test_after_a_merge_everything_stands_in_one(desk: Desk, gone: Conversation, into: Conversation) -> None:
    said = desk.answers(gone, "We help with one")
    merge(gone, into, by=desk.sam, now=desk.later())
    assert (read(into), read(gone)) == (["One lamp", "Another lamp", "We help with one"], [])
    assert delivery_of(said).conversation == into
    assert (gone.state, gone.merged_into) == (State.SOLVED, into)
    assert history(gone)[-1] == ("Ada", "routed", "merged")
    assert (into.preview, into.we_spoke_last, into.last_message) == ("We help with one", True, said.pk)


def test_a_merge_that_is_undone_is_as_it_was(desk: Desk, gone: Conversation, into: Conversation) -> None:
    act = merge(gone, into, by=desk.sam, now=desk.later())
    undo(act, by=desk.sam, now=desk.later())
    assert (read(gone), read(into)) == (["One lamp"], ["Another lamp"])
    assert (gone.state, gone.owner, gone.merged_into) == (State.OPEN, desk.ada, None)
    assert history(gone)[-2:] == [("Ada", "routed", "merged"), ("Ada", "reopened", "")]
    assert (gone.preview, into.preview) == ("One lamp", "Another lamp")


def test_who_undoes_a_merge_has_opened_what_was_solved_by_it_again(
    desk: Desk, gone: Conversation, into: Conversation
) -> None:
    act = merge(gone, into, by=desk.ada, now=desk.later())
    undo(act, by=desk.ada, now=desk.later())
    again = Interval.objects.get(conversation=gone, ended_at=None)
    assert (again.by, again.owner, again.accepted_at) == (desk.ada, desk.ada, desk.clock)


def goes_up(desk: Desk, conversation: Conversation, to: Agent) -> None:
    Level.objects.create(number=3, name="Above", holder=to)
    hand(locked(conversation), now=desk.later(), cause=Cause.TIMED_OUT, owner=to, level=3)


def stands(conversation: Conversation) -> tuple[object, ...]:
    conversation.refresh_from_db()
    return conversation.owner, conversation.level, conversation.state, conversation.snoozed_until


def test_a_merge_with_something_higher_that_is_undone_leaves_nothing_up_there(
    desk: Desk, gone: Conversation, into: Conversation
) -> None:
    take(into, by=desk.ada, now=desk.later())
    snooze(into, by=desk.ada, until=desk.clock + timedelta(days=1), now=desk.later())
    goes_up(desk, gone, to=desk.max)
    before = stands(into)
    act = merge(gone, into, by=desk.max, now=desk.later())
    assert stands(into) == (desk.max, 3, State.OPEN, None)
    assert undo(act, by=desk.max, now=desk.later())
    assert stands(into) == before
    assert Interval.objects.get(conversation=into, ended_at=None).accepted_at


def test_what_has_happened_since_the_merge_stays_and_is_said(
    desk: Desk, gone: Conversation, into: Conversation
) -> None:
    goes_up(desk, gone, to=desk.max)
    act = merge(gone, into, by=desk.max, now=desk.later())
    note(into, "I look into it.", by=desk.max, now=desk.later())
    assert not undo(act, by=desk.max, now=desk.later())
    assert stands(into)[:2] == (desk.max, 3)


def test_who_came_with_a_merge_is_a_stranger_again_when_it_is_undone(desk: Desk, gone: Conversation) -> None:
    other = desk.problem(sender=ALSO_CARLA, text="Of another one")
    Suggestion.objects.create(conversation=gone, other=other, hint=Hint.SAME_THREAD)
    act = merge(other, gone, by=desk.sam, now=desk.later())
    said = desk.answers(gone, "To both")
    undo(act, by=desk.sam, now=desk.later())
    assert [p.address.value for p in gone.participants.all()] == [CARLA.address]
    assert [p.address.value for p in other.participants.all()] == [ALSO_CARLA.address]
    received = desk.receives(answer_to(reference_of(said), sender=ALSO_CARLA, text="Not for him"))
    assert received.conversation != gone.pk


def test_what_came_after_the_merge_stays_when_it_is_undone(desk: Desk, gone: Conversation, into: Conversation) -> None:
    first = gone.messages.get()
    act = merge(gone, into, by=desk.sam, now=desk.later())
    desk.receives(answer_to(reference_of(first), text="Since then"))
    undo(act, by=desk.sam, now=desk.later())
    assert (read(gone), read(into)) == (["One lamp"], ["Another lamp", "Since then"])


def test_a_merge_of_what_was_solved_leaves_it_solved_when_undone(
    desk: Desk, gone: Conversation, into: Conversation
) -> None:
    solve(gone, by=desk.ada, now=desk.later())
    act = merge(gone, into, by=desk.sam, now=desk.later())
    undo(act, by=desk.sam, now=desk.later())
    gone.refresh_from_db()
    assert (gone.state, gone.merged_into) == (State.SOLVED, None)


def test_a_merge_is_undone_once(desk: Desk, gone: Conversation, into: Conversation) -> None:
    act = merge(gone, into, by=desk.sam, now=desk.later())
    undo(act, by=desk.sam, now=desk.later())
    with pytest.raises(AlreadyDone):
        undo(act, by=desk.sam, now=desk.later())


def test_a_merge_undone_and_made_again_can_be_undone_again(desk: Desk, gone: Conversation, into: Conversation) -> None:
    undo(merge(gone, into, by=desk.sam, now=desk.later()), by=desk.sam, now=desk.later())
    undo(merge(gone, into, by=desk.sam, now=desk.later()), by=desk.sam, now=desk.later())
    assert (read(gone), read(into)) == (["One lamp"], ["Another lamp"])


def test_nothing_is_merged_with_itself_or_twice(desk: Desk, gone: Conversation, into: Conversation) -> None:
    with pytest.raises(Invalid):
        merge(gone, gone, by=desk.sam, now=desk.later())
    merge(gone, into, by=desk.sam, now=desk.later())
    with pytest.raises(AlreadyDone):
        merge(gone, into, by=desk.sam, now=desk.later())
    with pytest.raises(AlreadyDone):
        merge(into, gone, by=desk.sam, now=desk.later())


def test_conversations_of_two_customers_are_not_merged(desk: Desk, gone: Conversation) -> None:
    other = desk.problem(sender=ALSO_CARLA)
    with pytest.raises(Invalid):
        merge(gone, other, by=desk.sam, now=desk.later())


def test_who_may_not_work_there_may_not_merge(desk: Desk, gone: Conversation) -> None:
    other = desk.problem(channel=desk.channel_elsewhere, text="Foreign")
    with pytest.raises(NotAllowed):
        merge(other, gone, by=desk.ada, now=desk.later())
    with pytest.raises(NotAllowed):
        merge(gone, other, by=desk.ada, now=desk.later())


def test_a_part_split_off_belongs_to_the_same_person(desk: Desk, gone: Conversation) -> None:
    desk.receives(answer_to(reference_of(gone.messages.get()), text="And an invoice", subject="Invoice"))
    part = split(gone, [gone.messages.latest("pk")], by=desk.ada, now=desk.later())
    assert (read(gone), read(part)) == (["One lamp"], ["And an invoice"])
    assert (part.owner, part.customer, part.former, part.subject) == (desk.ada, gone.customer, gone, "Invoice")
    assert history(part) == [("Ada", "split", "")]
    assert (gone.preview, part.preview) == ("One lamp", "And an invoice")


def test_what_comes_later_stays_with_the_first(desk: Desk, gone: Conversation) -> None:
    first = gone.messages.get()
    desk.receives(answer_to(reference_of(first), text="And an invoice"))
    split(gone, [gone.messages.latest("pk")], by=desk.ada, now=desk.later())
    assert desk.receives(answer_to(reference_of(first), text="More")).conversation == gone.pk


def test_an_answer_to_a_part_joins_the_part(desk: Desk, gone: Conversation) -> None:
    desk.receives(answer_to(reference_of(gone.messages.get()), text="And an invoice"))
    part = split(gone, [gone.messages.latest("pk")], by=desk.ada, now=desk.later())
    said = desk.answers(part, "About the invoice")
    assert desk.receives(answer_to(reference_of(said))).conversation == part.pk


def test_a_split_that_is_undone_brings_everything_back(desk: Desk, gone: Conversation) -> None:
    desk.receives(answer_to(reference_of(gone.messages.get()), text="And an invoice"))
    part = split(gone, [gone.messages.latest("pk")], by=desk.ada, now=desk.later())
    desk.answers(part, "About the invoice")
    undo(Activity.objects.get(verb="conversation_split"), by=desk.ada, now=desk.later())
    assert read(gone) == ["One lamp", "And an invoice", "About the invoice"]
    part.refresh_from_db()
    assert (part.state, part.merged_into) == (State.SOLVED, gone)
    assert history(part) == [("Ada", "split", "merged")]


def test_a_split_whose_part_was_merged_on_is_not_undone_before_that(
    desk: Desk, gone: Conversation, into: Conversation
) -> None:
    desk.receives(answer_to(reference_of(gone.messages.get()), text="And an invoice"))
    part = split(gone, [gone.messages.latest("pk")], by=desk.sam, now=desk.later())
    on = merge(part, into, by=desk.sam, now=desk.later())
    act = Activity.objects.get(verb="conversation_split")
    with pytest.raises(Invalid):
        undo(act, by=desk.sam, now=desk.later())
    assert (read(gone), read(into)) == (["One lamp"], ["Another lamp", "And an invoice"])
    undo(on, by=desk.sam, now=desk.later())
    undo(act, by=desk.sam, now=desk.later())
    assert (read(gone), read(into)) == (["One lamp", "And an invoice"], ["Another lamp"])


@pytest.mark.parametrize("which", ["none", "all", "foreign"])
def test_a_split_that_moves_nothing_or_everything_is_refused(
    desk: Desk, gone: Conversation, into: Conversation, which: str
) -> None:
    chosen = {"none": [], "all": list(gone.messages.all()), "foreign": list(into.messages.all())}
    with pytest.raises(Invalid):
        split(gone, chosen[which], by=desk.ada, now=desk.later())


def test_only_a_merge_or_a_split_can_be_undone(desk: Desk, gone: Conversation) -> None:
    with pytest.raises(Invalid):
        undo(Activity.objects.filter(conversation=gone).earliest("pk"), by=desk.ada, now=desk.later())


def test_while_an_answer_is_being_sent_nothing_is_moved(desk: Desk, gone: Conversation, into: Conversation) -> None:
    delivery = delivery_of(desk.answers(gone))
    set_state(delivery, DeliveryState.SENDING)
    set_state(delivery_of(desk.answers(into)), DeliveryState.SENDING)
    with pytest.raises(JustBeingSent):
        merge(gone, into, by=desk.sam, now=desk.later())
    with pytest.raises(JustBeingSent):
        split(gone, [delivery.message], by=desk.ada, now=desk.later())
    set_state(delivery, DeliveryState.SENT)
    merge(gone, into, by=desk.sam, now=desk.later())
    assert delivery_of(delivery.message).conversation == into


def test_while_an_answer_to_a_part_is_being_sent_its_split_is_not_undone(desk: Desk, gone: Conversation) -> None:
    desk.receives(answer_to(reference_of(gone.messages.get()), text="And an invoice"))
    part = split(gone, [gone.messages.latest("pk")], by=desk.ada, now=desk.later())
    for conversation in (part, gone):
        set_state(delivery_of(desk.answers(conversation)), DeliveryState.SENDING)
    with pytest.raises(JustBeingSent):
        undo(Activity.objects.get(verb="conversation_split"), by=desk.ada, now=desk.later())
    assert read(gone) == ["One lamp", "We will help."]


@pytest.mark.django_db(transaction=True)
def test_while_somebody_writes_down_what_became_of_an_answer_nothing_is_moved(
    desk: Desk, gone: Conversation, into: Conversation
) -> None:
    delivery = delivery_of(desk.answers(gone))
    with direct_connection() as other, other.transaction():
        other.execute("SELECT FROM inbox_delivery WHERE id = %s FOR NO KEY UPDATE", [delivery.pk])
        with pytest.raises(JustBeingSent):
            merge(gone, into, by=desk.sam, now=desk.later())
    assert read(into) == ["Another lamp"]


def test_a_merge_that_the_database_fails_is_not_said_to_wait_for_an_answer(
    desk: Desk, gone: Conversation, into: Conversation
) -> None:
    desk.answers(gone)

    def fail(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.endswith("NOWAIT"):
            raise OperationalError("the server closed the connection unexpectedly")
        return execute(sql, *rest)

    with connection.execute_wrapper(fail), pytest.raises(OperationalError, match="closed the connection"):
        merge(gone, into, by=desk.sam, now=desk.later())


def test_nothing_goes_past_what_a_merge_has_brought(desk: Desk, gone: Conversation, into: Conversation) -> None:
    into.refresh_from_db()
    seen = {"seen_up_to": into.last_message, "seen_brought": into.last_brought}
    assert seen["seen_up_to"] > gone.messages.get().pk
    note(gone, "It is the red one.", by=desk.ada, now=desk.later())
    merge(gone, into, by=desk.sam, now=desk.later())
    with pytest.raises(SomethingNew) as refused:
        answers(desk, into, **seen)
    assert refused.value.messages == [gone_message(into)]
    into.refresh_from_db()
    assert answers(desk, into, **{**seen, "seen_brought": into.last_brought}).pk


def test_a_merge_that_brings_only_a_note_stops_nobody(desk: Desk, gone: Conversation, into: Conversation) -> None:
    into.refresh_from_db()
    seen = {"seen_up_to": into.last_message, "seen_brought": into.last_brought}
    desk.receives(answer_to(reference_of(gone.messages.get()), text="Out of office", automatic="vacation"))
    part = split(gone, [gone.messages.latest("pk")], by=desk.ada, now=desk.later())
    merge(part, into, by=desk.sam, now=desk.later())
    assert answers(desk, into, **seen).pk


def test_nothing_goes_past_what_an_undone_split_has_brought(desk: Desk, gone: Conversation) -> None:
    desk.receives(answer_to(reference_of(gone.messages.get()), text="And an invoice"))
    invoice = gone.messages.latest("pk")
    part = split(gone, [invoice], by=desk.ada, now=desk.later())
    desk.answers(gone, "About the lamp")
    gone.refresh_from_db()
    seen = {"seen_up_to": gone.last_message, "seen_brought": gone.last_brought}
    undo(Activity.objects.get(verb="conversation_split"), by=desk.ada, now=desk.later())
    with pytest.raises(SomethingNew) as refused:
        answers(desk, gone, **seen)
    assert refused.value.messages == [invoice.pk]
    assert not part.messages.exists()


def test_an_undone_split_of_what_was_merged_on_is_new_where_it_comes(
    desk: Desk, gone: Conversation, into: Conversation
) -> None:
    desk.receives(answer_to(reference_of(gone.messages.get()), text="And an invoice"))
    invoice = gone.messages.latest("pk")
    split(gone, [invoice], by=desk.sam, now=desk.later())
    merge(gone, into, by=desk.sam, now=desk.later())
    desk.answers(into, "About the lamps")
    into.refresh_from_db()
    seen = {"seen_up_to": into.last_message, "seen_brought": into.last_brought}
    undo(Activity.objects.get(verb="conversation_split"), by=desk.sam, now=desk.later())
    with pytest.raises(SomethingNew) as refused:
        answers(desk, into, **seen)
    assert refused.value.messages == [invoice.pk]


def answers(desk: Desk, conversation: Conversation, **seen: int) -> Message:
    return reply(conversation, Draft("We help."), by=desk.ada, now=desk.later(), **seen)  # type: ignore[arg-type]  # two whole numbers


def gone_message(into: Conversation) -> int:
    return into.messages.get(text="One lamp").pk


def writes(desk: Desk, conversation: Conversation, text: str, mode: Mode = Mode.REPLY, **beside: list[str]) -> None:
    seen = {"seen_up_to": conversation.last_message, "now": desk.later()}
    drafts.keep(conversation, mode, text, by=desk.ada, beside=beside, **seen)  # type: ignore[arg-type]  # as above


def drafted(desk: Desk, conversation: Conversation) -> dict[str, str]:
    return {mode: draft.text for mode, draft in drafts.of(conversation, desk.ada).items()}


def test_a_draft_goes_along_with_a_merge_and_comes_back_with_its_undo(
    desk: Desk, gone: Conversation, into: Conversation
) -> None:
    writes(desk, gone, "We are so")
    writes(desk, gone, "Ask the driver", Mode.NOTE)
    act = merge(gone, into, by=desk.sam, now=desk.later())
    written = {"reply": "We are so", "note": "Ask the driver"}
    assert (drafted(desk, gone), drafted(desk, into)) == ({}, written)
    undo(act, by=desk.sam, now=desk.later())
    assert (drafted(desk, gone), drafted(desk, into)) == (written, {})


def test_a_draft_comes_after_the_one_that_is_there(desk: Desk, gone: Conversation, into: Conversation) -> None:
    writes(desk, gone, "About one", cc=["kim@example.org"], tags=["lamp"])
    writes(desk, into, "About another", cc=["sam@example.org"])
    act = merge(gone, into, by=desk.sam, now=desk.later())
    assert drafted(desk, into) == {"reply": "About another\n\nAbout one"}
    beside = drafts.kept_of(drafts.of(into, desk.ada)["reply"].beside)
    assert beside == {"cc": ["sam@example.org", "kim@example.org"], "tags": ["lamp"]}
    undo(act, by=desk.sam, now=desk.later())
    assert drafted(desk, into) == {"reply": "About another\n\nAbout one"}


def test_a_draft_of_a_part_goes_back_with_it(desk: Desk, gone: Conversation) -> None:
    desk.receives(answer_to(reference_of(gone.messages.get()), text="And an invoice"))
    part = split(gone, [gone.messages.latest("pk")], by=desk.ada, now=desk.later())
    writes(desk, part, "The invoice is")
    undo(Activity.objects.get(verb="conversation_split"), by=desk.ada, now=desk.later())
    assert drafted(desk, gone) == {"reply": "The invoice is"}


def test_what_is_no_suggestion_of_ours_is_said_once_by_who_may(desk: Desk, gone: Conversation) -> None:
    other = desk.problem(sender=ALSO_CARLA, text="Of another one")
    suggestion = Suggestion.objects.create(conversation=gone, other=other, hint=Hint.SAME_THREAD)
    with pytest.raises(NotAllowed):
        dismiss(suggestion, by=desk.kim, now=desk.later())
    dismiss(suggestion, by=desk.ada, now=desk.later())
    with pytest.raises(AlreadyDone):
        dismiss(suggestion, by=desk.sam, now=desk.later())
    line = Activity.objects.get(verb="suggestion_dismissed")
    assert (line.conversation, line.actor, line.data) == (gone, desk.ada, {"other": other.pk})


def test_what_is_split_off_a_closed_teams_conversation_comes_to_the_team_of_its_channel(
    desk: Desk, gone: Conversation
) -> None:
    desk.receives(answer_to(reference_of(gone.messages.get()), text="And an invoice"))
    gone.refresh_from_db()
    solve(gone, by=desk.ada, now=desk.later())
    Conversation.objects.filter(pk=gone.pk).update(team=desk.elsewhere)
    Team.objects.filter(pk=desk.elsewhere.pk).update(closed_at=desk.clock)
    part = split(Conversation.objects.get(pk=gone.pk), [gone.messages.latest("pk")], by=desk.ada, now=desk.later())
    assert part.team == desk.team
