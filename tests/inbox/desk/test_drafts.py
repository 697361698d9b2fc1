"""What somebody is writing is kept, and gone for good once it was sent."""

from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.db import connection

from inbox.desk import drafts
from inbox.desk.drafts import LONGEST_BESIDE, MOST
from inbox.desk.note import note
from inbox.desk.take import take, take_over
from inbox.desk.undo_send import undo_send
from inbox.models import Conversation, Draft, Mode
from tests.inbox.desk_of_five import Desk, upload
from tests.inbox.parallel import at_once
from tests.waiting import PATIENCE_SECONDS, until


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_a_draft_that_is_kept_late_does_not_come_back_after_it_was_sent(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = desk.problem()
    seen, now = conversation.last_message, desk.later()
    looked, sent, write = Event(), Event(), Draft.objects.update_or_create

    def writes_late(**what: Any) -> object:
        looked.set()
        until(lambda: sent.is_set() or somebody_waits_for_a_lock(), "the answer to be sent, or to wait for the draft")
        return write(**what)

    monkeypatch.setattr(Draft.objects, "update_or_create", writes_late)

    def keeps() -> None:
        drafts.keep(conversation, Mode.REPLY, "We will help.", seen_up_to=seen, by=desk.ada, now=now)

    def sends() -> None:
        assert looked.wait(PATIENCE_SECONDS)
        desk.answers(Conversation.objects.get(pk=conversation.pk))
        drafts.forget(conversation, Mode.REPLY, by=desk.ada)
        sent.set()

    assert at_once([keeps, sends]) == [None, None]
    assert drafts.of(conversation, desk.ada) == {}


def test_what_stands_beside_an_answer_is_kept_with_it_and_nothing_else(desk: Desk) -> None:
    conversation, now = desk.problem(), desk.later()
    beside = {
        "tags": ["lamp\x00", "t" * (LONGEST_BESIDE + 1)],
        "cc": ["kim@example.org"] * (MOST + 1),
        "password": ["x"],
    }
    seen = conversation.last_message
    drafts.keep(conversation, Mode.REPLY, "Hello", beside=beside, seen_up_to=seen, by=desk.ada, now=now)
    kept = drafts.of(conversation, desk.ada)[Mode.REPLY]
    assert set(kept.beside) == {"tags", "cc"}
    assert [len(kept.beside["cc"]), len(kept.beside["tags"][1])] == [MOST, LONGEST_BESIDE]
    assert "\x00" not in kept.beside["tags"][0]


def test_a_draft_of_files_alone_is_kept_and_one_of_nothing_is_not(desk: Desk) -> None:
    conversation, now = desk.problem(), desk.later()
    files = {"attachments": ["00000000-0000-0000-0000-000000000001"]}
    seen = conversation.last_message
    drafts.keep(conversation, Mode.REPLY, "", beside=files, seen_up_to=seen, by=desk.ada, now=now)
    assert drafts.of(conversation, desk.ada)[Mode.REPLY].beside == files
    drafts.keep(conversation, Mode.REPLY, " ", beside={"tags": ["lamp"]}, seen_up_to=seen, by=desk.ada, now=now)
    assert drafts.of(conversation, desk.ada) == {}


def test_what_he_wrote_in_two_windows_stands_there_together(desk: Desk) -> None:
    conversation, seen = desk.problem(), 0

    def keeps(text: str, *known: str, version: str, **beside: list[str]) -> drafts.Kept | None:
        how: Any = {"seen_up_to": seen, "by": desk.ada, "now": desk.later()}
        return drafts.keep(conversation, Mode.REPLY, text, beside=beside, grown_from=known, version=version, **how)

    assert keeps("Begun here", "", version="here 1", cc=["kim@example.org"]) == ("here 1", None)
    assert keeps("Begun here, and on", "", "here 1", version="here 2", cc=["kim@example.org"]) == ("here 2", None)
    both = keeps("Begun there", "", version="there 1", cc=["max@example.org"])
    assert both
    assert both.unknown == "Begun here, and on"
    kept = drafts.of(conversation, desk.ada)[Mode.REPLY]
    assert (kept.text, kept.version) == ("Begun here, and on\n\nBegun there", both.version)
    assert kept.beside["cc"] == ["kim@example.org", "max@example.org"]
    assert both.version not in {"here 1", "here 2", "there 1"}
    assert keeps("", "here 2", version="here 3") == (drafts.of(conversation, desk.ada)[Mode.REPLY].version, kept.text)
    assert drafts.of(conversation, desk.ada)[Mode.REPLY].text == kept.text


def test_what_he_wrote_elsewhere_is_there_still_when_he_has_sent_what_stands_here(desk: Desk) -> None:
    conversation, now = desk.problem(), desk.later()
    seen = conversation.last_message
    drafts.keep(conversation, Mode.REPLY, "Begun there", seen_up_to=seen, by=desk.ada, now=now, version="there")
    drafts.forget(conversation, Mode.REPLY, by=desk.ada, grown_from=["", "here"])
    assert drafts.of(conversation, desk.ada)[Mode.REPLY].text == "Begun there"
    drafts.forget(conversation, Mode.REPLY, by=desk.ada, grown_from=["here", "there"])
    assert drafts.of(conversation, desk.ada) == {}


def test_what_is_taken_back_comes_before_what_he_wrote_elsewhere(desk: Desk) -> None:
    conversation = desk.problem()
    said, now = desk.answers(conversation, undo=timedelta(seconds=10)), desk.later()
    seen = Conversation.objects.get(pk=conversation.pk).messages.latest("pk").pk
    drafts.keep(conversation, Mode.REPLY, "Begun there", seen_up_to=seen, by=desk.ada, now=now, version="there")
    undo_send(said, by=desk.ada, now=now, begun="And here", grown_from=[""])
    assert drafts.of(conversation, desk.ada)[Mode.REPLY].text == f"{said.text}\n\nBegun there\n\nAnd here"


def test_it_is_told_when_nothing_is_kept_because_he_has_sent_something_since(desk: Desk) -> None:
    conversation, now = desk.problem(), desk.later()
    seen = conversation.last_message
    assert drafts.keep(conversation, Mode.REPLY, "Begun", seen_up_to=seen, by=desk.ada, now=now)
    desk.answers(conversation)
    assert not drafts.keep(conversation, Mode.REPLY, "Begun, too", seen_up_to=seen, by=desk.ada, now=now)


@pytest.mark.parametrize("mode", list(Mode))
def test_a_draft_that_a_colleague_took_over_stops_nothing_that_is_written_after_it(desk: Desk, mode: Mode) -> None:
    conversation = desk.problem()
    seen = conversation.last_message
    take(conversation, by=desk.ada, now=desk.later())
    drafts.keep(conversation, Mode.REPLY, "Begun", seen_up_to=seen, by=desk.ada, now=desk.later())
    take_over(conversation, by=desk.sam, now=desk.later())
    assert conversation.messages.filter(author=desk.ada).get().text.endswith("Begun")
    assert drafts.keep(conversation, mode, "But look at this", seen_up_to=seen, by=desk.ada, now=desk.later())
    assert drafts.of(conversation, desk.ada)[mode].text == "But look at this"


def test_files_of_a_draft_go_along_where_a_colleague_takes_over(desk: Desk) -> None:
    conversation, file = desk.problem(), upload(desk)
    take(conversation, by=desk.ada, now=desk.later())
    beside = {"attachments": [str(file.uuid)]}
    seen = conversation.last_message
    drafts.keep(conversation, Mode.REPLY, "See this", beside=beside, seen_up_to=seen, by=desk.ada, now=desk.later())
    take_over(conversation, by=desk.sam, now=desk.later())
    assert list(conversation.messages.get(author=desk.ada).attachments.all()) == [file]


def test_a_note_is_no_reason_to_lose_a_reply_nor_a_reply_one_to_lose_a_note(desk: Desk) -> None:
    conversation = desk.problem()
    seen = conversation.last_message
    note(conversation, "He called.", by=desk.ada, now=desk.later())
    assert drafts.keep(conversation, Mode.REPLY, "Begun", seen_up_to=seen, by=desk.ada, now=desk.later())
    assert not drafts.keep(conversation, Mode.NOTE, "He cal", seen_up_to=seen, by=desk.ada, now=desk.later())
