"""A mail that was taken for another charset is read again in the one that a person says it is in."""

from collections.abc import Iterator
from hashlib import sha256
from itertools import chain
from typing import Any

import pytest

from inbox import blobs, parser
from inbox.connect import connect, save
from inbox.desk.customers import change_customer
from inbox.desk.note import note
from inbox.errors import AlreadyDone, ChannelCannot, Invalid, NotAllowed
from inbox.inbound.read_again import read_again
from inbox.models import Activity, Address, Conversation, Message, preview_of
from inbox.search import find
from tests.inbox.desk_of_five import CARLA, Desk, answer_to, reference_of
from tests.inbox.inbound.arriving import arrives, letter
from tests.inbox.network import network, public

pytestmark = pytest.mark.usefixtures("reader")

TEXT = "Где лампа? Жду ответа."
WORDS = ("subject", "text", "reply_text", "quoted_text", "html", "remote_images")


def mislabelled(charset: bytes = b"windows-1250", head: bytes = b"", subject: bytes = TEXT.encode("koi8-r")) -> bytes:
    """A mail in KOI8-R that declares something else: both forms of its text, and a file."""
    text, page = (
        f"{TEXT}\r\n\r\nКарла пишет:\r\n> Да, она у нас.\r\n",
        f"<p>{TEXT}</p><img src='https://example.org/1'>",
    )
    kind = b"Content-Type: text/%b; charset=" + charset + b"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    return (
        b"From: Carla <carla@example.com>\r\nTo: support@example.com\r\nMessage-ID: <first@example.com>\r\n"
        + head
        + b"Subject: "
        + subject
        + b'\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"; charset='
        + charset
        + b'\r\n\r\n--b\r\nContent-Type: multipart/alternative; boundary="a"\r\n\r\n--a\r\n'
        + kind % b"plain"
        + text.encode("koi8-r")
        + b"\r\n--a\r\n"
        + kind % b"html"
        + page.encode("koi8-r")
        + b"\r\n--a--\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n%PDF-1.7\r\n--b--\r\n"
    )


def comes(desk: Desk, raw: bytes, key: str = "1", **more: Any) -> Message:
    return Message.objects.get(item=arrives(desk, raw, key, **more))


@pytest.fixture
def garbled(desk: Desk) -> Message:
    message = comes(desk, mislabelled())
    assert TEXT not in f"{message.subject} {message.text} {message.html}"
    return message


def reads(message: Message) -> dict[str, object]:
    message.refresh_from_db()
    return {name: getattr(message, name) for name in WORDS}


def test_its_subject_and_both_forms_of_its_text_can_be_read_then(desk: Desk, garbled: Message) -> None:
    read_again(garbled, "koi8-r", by=desk.ada, now=desk.later())
    said = reads(garbled)
    assert (said["subject"], said["reply_text"]) == (TEXT, TEXT)
    assert str(said["quoted_text"]).endswith("> Да, она у нас.")
    assert TEXT in str(said["text"])
    assert str(said["html"]).startswith(f"<p>{TEXT}</p>")
    assert said["remote_images"] == 1


def test_words_of_eight_bits_that_nobody_declared_are_read_so_too(desk: Desk) -> None:
    text = "Gdzie jest żółta lampa?"
    raw = b"From: carla@example.com\r\nMessage-ID: <1@x>\r\nSubject: %b\r\n\r\n%b\r\n"
    message = comes(desk, raw % (text.encode("cp1250"), text.encode("cp1250")))
    assert text not in message.subject + message.text
    read_again(message, "windows-1250", by=desk.ada, now=desk.later())
    message.refresh_from_db()
    assert (message.subject, message.reply_text, message.text) == (text, text, text)


