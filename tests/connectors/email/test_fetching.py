"""What a poll brings from a real Dovecot."""

import hashlib
import re
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.contract import Batch, Fetched, GapCheck, Payload
from connectors.email.connector import Email
from connectors.email.cursor import loads
from tests.dovecot import Dovecot
from tests.faulty_line import faulty_line

pytestmark = pytest.mark.dovecot


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


def letter(name: str, body: str = "hello") -> bytes:
    return (
        f"From: Carla <carla@example.com>\r\nSubject: {name}\r\nMessage-ID: <{name}@example.com>\r\n\r\n{body}\r\n"
    ).encode()


def bytes_of(fetched: Fetched) -> bytes:
    return Payload(body=fetched.body).read()


def subjects(batch: Batch) -> list[str]:
    return [
        line.removeprefix("Subject: ")
        for fetched in batch.payloads
        for line in bytes_of(fetched).decode().splitlines()
        if line.startswith("Subject: ")
    ]


def everything(mailbox: Email, folder: Path, now: datetime, cursor: str = "") -> tuple[list[str], str]:
    """All subjects until there is no more, and the last cursor."""
    found: list[str] = []
    while True:
        batch = mailbox.fetch(cursor, folder, now)
        found += subjects(batch)
        cursor = batch.cursor
        if not batch.more:
            return found, cursor


def test_a_mail_comes_with_its_bytes_and_its_facts(
    dovecot: Dovecot, mailbox: Email, tmp_path: Path, now: datetime
) -> None:
    at = int(now.timestamp()) - 3600
    dovecot.deliver(letter("lamp"), mailbox.address, at=at)
    (fetched,) = mailbox.fetch("", tmp_path, now).payloads
    assert fetched.body == letter("lamp")
    assert fetched.sha256 == hashlib.sha256(letter("lamp")).hexdigest()
    assert fetched.size == len(letter("lamp"))
    assert fetched.received_at == datetime.fromtimestamp(at, UTC)
    assert fetched.facts == {
        "folder": "INBOX",
        "role": "inbox",
        "uid": "1",
        "received_at": fetched.received_at.isoformat(),
    }
    uidvalidity = fetched.source_key.split(":")[2]
    assert fetched.source_key == f"imap:INBOX:{uidvalidity}:1"


def test_a_second_fetch_brings_nothing_and_the_same_cursor(
    dovecot: Dovecot, mailbox: Email, tmp_path: Path, now: datetime
) -> None:
    dovecot.deliver(letter("one"), mailbox.address)
    first = mailbox.fetch("", tmp_path, now)
    second = mailbox.fetch(first.cursor, tmp_path, now)
    assert subjects(first) == ["one"]
    # `UID 2:*` names uid 1 as well, as the highest there is.
    assert (list(second.payloads), second.cursor, second.more) == ([], first.cursor, False)


def test_the_same_cursor_brings_the_same_mails_again(
    dovecot: Dovecot, mailbox: Email, tmp_path: Path, now: datetime
) -> None:
    dovecot.deliver(letter("one"), mailbox.address)
    again = [mailbox.fetch("", tmp_path, now) for _ in range(2)]
    assert [fetched.source_key for fetched in again[0].payloads] == [f.source_key for f in again[1].payloads]


def test_a_backlog_comes_in_batches_oldest_first_across_folders(
    dovecot: Dovecot, mailbox: Email, tmp_path: Path, now: datetime
) -> None:
    start = now.timestamp() - 100_000
    for number in range(70):
        folder = "Junk" if number % 3 == 0 else "INBOX"
        dovecot.deliver(letter(f"mail{number:02d}"), mailbox.address, folder, start + number)
    first = mailbox.fetch("", tmp_path, now)
    assert (len(first.payloads), first.more, first.backlog) == (50, True, 20)
    second = mailbox.fetch(first.cursor, tmp_path, now)
    assert (len(second.payloads), second.more, second.backlog) == (20, False, 0)
    assert subjects(first) + subjects(second) == [f"mail{number:02d}" for number in range(70)]


