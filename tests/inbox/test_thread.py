"""A conversation as it is read."""

from datetime import timedelta

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from inbox.desk.note import note
from inbox.desk.solve import needs_us, solve, wait_for_customer
from inbox.desk.take import take
from inbox.desk.undo_send import undo_send
from inbox.models import Conversation, DeliveryState, Message, State
from inbox.news import News, mark_read, news_of
from inbox.thread import (
    LONGEST,
    WINDOW,
    Happened,
    Said,
    Stretch,
    read_around,
    read_before,
    read_between,
    read_from,
    read_newest,
)
from tests.inbox.desk_of_five import (
    NOW,
    Desk,
    answer_to,
    browser,
    delivery_of,
    further_part,
    reference_of,
    set_state,
)


def test_what_was_said_and_what_happened_stand_in_the_order_of_time(desk: Desk) -> None:
    conversation = desk.problem()
    take(conversation, by=desk.ada, now=desk.later())
    note(conversation, "Ask the warehouse.", by=desk.ada, now=desk.later())
    desk.answers(conversation)
    solve(conversation, by=desk.ada, now=desk.later())
    entries = read_newest(conversation).entries
    told = [e.message.direction if isinstance(e, Said) else e.verb for e in entries]
    assert told == ["incoming", "routed", "note", "outgoing", "solved"]
    assert [e.at for e in entries] == sorted(e.at for e in entries)


def test_what_is_new_begins_where_he_has_not_read_and_is_none_at_his_first_look(desk: Desk) -> None:
    conversation = desk.problem()
    assert news_of(conversation, desk.ada) == News(0)
    mark_read(conversation, desk.ada, conversation.last_message, desk.clock)
    desk.answers(conversation, by=desk.sam)
    for _n in range(2):
        desk.receives(answer_to(reference_of(conversation.messages.earliest("pk"))))
    conversation.refresh_from_db()
    news = news_of(conversation, desk.ada)
    begins = [e.begins_news for e in read_newest(conversation, news).entries if isinstance(e, Said)]
    assert (begins, news.count) == ([False, False, True, False], 2)
    mark_read(conversation, desk.ada, conversation.last_message, desk.clock)
    mark_read(conversation, desk.ada, 1, desk.clock)  # a slower tab
    assert news_of(conversation, desk.ada).first is None


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (DeliveryState.SENT, DeliveryState.FAILED, "Sent in part, 1 of 2"),
        (DeliveryState.SENT, DeliveryState.CANCELLED, "Sent in part, 1 of 2"),
        (DeliveryState.SENT, DeliveryState.QUEUED, ""),
        (DeliveryState.SENT, DeliveryState.READ, ""),
        (DeliveryState.FAILED, DeliveryState.QUEUED, ""),
    ],
)
def test_of_what_will_not_go_out_as_a_whole_is_told_how_much_did(
    desk: Desk, first: DeliveryState, second: DeliveryState, told: str
) -> None:
    conversation = desk.problem()
    delivery = delivery_of(desk.answers(conversation))
    set_state(further_part(delivery), second)
    set_state(delivery, first)
    page = browser(desk.ada).get(f"/c/open/{conversation.number}/").content.decode()
    assert ("Sent in part" in page) == bool(told)
    assert told in page


def test_an_answer_that_was_taken_back_is_not_shown_but_told(desk: Desk) -> None:
    conversation = desk.problem()
    said = desk.answers(conversation, undo=timedelta(seconds=10))
    undo_send(said, by=desk.ada, now=desk.clock)
    entries = read_newest(conversation).entries
    assert [e.message.direction for e in entries if isinstance(e, Said)] == ["incoming"]
    assert "send_undone" in [e.verb for e in entries if isinstance(e, Happened)]


