"""Moving a mail between Junk and inbox on a real Dovecot: this one mail, or nothing."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.email.connector import Email
from connectors.email.fetching import place_of
from connectors.errors import Rejected
from tests.dovecot import Dovecot
from tests.faulty_line import FaultyLine, faulty_line

pytestmark = pytest.mark.dovecot

LETTER = b"From: carla@example.com\r\nSubject: lamp\r\nMessage-ID: <1@example.com>\r\n\r\nhello\r\n"
OTHER = LETTER.replace(b"lamp", b"other").replace(b"<1@", b"<2@")


@pytest.fixture
def spied(dovecot: Dovecot) -> Iterator[FaultyLine]:
    with faulty_line(("127.0.0.1", dovecot.imap_port)) as line:
        yield line


@pytest.fixture
def over_it(mailbox: Email, spied: FaultyLine, allow_plain: Callable[..., None]) -> Email:
    """The same mailbox over a line that can be overheard."""
    allow_plain(spied.port)
    return replace(mailbox, imap_host="127.0.0.1", imap_port=spied.port, imap_security="plain")


def keys(mailbox: Email, folder: Path) -> list[str]:
    """Where everything lies, as a poll tells it."""
    return [fetched.source_key for fetched in mailbox.fetch("", folder, datetime.now(UTC)).payloads]


def lie(dovecot: Dovecot, mailbox: Email) -> tuple[int, int]:
    """How many mails lie in the inbox, and how many in Junk."""
    return len(dovecot.uids(mailbox.address)), len(dovecot.uids(mailbox.address, "Junk"))


def test_what_is_no_spam_is_moved_to_the_inbox_and_what_is_spam_to_junk(
    dovecot: Dovecot, mailbox: Email, tmp_path: Path
) -> None:
    dovecot.deliver(LETTER, mailbox.address, "Junk")
    (in_junk,) = keys(mailbox, tmp_path)
    mailbox.sort_spam([in_junk], spam=False)
    assert lie(dovecot, mailbox) == (1, 0)
    (in_inbox,) = keys(mailbox, tmp_path)
    mailbox.sort_spam([in_inbox], spam=True)
    assert lie(dovecot, mailbox) == (0, 1)


def test_what_lies_on_the_right_side_stays_under_its_number(dovecot: Dovecot, mailbox: Email, tmp_path: Path) -> None:
    dovecot.deliver(LETTER, mailbox.address)
    before = keys(mailbox, tmp_path)
    mailbox.sort_spam(before, spam=False)
    assert keys(mailbox, tmp_path) == before


def test_others_stay_where_they_are(dovecot: Dovecot, mailbox: Email, tmp_path: Path) -> None:
    for raw in (LETTER, OTHER):
        dovecot.deliver(raw, mailbox.address, "Junk")
    mailbox.sort_spam(keys(mailbox, tmp_path)[1:], spam=False)
    assert dovecot.uids(mailbox.address, "Junk") == [1]


def test_twice_is_as_good_as_once(dovecot: Dovecot, mailbox: Email, tmp_path: Path) -> None:
    dovecot.deliver(LETTER, mailbox.address, "Junk")
    found = keys(mailbox, tmp_path)
    mailbox.sort_spam(found, spam=False)
    mailbox.sort_spam(found, spam=False)
    assert lie(dovecot, mailbox) == (1, 0)


def test_what_is_gone_or_lies_in_a_folder_that_is_gone_is_left(
    dovecot: Dovecot, mailbox: Email, tmp_path: Path
) -> None:
    dovecot.deliver(LETTER, mailbox.address, "Junk")
    (found,) = keys(mailbox, tmp_path)
    dovecot.remove(1, mailbox.address, "Junk")
    mailbox.sort_spam([found, found.replace(":Junk:", ":No such: folder:")], spam=False)
    assert lie(dovecot, mailbox) == (0, 0)


def test_in_a_renumbered_folder_nothing_is_touched(dovecot: Dovecot, mailbox: Email, tmp_path: Path) -> None:
    dovecot.deliver(LETTER, mailbox.address, "Junk")
    (found,) = keys(mailbox, tmp_path)
    folder, validity, uid = place_of(found)
    mailbox.sort_spam([f"imap:{folder}:{validity - 1}:{uid}"], spam=False)
    assert lie(dovecot, mailbox) == (0, 1)


def test_a_folder_may_have_colons_in_its_name(dovecot: Dovecot, mailbox: Email, tmp_path: Path) -> None:
    named = replace(mailbox, junk_folder="Spam: all of it:1")
    dovecot.deliver(LETTER, mailbox.address, named.junk_folder)
    named.sort_spam(keys(named, tmp_path), spam=False)
    assert (lie(dovecot, mailbox), dovecot.uids(mailbox.address, named.junk_folder)) == ((1, 0), [])


def test_without_move_it_is_copied_and_this_one_alone_removed(
    dovecot: Dovecot, over_it: Email, spied: FaultyLine, tmp_path: Path
) -> None:
    for raw in (LETTER, OTHER):
        dovecot.deliver(raw, over_it.address, "Junk")
    with over_it._session() as client:
        client.select_folder("Junk")
        client.add_flags([2], [b"\\Deleted"])  # somebody may still want it back
    spied.change = lambda said: said.replace(b" MOVE", b"")
    over_it.sort_spam(keys(over_it, tmp_path)[:1], spam=False)
    assert (dovecot.uids(over_it.address), dovecot.uids(over_it.address, "Junk")) == ([1], [2])
    assert b"UID MOVE" not in spied.heard


def test_a_server_that_can_neither_move_nor_remove_one_is_left_alone_and_that_is_said(
    dovecot: Dovecot, over_it: Email, spied: FaultyLine, tmp_path: Path
) -> None:
    dovecot.deliver(LETTER, over_it.address, "Junk")
    found = keys(over_it, tmp_path)
    spied.change = lambda said: said.replace(b" MOVE", b"").replace(b" UIDPLUS", b"")
    with pytest.raises(Rejected, match="neither move a mail"):
        over_it.sort_spam(found, spam=False)
    assert lie(dovecot, over_it) == (0, 1)
    assert b"COPY" not in spied.heard


def test_a_copy_that_was_made_before_the_line_broke_is_not_made_again(
    dovecot: Dovecot, over_it: Email, spied: FaultyLine, tmp_path: Path
) -> None:
    dovecot.deliver(LETTER, over_it.address, "Junk")
    found = keys(over_it, tmp_path)
    with over_it._session() as client:
        client.select_folder("Junk")
        client.copy([1], "INBOX")
        client.add_flags([1], [b"\\Deleted"])
    spied.change = lambda said: said.replace(b" MOVE", b"")
    over_it.sort_spam(found, spam=False)
    assert len(dovecot.uids(over_it.address)) == 1


def test_a_mailbox_without_a_folder_for_spam_says_so(
    dovecot: Dovecot, over_it: Email, spied: FaultyLine, tmp_path: Path
) -> None:
    dovecot.deliver(LETTER, over_it.address)
    found = keys(over_it, tmp_path)
    spied.change = lambda said: said.replace(b"\\Junk", b"\\Other")
    with pytest.raises(Rejected, match="no folder for spam"):
        over_it.sort_spam(found, spam=True)
    assert lie(dovecot, over_it) == (1, 0)