def test_a_subject_in_a_proper_encoded_word_stays(desk: Desk) -> None:
    proper = comes(desk, mislabelled(subject=b"=?utf-8?B?0JvQsNC80L/QsA==?="))
    read_again(proper, "koi8-r", by=desk.ada, now=desk.later())
    assert (reads(proper)["subject"], reads(proper)["reply_text"]) == ("Лампа", TEXT)


def test_nothing_else_of_the_message_changes(desk: Desk, garbled: Message) -> None:
    def all_else() -> list[dict[str, Any]]:
        files, ids = garbled.attachments.values(), garbled.provider_ids.values()
        kept: Iterator[Any] = chain(
            Message.objects.values(), Conversation.objects.values(), files, ids, Address.objects.values()
        )
        words = {*WORDS, "language", "preview", "details"}
        return [{name: row[name] for name in row if name not in words} for row in kept]

    before = all_else()
    read_again(garbled, "koi8-r", by=desk.ada, now=desk.later())
    assert all_else() == before
    details = garbled.details
    garbled.refresh_from_db()
    assert garbled.details == {**details, "charset": "koi8-r"}
    assert not list(blobs.landing().iterdir())


def test_it_can_be_chosen_again_and_put_back_to_what_the_mail_says(desk: Desk, garbled: Message) -> None:
    before, details = reads(garbled), garbled.details
    read_again(garbled, "windows-1251", by=desk.ada, now=desk.later())
    assert reads(garbled)["subject"] not in {TEXT, before["subject"]}
    read_again(garbled, "koi8-r", by=desk.ada, now=desk.later())
    assert reads(garbled)["subject"] == TEXT
    read_again(garbled, "", by=desk.ada, now=desk.later())
    assert (reads(garbled), garbled.details) == (before, details)


def test_the_log_tells_who_chose_what_once(desk: Desk, garbled: Message) -> None:
    for charset in ("koi8-r", "koi8-r", ""):
        read_again(garbled, charset, by=desk.ada, now=desk.later())
    log = Activity.objects.filter(verb="message_read_again", actor=desk.ada, conversation=garbled.conversation)
    told = [{"message": garbled.pk, "charset": "koi8-r"}, {"message": garbled.pk, "charset": ""}]
    assert list(log.order_by("pk").values_list("data", flat=True)) == told


def test_search_finds_the_words_that_can_be_read_now(desk: Desk, garbled: Message) -> None:
    assert find(desk.ada, "лампы").rows == []
    read_again(garbled, "koi8-r", by=desk.ada, now=desk.later())
    assert [row.pk for row in find(desk.ada, "лампы").rows] == [garbled.conversation_id]


def in_lists(message: Message) -> tuple[str, str]:
    row = Conversation.objects.get(pk=message.conversation_id)
    return row.subject, row.preview


def test_the_list_shows_what_it_showed_of_this_message_as_it_reads_now(desk: Desk, garbled: Message) -> None:
    read_again(garbled, "koi8-r", by=desk.ada, now=desk.later())
    assert in_lists(garbled) == (TEXT, TEXT)


def test_what_the_list_shows_of_another_message_stays(desk: Desk, garbled: Message) -> None:
    subject, _ = in_lists(garbled)
    later = comes(desk, mislabelled(head=b"In-Reply-To: <first@example.com>\r\n").replace(b"<first@", b"<2@", 1), "2")
    assert later.conversation == garbled.conversation
    assert later.subject == garbled.subject
    assert later.reply_text == garbled.reply_text
    read_again(garbled, "koi8-r", by=desk.ada, now=desk.later())
    assert in_lists(garbled) == (TEXT, preview_of(later.reply_text))
    read_again(garbled, "", by=desk.ada, now=desk.later())
    read_again(later, "koi8-r", by=desk.ada, now=desk.later())
    assert in_lists(garbled) == (subject, TEXT)
    desk.receives(answer_to(reference_of(garbled), text="It is the red one."))
    read_again(later, "", by=desk.ada, now=desk.later())
    assert in_lists(garbled) == (subject, "It is the red one.")


