"""A conversation is read in stretches, and who has not seen one has not read it."""

from datetime import timedelta
from typing import Any

import pytest

from inbox.desk.along import Along
from inbox.desk.collect import about, collect
from inbox.desk.expect import expect
from inbox.desk.note import note
from inbox.models import Conversation, Topic
from inbox.thread import TOLD, WINDOW
from inbox.web.tags import EVENTS
from tests.inbox.desk_of_five import Desk, answer_to, browser, reference_of

SEEN = 'name="seen_up_to" value="{}"'


@pytest.fixture
def long(desk: Desk) -> Conversation:
    """Ada has read the first mail; then notes came, and carla wrote once more before the last of them."""
    conversation = desk.problem()
    browser(desk.ada).get(f"/c/open/{conversation.number}/")
    for n in range(WINDOW):
        note(conversation, f"Before {n}.", by=desk.sam, now=desk.later())
    desk.receives(answer_to(reference_of(conversation.messages.earliest("pk")), text="And the shade, too."))
    for n in range(2 * WINDOW):
        note(conversation, f"Behind {n}.", by=desk.sam, now=desk.later())
    return Conversation.objects.get(pk=conversation.pk)


def page(desk: Desk, conversation: Conversation, query: str = "", **headers: Any) -> str:
    answer = browser(desk.ada).get(f"/c/open/{conversation.number}/{query}", **headers)
    assert answer.status_code == 200
    return answer.content.decode()


def seen(desk: Desk, conversation: Conversation) -> int:
    return conversation.readings.get(agent=desk.ada).seen_up_to


def test_it_opens_at_what_is_new_and_only_what_is_shown_counts_as_read(desk: Desk, long: Conversation) -> None:
    shown = page(desk, long)
    assert "New: 1" in shown
    last = long.messages.get(text=f"Behind {WINDOW - 7}.")
    assert last.text in shown
    assert f"Behind {WINDOW - 6}." not in shown
    assert seen(desk, long) == last.pk
    assert SEEN.format(last.pk) in shown


def test_who_leaves_it_out_has_not_read_it_unless_he_is_at_the_end(desk: Desk, long: Conversation) -> None:
    before = seen(desk, long)
    page(desk, long, f"?at={long.messages.get(text='Behind 10.').pk}")
    assert seen(desk, long) == before
    shown = page(desk, long, "?end")
    assert "To the first one you have not read" in shown
    assert seen(desk, long) == long.last_message


def test_head_and_side_are_asked_for_without_what_was_said(desk: Desk, long: Conversation) -> None:
    before = seen(desk, long)
    head = page(desk, long, headers={"HX-Request": "true", "HX-Target": "header#talk-head"})
    side = browser(desk.ada).get(f"/c/open/{long.number}/side/").content.decode()
    assert "is responsible" in head or "answers for it" in head
    assert "Who had it" in side
    assert "Behind" not in head + side
    assert seen(desk, long) == before


def test_an_answer_to_what_one_has_not_read_to_its_end_is_stopped(desk: Desk, long: Conversation) -> None:
    desk.receives(answer_to(reference_of(long.messages.earliest("pk")), text="I found it."))
    shown = page(desk, long)
    up_to = shown.split('name="seen_up_to" value="')[1].split('"')[0]
    assert int(up_to) < long.messages.get(reply_text="I found it.").pk
    answer = browser(desk.ada).post(f"/c/open/{long.number}/reply/", {"text": "A new one comes.", "seen_up_to": up_to})
    assert answer.status_code == 409
    assert "I found it." in answer.content.decode()
    assert "A new one comes." in answer.content.decode()


def test_everything_that_is_told_has_a_sentence_and_says_what(desk: Desk) -> None:
    assert set(EVENTS) >= TOLD
    conversation = desk.problem()
    lamp = Topic.objects.create(name="Lamps", collect=["colour"])
    about(conversation, lamp, by=desk.ada, now=desk.later())
    conversation.refresh_from_db()
    collect(conversation, "colour", "red", by=desk.ada, now=desk.later())
    desk.answers(conversation, along=Along(tags=["lamp", "broken"]))
    conversation.refresh_from_db()
    expect(conversation, desk.clock + timedelta(hours=2), by=desk.ada, now=desk.later())
    shown = page(desk, conversation)
    for words in (
        "Ada said what it is about",
        "Ada wrote down: colour",
        "Ada tagged it: lamp, broken",
        "Ada promised an answer by 2 Nov, 11:04",
    ):
        assert words in shown


@pytest.mark.parametrize("query", ["?at=x", "?at=99999999999999999999", "?before=x", "?from=2026_1", "?at=0&end"])
def test_an_address_that_leads_nowhere_opens_it_as_usual(desk: Desk, long: Conversation, query: str) -> None:
    assert "New: 1" in page(desk, long, query) or "end" in query


def test_nobody_reads_a_stretch_of_what_he_may_not_see(desk: Desk) -> None:
    hidden = desk.problem(channel=desk.channel_elsewhere)
    for part in ("stretch", "side"):
        assert browser(desk.ada).get(f"/c/open/{hidden.number}/{part}/").status_code == 404
    ours = desk.problem()
    other = hidden.messages.get()
    assert f'id="m-{other.pk}"' not in page(desk, ours, f"?at={other.pk}")


def test_what_a_window_asks_for_by_itself_is_not_read_before_it_says_so(desk: Desk) -> None:
    conversation = desk.problem()
    shown = page(desk, conversation)
    before = seen(desk, conversation)
    desk.receives(answer_to(reference_of(conversation.messages.earliest("pk")), text="And the shade, too."))
    conversation.refresh_from_db()
    assert "And the shade, too." in page(desk, conversation, "stretch/")
    assert seen(desk, conversation) == before
    reads = shown.split('data-reads="')[1].split('"')[0]
    assert browser(desk.ada).put(f"{reads}?shown={conversation.last_message}").status_code == 204
    assert seen(desk, conversation) == conversation.last_message
