"""A conversation as it is read."""

from datetime import timedelta

from inbox.desk.note import note
from inbox.desk.solve import solve
from inbox.desk.take import take
from inbox.desk.undo_send import undo_send
from inbox.models import DeliveryState
from inbox.thread import NEWEST, Happened, Said, mark_read, read_thread
from tests.inbox.desk_of_five import Desk, answer_to, delivery_of, reference_of, set_state


def test_what_was_said_and_what_happened_stand_in_the_order_of_time(desk: Desk) -> None:
    conversation = desk.problem()
    take(conversation, by=desk.ada, now=desk.later())
    note(conversation, "Ask the warehouse.", by=desk.ada, now=desk.later())
    desk.answers(conversation)
    solve(conversation, by=desk.ada, now=desk.later())
    entries = read_thread(conversation, seen=0).entries
    told = [e.message.direction if isinstance(e, Said) else e.verb for e in entries]
    assert told == ["incoming", "routed", "note", "outgoing", "solved"]
    assert [e.at for e in entries] == sorted(e.at for e in entries)


def test_what_is_new_is_marked_until_it_was_read(desk: Desk) -> None:
    conversation = desk.problem()
    assert mark_read(conversation, desk.ada, desk.clock) == 0
    desk.receives(answer_to(reference_of(conversation.messages.get())))
    conversation.refresh_from_db()
    before = mark_read(conversation, desk.ada, desk.later())
    said = [e for e in read_thread(conversation, seen=before).entries if isinstance(e, Said)]
    assert [s.is_new for s in said] == [False, True]


def test_an_answer_that_was_taken_back_is_not_shown_but_told(desk: Desk) -> None:
    conversation = desk.problem()
    said = desk.answers(conversation, undo=timedelta(seconds=10))
    undo_send(said, by=desk.ada, now=desk.clock)
    entries = read_thread(conversation, seen=0).entries
    assert [e.message.direction for e in entries if isinstance(e, Said)] == ["incoming"]
    assert "send_undone" in [e.verb for e in entries if isinstance(e, Happened)]


def test_an_answer_shows_exactly_what_became_of_it(desk: Desk) -> None:
    said = desk.answers(desk.problem())
    for state in DeliveryState:
        set_state(delivery_of(said), state)
        (shown,) = [e for e in read_thread(said.conversation, seen=0).entries if isinstance(e, Said) and e.state]
        assert shown.state == state
        decidable = shown.decidable is not None
        assert decidable == (state in {DeliveryState.NEEDS_HUMAN, DeliveryState.FAILED})


def test_a_long_conversation_begins_with_its_newest_messages_and_says_how_many_are_older(desk: Desk) -> None:
    conversation = desk.problem()
    for n in range(NEWEST + 4):
        note(conversation, f"Note {n}", by=desk.ada, now=desk.later())
    thread = read_thread(conversation, seen=0)
    said = [e for e in thread.entries if isinstance(e, Said)]
    assert (len(said), thread.older, said[-1].message.text) == (NEWEST, 5, f"Note {NEWEST + 3}")
    whole = read_thread(conversation, seen=0, everything=True)
    assert (len([e for e in whole.entries if isinstance(e, Said)]), whole.older) == (NEWEST + 5, 0)