def test_a_mail_that_a_colleague_handed_on_stays_without_what_he_wrote_above_it(desk: Desk) -> None:
    connector = connect(desk.channel)
    save(desk.channel, type(connector)(**{**vars(connector), "authserv_id": "mx.example.com"}))
    head = "---------- Forwarded message ---------\nFrom: Carla <carla@example.com>\nDate: Mon, 2 Nov 2026 at 09:00\n"
    text = f"Look at this, please.\n\n{head}Subject: {TEXT}\nTo: Ada <ada@example.com>\n\n{TEXT}\n"
    raw = (
        f"From: {desk.ada.email}\nSubject: Fwd: lamp\nMessage-ID: <fwd@example.com>\nContent-Type: text/plain;"
        " charset=windows-1250\nAuthentication-Results: mx.example.com; dmarc=pass header.from=example.com\n\n"
    )
    message = comes(desk, raw.encode() + text.encode("koi8-r"))
    assert message.sender
    assert message.sender.value == CARLA.address
    read_again(message, "koi8-r", by=desk.ada, now=desk.later())
    said = str(reads(message)["reply_text"])
    assert said.endswith(TEXT)
    assert "Look at this" not in said


# -- names, which are only names


LENA = "Лена"
NAMES = (
    b"From: %b <carla@example.com>\r\nReply-To: %b <home@example.com>\r\n"
    b"To: %b <support@example.com>, x@example.com\r\n"
    b"Cc: %b <lena@example.com>, =?utf-8?B?0JDQvdC90LA=?= <anna@example.com>\r\nMessage-ID: <names@example.com>\r\n"
    b"Subject: x\r\nContent-Type: text/plain; charset=windows-1250\r\n\r\n%b\r\n"
)


@pytest.fixture
def nameless(desk: Desk) -> Message:
    """A mail in which no name can be read, from somebody who writes for the first time."""
    names = [name.encode("koi8-r") for name in ("Карла Иванова", "Карла дома", "Поддержка", LENA, TEXT)]
    return comes(desk, NAMES % tuple(names))


def called(message: Message) -> dict[str, list[tuple[str, str]]]:
    message.refresh_from_db()
    details = message.details | {"reply_to": [message.details["reply_to"]]}
    return {part: [(p["address"], p["name"]) for p in details[part]] for part in ("to", "cc", "reply_to")}


def callers(message: Message) -> tuple[str, str, str]:
    address = Address.objects.select_related("customer").get(messages=message)
    return address.value, address.name, address.customer.name


def test_the_names_of_people_can_be_read_and_their_addresses_stay(desk: Desk, nameless: Message) -> None:
    before, was = called(nameless), callers(nameless)
    read_again(nameless, "koi8-r", by=desk.ada, now=desk.later())
    assert called(nameless) == {
        "to": [("support@example.com", "Поддержка"), ("x@example.com", "")],
        "cc": [("lena@example.com", LENA), ("anna@example.com", "Анна")],
        "reply_to": [("home@example.com", "Карла дома")],
    }
    assert callers(nameless) == ("carla@example.com", "Карла Иванова", "Карла Иванова")
    read_again(nameless, "", by=desk.ada, now=desk.later())
    assert (called(nameless), callers(nameless)) == (before, was)


def test_whom_somebody_has_named_keeps_that_name(desk: Desk, nameless: Message) -> None:
    customer = nameless.conversation.customer
    change_customer(customer, name="Carla, the good one", organisation="", by=desk.ada, now=desk.later())
    read_again(nameless, "koi8-r", by=desk.ada, now=desk.later())
    assert callers(nameless)[1:] == ("Карла Иванова", "Carla, the good one")