def test_a_batch_holds_at_most_32_mib(dovecot: Dovecot, mailbox: Email, tmp_path: Path, now: datetime) -> None:
    for name in ("one", "two", "three"):
        dovecot.deliver(letter(name, "x" * 70 + ("\r\n" + "y" * 70) * 200_000), mailbox.address)
    first = mailbox.fetch("", tmp_path, now)
    assert ([fetched.size > 14_000_000 for fetched in first.payloads], first.more) == ([True, True], True)
    assert len(mailbox.fetch(first.cursor, tmp_path, now).payloads) == 1


def test_a_mail_of_60_mib_comes_whole_in_little_memory(
    dovecot: Dovecot, mailbox: Email, tmp_path: Path, now: datetime
) -> None:
    raw = letter("big", ("z" * 98 + "\r\n") * (60 * 1024 * 1024 // 100))
    dovecot.deliver(raw, mailbox.address)
    digest = hashlib.sha256(raw).hexdigest()
    size = len(raw)
    del raw
    tracemalloc.start()
    (fetched,) = mailbox.fetch("", tmp_path, now).payloads
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (fetched.sha256, fetched.size) == (digest, size)
    assert peak < 10 * 1024 * 1024


def test_a_mail_above_the_limit_comes_as_headers_and_text(
    dovecot: Dovecot, mailbox: Email, tmp_path: Path, now: datetime
) -> None:
    attachment = "QUJD" * 500_000
    raw = (
        "From: carla@example.com\r\nSubject: cut me\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/mixed;\r\n boundary=outer\r\n\r\n"
        "--outer\r\nContent-Type: multipart/alternative; boundary=inner\r\n\r\n"
        "--inner\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nПривет\r\n"
        "--inner\r\nContent-Type: text/html\r\n\r\n<p>hello</p>\r\n--inner--\r\n"
        "--outer\r\nContent-Type: text/plain; name=a.txt\r\nContent-Disposition: attachment; filename=a.txt\r\n"
        f"Content-Transfer-Encoding: base64\r\n\r\n{attachment}\r\n--outer--\r\n"
    ).encode()
    dovecot.deliver(raw, mailbox.address)
    (fetched,) = replace(mailbox, largest_mail=1).fetch("", tmp_path, now).payloads
    assert fetched.facts["cut"] == str(len(raw))
    assert bytes_of(fetched).decode() == (
        "From: carla@example.com\r\nSubject: cut me\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nПривет"
    )


def test_a_plain_mail_above_the_limit_keeps_the_beginning_of_its_text(
    dovecot: Dovecot, mailbox: Email, tmp_path: Path, now: datetime
) -> None:
    raw = letter("long", "beginning" + ("\r\n" + "y" * 70) * 40_000)
    dovecot.deliver(raw, mailbox.address)
    (fetched,) = replace(mailbox, largest_mail=1).fetch("", tmp_path, now).payloads
    kept = bytes_of(fetched)
    assert raw.startswith(kept)
    assert 1024 * 1024 < len(kept) < 1024 * 1024 + 1000


def test_old_mail_stays_where_it_is_at_first_but_not_what_is_moved_in_later(
    dovecot: Dovecot, mailbox: Email, tmp_path: Path, now: datetime
) -> None:
    old = now.timestamp() - 90 * 86_400
    dovecot.deliver(letter("old"), mailbox.address, at=old)
    dovecot.deliver(letter("young"), mailbox.address)
    found, cursor = everything(mailbox, tmp_path, now)
    assert found == ["young"]
    dovecot.deliver(letter("moved in"), mailbox.address, at=old)
    assert everything(mailbox, tmp_path, now, cursor)[0] == ["moved in"]


def test_after_an_outage_everything_comes_whatever_its_date(
    dovecot: Dovecot, mailbox: Email, tmp_path: Path, now: datetime
) -> None:
    dovecot.deliver(letter("before"), mailbox.address)
    _, cursor = everything(mailbox, tmp_path, now)
    dovecot.deliver(letter("during"), mailbox.address)
    assert everything(mailbox, tmp_path, now + timedelta(days=400), cursor)[0] == ["during"]


def test_a_renumbered_folder_is_listed_again_and_says_so(
    dovecot: Dovecot, mailbox: Email, tmp_path: Path, now: datetime
) -> None:
    for name in ("one", "two"):
        dovecot.deliver(letter(name), mailbox.address)
    before = mailbox.fetch("", tmp_path, now)
    dovecot.reset_uidvalidity(mailbox.address)
    again = mailbox.fetch(before.cursor, tmp_path, now)
    assert sorted(subjects(again)) == ["one", "two"]
    assert {fetched.sha256 for fetched in again.payloads} == {fetched.sha256 for fetched in before.payloads}
    assert all(fetched.facts["relisted"] == "1" for fetched in again.payloads)
    assert not {f.source_key for f in again.payloads} & {f.source_key for f in before.payloads}
    dovecot.deliver(letter("three"), mailbox.address)
    (new,) = mailbox.fetch(again.cursor, tmp_path, now).payloads
    assert "relisted" not in new.facts


def test_mail_that_vanished_does_not_stop_the_others(
    dovecot: Dovecot, mailbox: Email, tmp_path: Path, now: datetime
) -> None:
    for name in ("one", "two", "three"):
        dovecot.deliver(letter(name), mailbox.address)
    dovecot.remove(2, mailbox.address)
    dovecot.remove(3, mailbox.address)
    found, cursor = everything(mailbox, tmp_path, now)
    assert found == ["one"]
    dovecot.deliver(letter("four"), mailbox.address)
    assert everything(mailbox, tmp_path, now, cursor)[0] == ["four"]


@pytest.mark.parametrize("name", ["To answer", "Ответить & решить", 'a "quoted" one', "deep/er"])
def test_folders_may_have_any_name(dovecot: Dovecot, mailbox: Email, tmp_path: Path, now: datetime, name: str) -> None:
    chosen = replace(mailbox, inbox_folder=name.replace("/", "."))
    with chosen._session() as client:
        client.create_folder(chosen.inbox_folder)
        client.append(chosen.inbox_folder, letter("found"))
    (fetched,) = chosen.fetch("", tmp_path, now).payloads
    assert fetched.facts["folder"] == chosen.inbox_folder
    assert fetched.source_key.startswith(f"imap:{chosen.inbox_folder}:")


def test_junk_and_sent_are_found_by_their_use_and_left_out_on_request(
    dovecot: Dovecot, mailbox: Email, tmp_path: Path, now: datetime
) -> None:
    for folder in ("INBOX", "Junk", "Sent"):
        dovecot.deliver(letter(folder), mailbox.address, folder)
    batch = mailbox.fetch("", tmp_path, now)
    assert {fetched.facts["role"]: fetched.facts["folder"] for fetched in batch.payloads} == {
        "inbox": "INBOX",
        "junk": "Junk",
        "sent": "Sent",
    }
    alone = replace(mailbox, take_junk=False, take_sent=False)
    assert subjects(alone.fetch("", tmp_path, now)) == ["INBOX"]


def test_nothing_is_marked_as_read(dovecot: Dovecot, mailbox: Email, tmp_path: Path, now: datetime) -> None:
    dovecot.deliver(letter("one"), mailbox.address)
    _, cursor = everything(mailbox, tmp_path, now)
    mailbox.fetch(cursor, tmp_path, now)
    assert flags(mailbox, 1) == ()


def test_mail_is_marked_and_moved_only_once_it_is_safe_and_only_on_request(
    dovecot: Dovecot, mailbox: Email, tmp_path: Path, now: datetime
) -> None:
    dovecot.deliver(letter("old"), mailbox.address, at=now.timestamp() - 90 * 86_400)
    dovecot.deliver(letter("one"), mailbox.address)
    marking = replace(mailbox, mark_seen=True)
    saved = marking.fetch("", tmp_path, now).cursor
    assert flags(mailbox, 2) == ()  # the cursor may not be saved yet
    saved = marking.fetch(saved, tmp_path, now).cursor
    assert (flags(mailbox, 2), flags(mailbox, 1)) == ((b"\\Seen",), ())
    dovecot.deliver(letter("two"), mailbox.address)
    moving = replace(mailbox, move_after="Done")
    saved = moving.fetch(saved, tmp_path, now).cursor
    moving.fetch(saved, tmp_path, now)
    with mailbox._session() as client:
        client.select_folder("Done", readonly=True)
        assert len(client.search()) == 1


def flags(mailbox: Email, uid: int) -> Sequence[bytes]:
    with mailbox._session() as client:
        client.select_folder("INBOX", readonly=True)
        found: dict[int, Sequence[bytes]] = client.get_flags([uid])
        return tuple(flag for flag in found[uid] if flag != b"\\Recent")


def test_the_gap_check_brings_what_is_behind_the_cursor_and_not_known(
    dovecot: Dovecot, mailbox: Email, tmp_path: Path, now: datetime
) -> None:
    for name in ("one", "two", "three"):
        dovecot.deliver(letter(name), mailbox.address)
    batch = mailbox.fetch("", tmp_path, now)
    lost = batch.payloads[1].source_key
    gap = mailbox.missed(GapCheck(cursor=batch.cursor, known=lambda keys: set(keys) - {lost}), tmp_path, now)
    assert ([fetched.source_key for fetched in gap.payloads], gap.more) == ([lost], False)
    assert not mailbox.missed(GapCheck(cursor=batch.cursor, known=set), tmp_path, now).payloads


def test_the_gap_check_leaves_alone_what_was_too_old_or_is_still_to_come(
    dovecot: Dovecot, mailbox: Email, tmp_path: Path, now: datetime
) -> None:
    dovecot.deliver(letter("old"), mailbox.address, at=now.timestamp() - 90 * 86_400)
    dovecot.deliver(letter("young"), mailbox.address)
    cursor = mailbox.fetch("", tmp_path, now).cursor
    dovecot.deliver(letter("to come"), mailbox.address)
    assert subjects(mailbox.missed(GapCheck(cursor=cursor, known=lambda _: set()), tmp_path, now)) == ["young"]


def test_mail_by_lmtp_for_several_addresses_of_the_mailbox_is_seen(
    dovecot: Dovecot, mailbox: Email, tmp_path: Path, now: datetime
) -> None:
    local, _, domain = mailbox.address.partition("@")
    dovecot.lmtp(letter("token"), [f"{local}+c42.sig@{domain}"])
    (fetched,) = mailbox.fetch("", tmp_path, now).payloads
    assert f"{local}+c42.sig@{domain}".encode() in bytes_of(fetched)


def test_the_cursor_survives_a_folder_that_is_gone_for_a_while(
    dovecot: Dovecot, mailbox: Email, tmp_path: Path, now: datetime
) -> None:
    dovecot.deliver(letter("junk"), mailbox.address, "Junk")
    _, cursor = everything(mailbox, tmp_path, now)
    without = replace(mailbox, take_junk=False).fetch(cursor, tmp_path, now).cursor
    assert loads(without)["Junk"] == loads(cursor)["Junk"]
    assert everything(mailbox, tmp_path, now, without)[0] == []


def test_mail_that_comes_while_a_folder_is_opened_is_seen(
    dovecot: Dovecot, mailbox: Email, tmp_path: Path, now: datetime, allow_plain: Callable[..., None]
) -> None:
    # SEARCH in an open session answers from what the client was last told; NOOP has it told anew.
    with faulty_line(("127.0.0.1", dovecot.imap_port)) as line:
        delivered: list[str] = []

        def deliver_once(said: bytes) -> bytes:
            if b"[READ-ONLY]" in said and not delivered:
                delivered.append("late")
                dovecot.deliver(letter("late"), mailbox.address)
            return said

        line.change = deliver_once
        allow_plain(line.port)
        slow = replace(mailbox, imap_host="127.0.0.1", imap_port=line.port, imap_security="plain")
        assert subjects(slow.fetch("", tmp_path, now)) == ["late"]


def test_mail_that_vanishes_between_listing_and_fetching_is_passed(
    dovecot: Dovecot, mailbox: Email, tmp_path: Path, now: datetime, allow_plain: Callable[..., None]
) -> None:
    for name in ("one", "two", "three"):
        dovecot.deliver(letter(name), mailbox.address)
    with faulty_line(("127.0.0.1", dovecot.imap_port)) as line:
        line.change = lambda said: re.sub(rb"\* \d FETCH \(UID [23] [^\r\n]*\)\r\n", b"", said)
        allow_plain(line.port)
        lossy = replace(mailbox, imap_host="127.0.0.1", imap_port=line.port, imap_security="plain")
        batch = lossy.fetch("", tmp_path, now)
    assert (subjects(batch), batch.more, loads(batch.cursor)["INBOX"].uid) == (["one"], False, 3)
