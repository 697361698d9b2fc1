"""Every item gets exactly one outcome, and none holds up another."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from errno import ENOSPC
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, InterfaceError, OperationalError
from django.utils import timezone
from psycopg.errors import DiskFull, ProgramLimitExceeded

from connectors.contract import Content, Incoming, Payload
from connectors.errors import NO_ROOM, Unreadable
from inbox import blobs, hot, parser
from inbox.connect import connect, save
from inbox.desk import spam
from inbox.inbound import receive, release, retrying, unpack
from inbox.inbound.belonging import Source
from inbox.models import (
    Address,
    Attachment,
    Conversation,
    Delivery,
    DeliveryState,
    Item,
    Message,
    Outcome,
    State,
)
from inbox.signing import token_for
from tests.inbox.desk_of_five import Desk, delivery_of
from tests.inbox.inbound.arriving import arrives, drop, letter

pytestmark = pytest.mark.usefixtures("reader")


def breaks(monkeypatch: pytest.MonkeyPatch, error: Exception, *, once: bool = False) -> None:
    """Reading anything raises this."""
    real = parser.read

    def read(kind: str, payload: Payload, folder: Path) -> Sequence[Content]:
        if once:
            monkeypatch.setattr(parser, "read", real)
        raise error

    monkeypatch.setattr(parser, "read", read)


def test_a_mail_becomes_a_message(desk: Desk) -> None:
    item = arrives(desk, letter())
    message = Message.objects.get(item=item)
    assert (item.outcome, item.attempts) == (Outcome.MESSAGE, 1)
    assert (message.text.strip(), message.subject) == ("The lamp arrived broken.", "A broken lamp")
    assert message.sender is not None
    assert message.sender.value == "carla@example.com"


def test_an_attachment_is_kept_with_its_bytes(desk: Desk) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = "carla@example.com", "support@example.com", "<a@example.com>"
    mail.set_content("See the picture")
    mail.add_attachment(b"not really a picture", maintype="image", subtype="jpeg", filename="lamp.jpg")
    arrives(desk, mail.as_bytes())
    file = Attachment.objects.get()
    assert (file.name, file.size) == ("lamp.jpg", 20)
    assert blobs.read(file.sha256) == b"not really a picture"


def test_mail_from_the_spam_folder_waits_in_quarantine_with_the_reason(desk: Desk) -> None:
    item = arrives(desk, letter(), role="junk", folder="Spam")
    assert item.outcome == Outcome.QUARANTINE
    assert item.reason is not None
    assert item.reason["facts"] == {"folder": "Spam"}
    assert item.reason["from"] == "carla@example.com"
    assert not Conversation.objects.exists()


def test_mail_that_a_trusted_filter_takes_for_spam_waits_in_quarantine(desk: Desk) -> None:
    trusts(desk, trusted_spam_header="X-Spam-Flag")
    item = arrives(desk, letter(x_spam_flag="YES"))
    assert item.outcome == Outcome.QUARANTINE


def test_a_spam_header_that_nobody_trusts_is_only_text(desk: Desk) -> None:
    assert arrives(desk, letter(x_spam_flag="YES")).outcome == Outcome.MESSAGE


def test_mail_of_a_blocked_sender_waits_in_quarantine(desk: Desk) -> None:
    arrives(desk, letter())
    spam.block(Address.objects.get(), reason="insults", by=desk.sam, now=desk.later())
    item = arrives(desk, letter("Again", message_id="<second@example.com>"), "2")
    assert item.outcome == Outcome.QUARANTINE
    assert item.reason is not None
    assert item.reason["facts"] == {"reason": "insults"}


def test_no_other_writing_of_his_address_gets_past_the_block(desk: Desk) -> None:
    desk.problem()
    spam.block(Address.objects.get(value="carla@example.com"), reason="Casino", by=desk.sam, now=desk.later())
    item = arrives(desk, letter(**{"from": "Carla <Carla@EXAMPLE.com>"}))
    assert item.outcome == Outcome.QUARANTINE


def test_an_automatic_answer_to_nothing_of_ours_waits_in_quarantine_with_the_reason(desk: Desk) -> None:
    item = arrives(desk, letter("I am away.", auto_submitted="auto-replied"))
    assert item.outcome == Outcome.QUARANTINE
    assert item.reason is not None
    assert item.reason["sentence"] == "An automatic answer that belongs to none of our conversations."
    assert (item.reason["from"], item.reason["subject"]) == ("carla@example.com", "A broken lamp")
    assert not Conversation.objects.exists()


def test_an_automatic_answer_waits_a_while_for_the_copy_of_what_was_written_in_another_program(desk: Desk) -> None:
    written = {"message_id": "<phone@example.com>", "from": "support@example.com", "to": "carla@example.com"}
    away = {"auto_submitted": "auto-replied", "message_id": "<a@x>", "in_reply_to": "<phone@example.com>"}
    item = drop(desk, letter("I am away.", **away), "1")
    Item.objects.filter(pk=item.pk).update(received_at=timezone.now())
    assert again(desk, item) == Outcome.WAITING
    arrives(desk, letter("Your lamp is here.", **written), "sent 1", role="sent", folder="Sent")
    assert again(desk, item) == Outcome.AUTOMATIC
    texts = Conversation.objects.get().messages.order_by("pk").values_list("text", flat=True)
    assert [text.strip() for text in texts] == ["Your lamp is here.", "I am away."]


def test_an_automatic_answer_to_what_never_comes_waits_no_longer_than_a_quarter_of_an_hour(desk: Desk) -> None:
    away = {"auto_submitted": "auto-replied", "message_id": "<a@x>", "in_reply_to": "<phone@example.com>"}
    item = arrives(desk, letter("I am away.", **away), "1")
    Item.objects.filter(pk=item.pk).update(received_at=timezone.now() - timedelta(minutes=16))
    assert again(desk, item) == Outcome.QUARANTINE


def test_what_a_program_made_of_somebodys_words_opens_a_conversation(desk: Desk) -> None:
    item = arrives(desk, letter("A new order", auto_submitted="auto-generated"))
    assert item.outcome == Outcome.MESSAGE
    assert Message.objects.get().automatic == "Auto-Submitted: auto-generated"


def test_an_automatic_answer_to_our_mail_stands_in_its_conversation(desk: Desk) -> None:
    sent = sent_to_carla(desk)
    away = letter("I am away.", auto_submitted="auto-replied", message_id="<a@x>", in_reply_to=f"<{sent.provider_id}>")
    item = arrives(desk, away, "2")
    assert (item.outcome, Message.objects.get(item=item).conversation) == (Outcome.AUTOMATIC, sent.conversation)


def test_what_was_put_away_stays_there_when_the_folder_is_numbered_anew(desk: Desk) -> None:
    held = arrives(desk, letter("I am away.", auto_submitted="auto-replied"), "1")
    release.discard(held, by=desk.sam, now=desk.later())
    again = arrives(desk, letter("I am away.", auto_submitted="auto-replied"), "2")
    held.refresh_from_db()
    assert (held.outcome, again.outcome) == (Outcome.QUARANTINE, Outcome.DUPLICATE)
    assert held.discarded_by == desk.sam


def test_mail_of_a_sender_who_is_unblocked_comes_in(desk: Desk) -> None:
    arrives(desk, letter())
    spam.block(Address.objects.get(), reason="insults", by=desk.sam, now=desk.later())
    spam.unblock(Address.objects.get(), by=desk.sam, now=desk.later())
    assert arrives(desk, letter("Again", message_id="<2@example.com>"), "2").outcome == Outcome.MESSAGE


def test_what_somebody_moves_out_of_junk_comes_in_and_leaves_the_quarantine(desk: Desk) -> None:
    junk = arrives(desk, letter(), "junk 1", role="junk", folder="Junk")
    moved = arrives(desk, letter(), "inbox 1")
    junk.refresh_from_db()
    assert (junk.outcome, moved.outcome) == (Outcome.DUPLICATE, Outcome.MESSAGE)
    assert Message.objects.count() == 1


def test_what_was_discarded_and_is_then_moved_out_of_junk_comes_in(desk: Desk) -> None:
    junk = arrives(desk, letter(), "junk 1", role="junk", folder="Junk")
    release.discard(junk, by=desk.sam, now=desk.later())
    assert arrives(desk, letter(), "inbox 1").outcome == Outcome.MESSAGE


def test_the_same_bytes_in_another_folder_are_a_duplicate(desk: Desk) -> None:
    arrives(desk, letter())
    again = arrives(desk, letter(), "2", folder="Old")
    assert again.outcome == Outcome.DUPLICATE
    assert Message.objects.count() == 1


def test_what_cannot_be_read_is_shown_and_the_next_one_is_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    breaks(monkeypatch, Unreadable("It is nothing that can be read."), once=True)
    bad = drop(desk, b"", "1")
    good = arrives(desk, letter(), "2")
    bad.refresh_from_db()
    assert (bad.outcome, good.outcome) == (Outcome.UNREADABLE, Outcome.MESSAGE)
    assert bad.reason is not None
    assert bad.reason["sentence"] == "It is nothing that can be read."


def test_what_breaks_our_own_program_is_shown_and_the_next_one_is_read(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaks(monkeypatch, ZeroDivisionError(), once=True)
    bad = drop(desk, letter("Bad"), "1")
    good = arrives(desk, letter(), "2")
    bad.refresh_from_db()
    assert (bad.outcome, good.outcome) == (Outcome.UNREADABLE, Outcome.MESSAGE)


def test_what_waits_together_gets_its_places_in_one_transaction(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    passed: list[str] = []
    monkeypatch.setattr(unpack, "failpoint", passed.append)
    drop(desk, letter("One"), "1")
    drop(desk, letter("Two", message_id="<second@example.com>"), "2")
    arrives(desk, letter("Three", message_id="<third@example.com>"), "3")
    assert passed.count("before_receive_commit") == 1
    assert Message.objects.count() == 3


def test_who_settles_many_waits_for_no_row_as_long_as_a_deadlock_takes_to_be_found(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, waits = receive.receive, []

    def tells(source: Source, incoming: Incoming, **more: Any) -> receive.Received:
        waits.append(hot.fetch("SHOW lock_timeout")[0][0])
        return real(source, incoming, **more)

    monkeypatch.setattr(receive, "receive", tells)
    arrives(desk, letter("Alone"), "1")
    drop(desk, letter("One", message_id="<second@example.com>"), "2")
    arrives(desk, letter("Two", message_id="<third@example.com>"), "3")
    assert waits == ["3s", "200ms", "200ms"]


def test_what_breaks_takes_nothing_from_what_was_opened_with_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    real = receive.receive

    def breaks_late(source: Source, incoming: Incoming, **more: Any) -> receive.Received:
        received = real(source, incoming, **more)
        if incoming.text.startswith("Bad"):
            raise ZeroDivisionError
        return received

    monkeypatch.setattr(receive, "receive", breaks_late)
    first = drop(desk, letter("One"), "1")
    bad = drop(desk, letter("Bad", message_id="<second@example.com>"), "2")
    last = arrives(desk, letter("Three", message_id="<third@example.com>"), "3")
    first.refresh_from_db()
    bad.refresh_from_db()
    assert [item.outcome for item in (first, bad, last)] == [Outcome.MESSAGE, Outcome.UNREADABLE, Outcome.MESSAGE]
    assert set(Message.objects.values_list("item", flat=True)) == {first.pk, last.pk}


def test_what_stays_due_whatever_is_done_with_it_is_left_to_the_sweep(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpack, "_settle_all", lambda read: 0)
    first, last = drop(desk, letter("One"), "1"), arrives(desk, letter("Two", message_id="<second@example.com>"), "2")
    assert [Item.objects.get(pk=item.pk).attempts for item in (first, last)] == [2, 2]


def test_what_killed_its_reader_is_tried_again_and_shown_after_the_third_time(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaks(monkeypatch, Unreadable("It was killed.", died=True))
    item = arrives(desk, letter())
    assert (item.outcome, item.attempts) == (Outcome.WAITING, 1)
    assert item.due_at is not None
    assert item.due_at > timezone.now()
    outcomes = [again(desk, item) for _ in range(2)]
    assert outcomes == [Outcome.WAITING, Outcome.UNREADABLE]


def test_while_it_is_tried_again_the_log_and_the_item_say_why(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    breaks(monkeypatch, Unreadable("It was killed after %(seconds)s s.", died=True, seconds=5))
    with caplog.at_level("WARNING", logger="inbox.inbound.retrying"):
        item = arrives(desk, letter())
    assert f"item {item.pk} of support@example.com: It was killed after 5 s. Try 1 of 3" in caplog.text
    (trouble,) = retrying.troubles().values()
    assert (trouble.items, trouble.why, trouble.again_at) == (1, "It was killed after 5 s.", item.due_at)
    monkeypatch.undo()
    assert again(desk, item) == Outcome.MESSAGE
    item.refresh_from_db()
    assert (item.reason, retrying.troubles()) == (None, {})


def full_disk(*_: Any, **__: Any) -> None:
    raise OSError(ENOSPC, "No space left on device")


def full_reader(*_: Any, **__: Any) -> None:
    raise Unreadable(NO_ROOM, no_room=True)


def full_database(*_: Any, **__: Any) -> None:
    raise OperationalError("could not extend file") from DiskFull("could not extend file")


@pytest.mark.parametrize(
    ("module", "name", "trouble"),
    [(unpack, "keep_files", full_disk), (receive, "receive", full_database), (parser, "read", full_reader)],
)
def test_a_full_disk_of_ours_makes_no_mail_unreadable_however_long_it_lasts(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, module: Any, name: str, trouble: Any
) -> None:
    item = drop(desk, letter())
    with monkeypatch.context() as patch:
        patch.setattr(module, name, trouble)
        outcomes = {again(desk, item) for _ in range(5)}
    assert (outcomes, item.attempts) == ({Outcome.WAITING}, 0)
    assert [trouble.items for trouble in retrying.troubles().values()] == [1]
    assert again(desk, item) == Outcome.MESSAGE


def refuses_with(error: Exception) -> Callable[..., None]:
    def refuses(*_: Any, **__: Any) -> None:
        raise error

    return refuses


@pytest.mark.parametrize(
    "trouble",
    [
        OperationalError("canceling statement due to lock timeout"),
        OperationalError("deadlock detected"),
        OperationalError("could not serialize access due to concurrent update"),
        OperationalError("server closed the connection unexpectedly"),
        InterfaceError("the connection is closed"),
    ],
)
def test_trouble_of_the_database_is_no_fault_of_the_mail_however_long_it_lasts(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    item = drop(desk, letter())
    with monkeypatch.context() as patch:
        patch.setattr(receive, "receive", refuses_with(trouble))
        outcomes = {again(desk, item) for _ in range(5)}
    assert (outcomes, item.attempts) == ({Outcome.WAITING}, 0)
    (told,) = retrying.troubles().values()
    assert told.why == f"The database could not take it in. ({trouble})"
    assert again(desk, item) == Outcome.MESSAGE


def test_what_the_database_can_never_take_in_is_shown_to_people(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    too_much = OperationalError("index row size 9000 exceeds maximum 8191")
    too_much.__cause__ = ProgramLimitExceeded()
    monkeypatch.setattr(receive, "receive", refuses_with(too_much))
    item = arrives(desk, letter())
    assert [again(desk, item) for _ in range(2)] == [Outcome.WAITING, Outcome.UNREADABLE]


def test_a_bounce_marks_the_delivery_and_is_no_message(desk: Desk) -> None:
    sent = sent_to_carla(desk)
    item = arrives(desk, bounce(sent.provider_id), "2")
    sent.refresh_from_db()
    conversation = sent.conversation
    conversation.refresh_from_db()
    assert (item.outcome, sent.state) == (Outcome.BOUNCE, DeliveryState.FAILED)
    assert (conversation.state, conversation.messages.count()) == (State.OPEN, 2)
    assert Address.objects.get(value="carla@example.com").permanent_failures == 1


def test_a_bounce_of_something_that_is_not_ours_is_kept_quietly(desk: Desk) -> None:
    sent = sent_to_carla(desk)
    item = arrives(desk, bounce("invented@example.com"), "2")
    sent.refresh_from_db()
    assert (item.outcome, sent.state) == (Outcome.BOUNCE, DeliveryState.SENT)


def test_a_bounce_of_two_recipients_fails_what_went_to_both(desk: Desk) -> None:
    sent = sent_to_carla(desk, cc=["kim@example.org"])
    item = arrives(desk, bounce(sent.provider_id, "carla@example.com", "kim@example.org"), "2")
    sent.refresh_from_db()
    assert (item.outcome, sent.state) == (Outcome.BOUNCE, DeliveryState.FAILED)
    assert item.reason is not None
    assert item.reason["recipient"] == "carla@example.com, kim@example.org"


def test_our_own_copy_in_sent_proves_that_it_left(desk: Desk) -> None:
    conversation = desk.problem()
    delivery = delivery_of(desk.answers(conversation))
    item = arrives(desk, blobs.read(delivery.payload), "sent 1", role="sent", folder="Sent")
    delivery.refresh_from_db()
    assert (item.outcome, delivery.state) == (Outcome.RECEIPT, DeliveryState.SENT)
    assert Message.objects.count() == 2


def renamed(sent: Delivery) -> bytes:
    """Our answer as a provider keeps it that writes Message-IDs of its own."""
    return blobs.read(sent.payload).replace(
        f"Message-ID: <{sent.provider_id}>".encode(), b"Message-ID: <made@out.example>"
    )


def test_our_copy_under_another_id_is_no_second_answer_and_is_known_by_both(desk: Desk) -> None:
    sent = sent_to_carla(desk)
    item = arrives(desk, renamed(sent), "sent 1", role="sent", folder="Sent")
    assert (item.outcome, Message.objects.count()) == (Outcome.RECEIPT, 2)
    arrives(desk, letter("It is the red one.", message_id="<2@example.com>", in_reply_to="<made@out.example>"), "3")
    assert sent.conversation.messages.count() == 3


def test_a_bounce_that_names_another_id_marks_the_delivery(desk: Desk) -> None:
    sent = sent_to_carla(desk)
    head = f"Message-ID: <made@out.example>\r\nX-Otvet-Delivery: {sent.provider_id}\r\n".encode()
    arrives(desk, bounce("made@out.example").replace(b"Message-ID: <made@out.example>\r\n", head), "2")
    sent.refresh_from_db()
    assert sent.state == DeliveryState.FAILED


def test_in_the_inbox_our_own_field_proves_nothing(desk: Desk) -> None:
    sent = delivery_of(desk.answers(desk.problem()))
    item = arrives(desk, letter("Look at this.", x_otvet_delivery=sent.provider_id), "2")
    sent.refresh_from_db()
    assert (item.outcome, sent.accepted_at) == (Outcome.MESSAGE, None)


@pytest.mark.parametrize(("sender", "messages"), [("carla@example.com", 2), ("carla@example.org", 1)])
def test_an_answer_that_names_the_root_alone_joins_if_he_takes_part(desk: Desk, sender: str, messages: int) -> None:
    conversation = desk.problem()
    root = f"<{token_for(conversation.number)}.root@example.com>"
    arrives(desk, letter("It is the red one.", **{"from": sender}, references=root))
    assert conversation.messages.count() == messages


def test_an_answer_written_in_another_program_stands_in_the_conversation(desk: Desk) -> None:
    arrives(desk, letter())
    theirs = letter(
        "I answered from my phone.",
        **{"from": "support@example.com", "to": "carla@example.com"},
        message_id="<phone@example.com>",
        in_reply_to="<first@example.com>",
    )
    arrives(desk, theirs, "sent 1", role="sent", folder="Sent")
    said = Conversation.objects.get().messages.order_by("pk").last()
    assert said is not None
    assert (said.direction, said.text.strip()) == ("outgoing", "I answered from my phone.")
    assert not said.deliveries.exists()


def test_headers_with_a_nul_lose_nothing_else(desk: Desk) -> None:
    raw = letter().replace(b"A broken lamp", b"A broken\x00 lamp").replace(b"Carla <", b"Ca\x00rla <")
    item = arrives(desk, raw)
    assert (item.outcome, item.reason) == (Outcome.MESSAGE, None)


def again(desk: Desk, item: Item) -> str:
    """Its time has come once more."""
    Item.objects.filter(pk=item.pk).update(due_at=None)
    unpack.open_waiting(desk.channel)
    item.refresh_from_db()
    return item.outcome


def trusts(desk: Desk, **settings: Any) -> None:
    save(desk.channel, replace(connect(desk.channel), **settings))  # type: ignore[type-var]  # a dataclass


def sent_to_carla(desk: Desk, **more: Any) -> Delivery:
    """An answer that her provider took."""
    delivery = delivery_of(desk.answers(desk.problem(), **more))
    Delivery.objects.update(state=DeliveryState.SENT, accepted_at=desk.clock, due_at=None)
    return delivery


def bounce(provider_id: str, *recipients: str) -> bytes:
    """What a mail server says that could not hand it on (RFC 3464)."""
    groups = "".join(
        f"Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n"
        for recipient in recipients or ["carla@example.com"]
    )
    return (
        "From: MAILER-DAEMON@example.com\r\nTo: support@example.com\r\nSubject: Undelivered mail\r\n"
        "Message-ID: <bounce@example.com>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nNobody of this name.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; example.com\r\n\r\n"
        f"{groups}--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{provider_id}>\r\n\r\n--b--\r\n"
    ).encode()


def test_a_thread_that_an_agent_opened_at_that_very_moment_does_not_make_a_message_unreadable(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = receive.receive

    def meanwhile(*_: object, **__: object) -> object:
        monkeypatch.setattr(receive, "receive", real)
        raise IntegrityError('duplicate key value violates unique constraint "conversation_thread_once"')

    monkeypatch.setattr(receive, "receive", meanwhile)
    item = arrives(desk, letter())
    assert item.outcome == Outcome.WAITING
    assert again(desk, item) == Outcome.MESSAGE