def test_whose_name_came_from_another_mail_keeps_it(desk: Desk, garbled: Message) -> None:
    again = NAMES.replace(b"Message-ID: <names@", b"In-Reply-To: <first@example.com>\r\nMessage-ID: <names@")
    later = comes(desk, again % ((LENA.encode("koi8-r"),) * 5), "2")
    assert later.sender == garbled.sender
    read_again(later, "koi8-r", by=desk.ada, now=desk.later())
    assert callers(later) == ("carla@example.com", "Carla", "Carla")


def test_its_language_is_that_of_what_can_be_read_now(desk: Desk, nameless: Message) -> None:
    assert nameless.language != "ru"
    read_again(nameless, "koi8-r", by=desk.ada, now=desk.later())
    nameless.refresh_from_db()
    assert nameless.language == "ru"


# -- refusals, of which nothing is left behind


@pytest.fixture
def untouched(garbled: Message) -> Iterator[None]:
    before, listed = Message.objects.values().get(pk=garbled.pk), in_lists(garbled)
    yield
    assert (Message.objects.values().get(pk=garbled.pk), in_lists(garbled)) == (before, listed)
    assert not Activity.objects.filter(verb="message_read_again").exists()
    assert not list(blobs.landing().iterdir())


@pytest.mark.usefixtures("untouched")
def test_who_may_only_read_the_conversation_may_not(desk: Desk, garbled: Message) -> None:
    desk.ada.memberships.all().delete()
    with pytest.raises(NotAllowed):
        read_again(garbled, "koi8-r", by=desk.ada, now=desk.later())


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("charset", ["utf-7", "unicode-escape", "no-such", "KOI8-R"])
def test_only_what_is_offered_can_be_chosen(desk: Desk, garbled: Message, charset: str) -> None:
    with pytest.raises(Invalid):
        read_again(garbled, charset, by=desk.ada, now=desk.later())


@pytest.mark.usefixtures("untouched")
def test_a_mail_whose_bytes_are_gone_stays_as_it_is(desk: Desk, garbled: Message) -> None:
    blobs.remove(sha256(mislabelled()).hexdigest())
    with pytest.raises(ChannelCannot, match="is not kept any more"):
        read_again(garbled, "koi8-r", by=desk.ada, now=desk.later())


@pytest.mark.usefixtures("untouched")
def test_a_mail_that_kills_its_reader_stays_as_it_is(
    desk: Desk, garbled: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = parser.Parser(1)
    child = own._take()
    child._process.kill()
    child._process.wait()
    monkeypatch.setattr(own, "_take", lambda: child)
    monkeypatch.setattr(parser, "_shared", own)
    with pytest.raises(ChannelCannot, match="was stopped"):
        read_again(garbled, "koi8-r", by=desk.ada, now=desk.later())


@pytest.mark.usefixtures("untouched")
def test_a_mail_that_was_moved_while_it_was_read_stays_as_it_is(
    desk: Desk, garbled: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, other = parser.read, desk.problem()

    def meanwhile(*asked: Any) -> Any:
        Message.objects.filter(pk=garbled.pk).update(conversation=other)
        return read(*asked)

    monkeypatch.setattr(parser, "read", meanwhile)
    with pytest.raises(AlreadyDone):
        read_again(garbled, "koi8-r", by=desk.ada, now=desk.later())
    Message.objects.filter(pk=garbled.pk).update(conversation=garbled.conversation)


def test_what_is_no_mail_that_came_in_cannot_be_read_again(desk: Desk, garbled: Message) -> None:
    ours = desk.answers(garbled.conversation)
    elsewhere = comes(desk, letter(message_id="<2@example.com>", in_reply_to="<first@example.com>"), "2", role="sent")
    left = note(garbled.conversation, "Ask her.", by=desk.ada, now=desk.later())
    tweet = Message.objects.get(pk=desk.receives(public(), channel=network(desk)).message)
    for message in (ours, elsewhere, left, tweet):
        with pytest.raises(ChannelCannot, match="Only a mail that came in"):
            read_again(message, "koi8-r", by=desk.sam, now=desk.later())