def test_an_answer_shows_exactly_what_became_of_it(desk: Desk) -> None:
    said = desk.answers(desk.problem())
    for state in DeliveryState:
        set_state(delivery_of(said), state)
        (shown,) = [e for e in read_newest(said.conversation).entries if isinstance(e, Said) and e.state]
        assert shown.state == state
        decidable = shown.decidable is not None
        assert decidable == (state in {DeliveryState.NEEDS_HUMAN, DeliveryState.FAILED})


def said_in(*stretches: Stretch) -> list[str]:
    return [e.message.text for s in stretches for e in s.entries if isinstance(e, Said)]


def noted(desk: Desk, conversation: Conversation, count: int) -> list[str]:
    """So many notes, some at the same instant, with something that happens now and then."""
    for n in range(count):
        now = desk.clock if n % 7 == 3 else desk.later()
        note(conversation, f"Note {n}", by=desk.ada, now=now)
        if n % 40 == 0:
            take(conversation, by=desk.ada, now=desk.later()) if n == 0 else needs_or_waits(conversation, desk)
    return [conversation.messages.earliest("pk").text, *(f"Note {n}" for n in range(count))]


def needs_or_waits(conversation: Conversation, desk: Desk) -> None:
    conversation.refresh_from_db()
    turn = needs_us if conversation.state == State.PENDING else wait_for_customer
    turn(conversation, by=desk.ada, now=desk.later())


@pytest.mark.parametrize("count", [0, WINDOW - 2, WINDOW - 1, WINDOW, 3 * WINDOW + 7])
def test_stretches_put_side_by_side_are_the_whole_conversation_from_wherever_one_begins(desk: Desk, count: int) -> None:
    conversation = desk.problem()
    everything = noted(desk, conversation, count)
    conversation.refresh_from_db()
    whole = read_between(conversation, None, None, most=10_000)
    assert said_in(whole) == everything
    middle = conversation.messages.order_by("happened_at", "pk")[count // 2]
    for start in (read_newest(conversation), read_around(conversation, (middle.happened_at, middle.pk))):
        parts = [start]
        while parts[0].begins:
            parts.insert(0, read_before(conversation, parts[0].begins))
        while parts[-1].ends:
            parts.append(read_from(conversation, parts[-1].ends))
        assert [e for part in parts for e in part.entries] == list(whole.entries)
        assert max(len(said_in(part)) for part in parts) <= WINDOW
        for part in parts:
            assert read_between(conversation, part.begins, part.ends) == part
        assert parts[-1].shown_up_to == conversation.last_message


def test_what_came_later_and_was_said_earlier_stands_where_it_was_said(desk: Desk) -> None:
    conversation = desk.problem()
    noted(desk, conversation, WINDOW + 20)
    first = read_before(conversation, read_newest(conversation).begins)
    desk.receives(answer_to(reference_of(conversation.messages.earliest("pk")), sent_at=NOW + timedelta(minutes=3)))
    late = conversation.messages.latest("pk")
    Message.objects.filter(pk=late.pk).update(happened_at=NOW + timedelta(minutes=3))
    assert late.text in said_in(read_between(conversation, first.begins, first.ends))
    assert first.shown_up_to < late.pk


def test_a_stretch_that_grew_too_long_is_cut_and_leads_on(desk: Desk) -> None:
    conversation = desk.problem()
    noted(desk, conversation, LONGEST + 10)
    grown = read_between(conversation, None, None)
    assert (len(said_in(grown)), grown.ends is None) == (LONGEST, False)


def test_a_stretch_asks_the_database_as_much_in_a_long_conversation_as_in_a_short_one(
    desk: Desk, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    conversation = desk.problem()
    noted(desk, conversation, 3 * WINDOW)
    plan = (
        Message.objects.filter(conversation=conversation, withdrawn_at=None)
        .order_by("-happened_at", "-pk")
        .values("pk")[: WINDOW + 1]
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE inbox_message")
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "message_by_time" in plan.explain()
    assert "Sort" not in plan.explain()
    with django_assert_num_queries(6):
        read_newest(conversation)
