"""Solved, waiting, snoozed, and open again."""

from datetime import timedelta

import pytest

from inbox.desk.people import switch_off
from inbox.desk.solve import needs_us, open_again, snooze, solve, wait_for_customer, wake_up
from inbox.desk.take import take
from inbox.desk.tasks import wake_snoozed
from inbox.errors import AlreadyDone, Invalid
from inbox.models import Activity, Conversation, State
from tests.inbox.desk_of_five import NOW, Desk, answer_to, history, reference_of


@pytest.fixture
def conversation(desk: Desk) -> Conversation:
    conversation = desk.problem()
    take(conversation, by=desk.ada, now=desk.later())
    return Conversation.objects.get(pk=conversation.pk)


def state(conversation: Conversation) -> str:
    conversation.refresh_from_db()
    return conversation.state


def test_solving_ends_the_present_stretch(desk: Desk, conversation: Conversation) -> None:
    solve(conversation, by=desk.ada, now=desk.later())
    assert state(conversation) == State.SOLVED
    assert conversation.solved_at == desk.clock
    assert history(conversation)[-1] == ("Ada", "routed", "solved")
    assert Activity.objects.filter(verb="solved", actor=desk.ada).exists()


def test_it_is_solved_once(desk: Desk, conversation: Conversation) -> None:
    solve(conversation, by=desk.ada, now=desk.later())
    with pytest.raises(AlreadyDone):
        solve(conversation, by=desk.sam, now=desk.later())


def test_opened_again_it_is_his_who_had_it(desk: Desk, conversation: Conversation) -> None:
    solve(conversation, by=desk.ada, now=desk.later())
    open_again(conversation, by=desk.sam, now=desk.later())
    assert state(conversation) == State.OPEN
    assert conversation.owner == desk.ada


def test_opened_again_it_is_the_queues_if_he_is_gone(desk: Desk, conversation: Conversation) -> None:
    solve(conversation, by=desk.ada, now=desk.later())
    switch_off(desk.ada, by=desk.kim, now=desk.later())
    open_again(conversation, by=desk.sam, now=desk.later())
    assert state(conversation) == State.OPEN
    assert conversation.owner is None


def test_opened_again_it_is_the_queues_if_he_left_the_team(desk: Desk, conversation: Conversation) -> None:
    solve(conversation, by=desk.ada, now=desk.later())
    desk.ada.memberships.update(team=desk.elsewhere)
    open_again(conversation, by=desk.sam, now=desk.later())
    assert state(conversation) == State.OPEN
    assert conversation.owner is None


def test_what_has_a_follower_can_still_be_opened_and_mail_goes_to_the_follower(
    desk: Desk, conversation: Conversation
) -> None:
    first = conversation.messages.get()
    solve(conversation, by=desk.ada, now=desk.later())
    desk.later(days=8)
    follower = desk.receives(answer_to(reference_of(first)))
    open_again(conversation, by=desk.ada, now=desk.later())
    assert state(conversation) == State.OPEN
    newest = Conversation.objects.get(pk=follower.conversation).messages.get()
    assert desk.receives(answer_to(reference_of(newest))).conversation == follower.conversation


def test_what_is_open_cannot_be_opened(desk: Desk, conversation: Conversation) -> None:
    with pytest.raises(AlreadyDone):
        open_again(conversation, by=desk.ada, now=desk.later())


def test_waiting_stays_with_its_owner(desk: Desk, conversation: Conversation) -> None:
    wait_for_customer(conversation, by=desk.ada, now=desk.later())
    assert (state(conversation), conversation.owner) == (State.PENDING, desk.ada)
    needs_us(conversation, by=desk.ada, now=desk.later())
    assert state(conversation) == State.OPEN


def test_a_snooze_ends_when_its_time_has_come(desk: Desk, conversation: Conversation) -> None:
    snooze(conversation, by=desk.ada, until=NOW + timedelta(hours=1), now=desk.later())
    assert state(conversation) == State.PENDING
    wake_snoozed()  # by the real clock, which is past it
    assert state(conversation) == State.OPEN
    assert conversation.snoozed_until is None


def test_a_snooze_that_was_moved_meanwhile_does_not_end(desk: Desk, conversation: Conversation) -> None:
    now = desk.later()
    snooze(conversation, by=desk.ada, until=now + timedelta(hours=1), now=now)
    snooze(conversation, by=desk.ada, until=now + timedelta(days=1), now=now)
    with pytest.raises(AlreadyDone):
        wake_up(conversation, now=now + timedelta(hours=2))


def test_a_snooze_until_the_far_future_sleeps_on(desk: Desk, conversation: Conversation) -> None:
    snooze(conversation, by=desk.ada, until=NOW + timedelta(days=36500), now=desk.later())
    wake_snoozed()
    assert state(conversation) == State.PENDING


def test_a_snooze_into_the_past_is_refused(desk: Desk, conversation: Conversation) -> None:
    with pytest.raises(Invalid):
        snooze(conversation, by=desk.ada, until=desk.clock, now=desk.clock)


@pytest.mark.parametrize("verb", [wait_for_customer, needs_us])
def test_what_is_solved_neither_waits_nor_needs_us(desk: Desk, conversation: Conversation, verb: object) -> None:
    solve(conversation, by=desk.ada, now=desk.later())
    with pytest.raises(AlreadyDone):
        verb(conversation, by=desk.ada, now=desk.later())  # type: ignore[operator]  # two functions of one shape
    assert state(conversation) == State.SOLVED


def test_solving_what_sleeps_ends_the_sleep(desk: Desk, conversation: Conversation) -> None:
    snooze(conversation, by=desk.ada, until=NOW + timedelta(days=1), now=desk.later())
    solve(conversation, by=desk.ada, now=desk.later())
    assert (state(conversation), conversation.snoozed_until) == (State.SOLVED, None)
