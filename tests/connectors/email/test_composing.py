"""An answer as bytes: readable by others, the same each time, and nobody writes our headers."""

import email
import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import File, Frozen, Person, Reply
from connectors.email import composing
from connectors.email.composing import Sender, compose
from connectors.errors import Rejected

SUPPORT = Sender(address="support@demo.test", name="Demo support")
CARLA = Person(address="carla@example.com", name="Carla Customer")
REPLY = Reply(
    key="d.77",
    text="Hello Carla,\n\nthe new lamp is on its way.",
    to=(CARLA,),
    subject="Lamp",
    parents=("second@example.com", "first@example.com"),
    token="c20417.k1.abcdef",
    signature="ada\nDemo support",
    quoted="Where is it?\n\n> we are looking",
    quoted_from="Carla Customer",
    quoted_at=datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
    now=datetime(2026, 11, 23, 12, tzinfo=UTC),
)


def parsed(frozen: Frozen) -> EmailMessage:
    return email.message_from_bytes(frozen.body, policy=policy.default)


def composed(sender: Sender = SUPPORT, **fields: Any) -> EmailMessage:
    return parsed(compose(replace(REPLY, **fields), sender))


def text_of(message: EmailMessage, subtype: str) -> str:
    part = message.get_body((subtype,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_the_fields_of_an_ordinary_answer() -> None:
    frozen = compose(REPLY, SUPPORT)
    message = parsed(frozen)
    assert frozen.provider_id == "d.77@demo.test"
    assert frozen.recipients == ("carla@example.com",)
    assert message["From"] == "Demo support <support@demo.test>"
    assert message["To"] == "Carla Customer <carla@example.com>"
    assert message["Subject"] == "Re: Lamp"
    assert message["Date"] == "Mon, 23 Nov 2026 12:00:00 +0000"
    assert message["Message-ID"] == "<d.77@demo.test>"
    assert message["X-Otvet-Delivery"] == "d.77@demo.test"
    assert message["In-Reply-To"] == "<second@example.com>"
    assert message["References"] == "<c20417.k1.abcdef.root@demo.test> <first@example.com> <second@example.com>"
    for absent in ("Reply-To", "Cc", "Bcc", "Auto-Submitted", "Precedence", "X-Loop"):
        assert message[absent] is None


def test_the_text_has_the_signature_and_the_quote_below() -> None:
    assert text_of(composed(), "plain") == (
        "Hello Carla,\n\nthe new lamp is on its way.\n\n-- \nada\nDemo support\n\n"
        "2026-11-22 09:30 +0000, Carla Customer:\n> Where is it?\n>\n>> we are looking\n"
    )


def test_the_html_says_the_same_and_carries_the_invisible_mark() -> None:
    html = text_of(composed(text="1 < 2 & <script>"), "html")
    assert "1 &lt; 2 &amp; &lt;script&gt;" in html
    assert "[otvet:c20417.k1.abcdef]" in html
    assert "<blockquote" in html


def test_the_same_reply_gives_the_same_bytes(tmp_path: Path) -> None:
    reply = replace(REPLY, attachments=(attached(tmp_path, "a.txt", b"abc"),))
    assert compose(reply, SUPPORT) == compose(replace(reply), SUPPORT)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Lamp", "Re: Lamp"),
        ("Re: Lamp", "Re: Lamp"),
        ("RE: re: Re[3]: AW: Отв: Lamp", "Re: Lamp"),
        ("", "Re:"),
        ("Report: nothing works", "Re: Report: nothing works"),
        ("Сломалась лампа", "Re: Сломалась лампа"),
    ],
)
def test_an_answer_has_one_re(subject: str, expected: str) -> None:
    assert composed(subject=subject)["Subject"] == expected


def test_a_first_mail_of_ours_has_its_own_subject_and_answers_nothing() -> None:
    message = composed(parents=(), subject="Your order")
    assert (message["Subject"], message["In-Reply-To"]) == ("Your order", None)
    assert message["References"] == "<c20417.k1.abcdef.root@demo.test>"


def test_without_a_token_there_is_no_root() -> None:
    assert composed(token="", parents=())["References"] is None


def test_the_token_stands_in_reply_to_and_subject_only_where_that_is_set() -> None:
    message = composed(replace(SUPPORT, plus_addressing=True, token_in_subject=True))
    assert message["Reply-To"] == "Demo support <support+c20417.k1.abcdef@demo.test>"
    assert message["Subject"] == "Re: Lamp [#c20417.k1.abcdef]"


def test_an_automatic_answer_says_so_to_every_robot() -> None:
    message = composed(automatic=True)
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["Precedence"] == "auto_reply"
    assert message["X-Loop"] == "support@demo.test"


def test_names_and_addresses_of_all_kinds_come_through() -> None:
    people = (
        Person(address="carla@example.com", name='Carla "the lamp" O\\Neill, esq.'),
        Person(address="карла@почта.рф", name="Карла Петровна, отдел закупок и снабжения крупного предприятия"),
        Person(address="sam@example.org"),
    )
    frozen = compose(replace(REPLY, to=people, cc=(CARLA,)), SUPPORT)
    raw = email.message_from_bytes(frozen.body)["To"]
    # Not through the newer policy: it leaves the blanks between the encoded words of a name.
    assert [str(make_header(decode_header(name))) for name, _ in getaddresses([str(raw)])] == [
        person.name for person in people
    ]
    assert frozen.recipients == ("carla@example.com", "карла@xn--80a1acny.xn--p1ai", "sam@example.org")
    assert parsed(frozen)["Cc"].addresses[0].addr_spec == "carla@example.com"


def test_a_long_message_id_stays_in_one_piece() -> None:
    long = "x" * 200 + "@example.com"
    frozen = compose(replace(REPLY, parents=(long,)), SUPPORT)
    assert f"\r\nIn-Reply-To: <{long}>\r\n".encode() in frozen.body
    assert f" <{long}>\r\n".encode() in frozen.body


def test_a_parent_that_is_no_message_id_is_left_out() -> None:
    message = composed(parents=("a b@example.com", "<ok@example.com>", "x>\r\nBcc: a@b", "é@example.com"))
    assert message["In-Reply-To"] == "<ok@example.com>"
    assert message["References"] == "<c20417.k1.abcdef.root@demo.test> <ok@example.com>"


def test_many_references_keep_the_root_and_the_nearest() -> None:
    message = composed(parents=tuple(f"p{number}@example.com" for number in range(100)))
    references = message["References"].split()
    assert references[0] == "<c20417.k1.abcdef.root@demo.test>"
    assert references[-1] == "<p0@example.com>"
    assert len(references) == 1 + composing.MOST_REFERENCES


INJECTIONS = ["\r\nBcc: sam@example.com", "\nBcc: sam@example.com", "\rBcc: sam@example.com", "\x00", "\x85", "\u2028"]


@pytest.mark.parametrize("injection", INJECTIONS)
@pytest.mark.parametrize("place", ["subject", "sender_name", "name", "address", "cc", "key", "own name"])
def test_a_line_break_in_any_field_is_refused(place: str, injection: str) -> None:
    choices: dict[str, dict[str, Any]] = {
        "subject": {"subject": f"Lamp{injection}"},
        "sender_name": {"sender_name": f"Ada{injection}"},
        "name": {"to": (Person(address="carla@example.com", name=f"Carla{injection}"),)},
        "address": {"to": (Person(address=f"carla@example.com{injection}"),)},
        "cc": {"cc": (Person(address=f"carla@example.com{injection}"),)},
        "key": {"key": f"d.77{injection}"},
        "own name": {},
    }
    sender = replace(SUPPORT, name=f"Demo{injection}") if place == "own name" else SUPPORT
    with pytest.raises(Rejected):
        compose(replace(REPLY, **choices[place]), sender)


@pytest.mark.parametrize("injection", INJECTIONS)
def test_a_line_break_in_a_file_name_is_no_line_break(tmp_path: Path, injection: str) -> None:
    frozen = compose(replace(REPLY, attachments=(attached(tmp_path, f"a{injection}.txt", b"abc"),)), SUPPORT)
    assert not re.search(rb"^Bcc:", frozen.body, re.MULTILINE | re.IGNORECASE)


@pytest.mark.parametrize(
    "address", ["", "carla", "carla@", "@example.com", "a@b@c", "a b@example.com", "a,b@example.com"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(Rejected, match="is not an e-mail address"):
        compose(replace(REPLY, to=(Person(address=address),)), SUPPORT)


def test_a_mail_to_nobody_is_refused() -> None:
    with pytest.raises(Rejected, match="no recipient"):
        compose(replace(REPLY, to=()), SUPPORT)


def attached(folder: Path, name: str, raw: bytes, **fields: Any) -> File:
    path = folder / hashlib.sha256(raw).hexdigest()
    path.write_bytes(raw)
    media_type = fields.pop("media_type", "application/pdf")
    return File(name=name, media_type=media_type, size=len(raw), sha256=path.name, path=str(path), **fields)


@pytest.mark.parametrize("name", ["bill.pdf", "счёт за ноябрь.pdf", 'a "b"; c.pdf', "x" * 150 + ".pdf"])
def test_attachments_come_with_their_bytes_and_names(tmp_path: Path, name: str) -> None:
    raw = bytes(range(256)) * 300
    message = composed(attachments=(attached(tmp_path, name, raw),))
    (part,) = message.iter_attachments()
    assert (part.get_content(), part.get_filename(), part.get_content_type()) == (raw, name, "application/pdf")


@pytest.mark.parametrize("media_type", ["", "multipart/mixed", "message/rfc822", "text/html\r\nBcc: a@b.c", "a/b; c"])
def test_an_odd_media_type_becomes_plain_bytes(tmp_path: Path, media_type: str) -> None:
    message = composed(attachments=(attached(tmp_path, "a", b"abc", media_type=media_type),))
    (part,) = message.iter_attachments()
    assert (part.get_content_type(), part.get_content()) == ("application/octet-stream", b"abc")


@pytest.mark.parametrize(
    ("largest", "room"),
    [(0, 0), (1, 1), (500_078, 57), (500_077, 56), (10_240_000, 7_117_692), (52_428_800, 37_947_969)],
)
def test_how_many_bytes_of_files_fit_into_a_mail(largest: int, room: int) -> None:
    assert composing.room_for_files(largest) == room


def test_files_that_fit_make_a_mail_that_fits_with_all_that_an_answer_says(tmp_path: Path) -> None:
    each = composing.room_for_files(3_000_000) // 5
    files = tuple(attached(tmp_path, f"plan {n}.pdf", bytes([n]) * each) for n in range(5))
    said = "Лампа сломана, привезите другую. " * 1_000
    body = compose(replace(REPLY, text=said, quoted=said, attachments=files), SUPPORT).body
    assert 2_500_000 < len(body) <= 3_000_000


@given(
    st.text(
        st.characters(
            codec="utf-8", exclude_categories=["Cs"], exclude_characters="\x00\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
        )
    )
)
def test_any_text_comes_through(text: str) -> None:
    body = text_of(composed(text=text, signature="", quoted=""), "plain")
    assert body == text.strip("\n").rstrip() + "\n"


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"])))
def test_any_subject_comes_through_in_short_lines(subject: str) -> None:
    frozen = compose(replace(REPLY, parents=(), subject=subject), SUPPORT)
    assert all(len(line) <= 998 for line in frozen.body.split(b"\r\n"))
    decoded = str(email.message_from_bytes(frozen.body, policy=policy.default)["Subject"])
    assert " ".join(decoded.split()) == " ".join(subject.split())


def test_every_line_ends_in_crlf_and_is_seven_bit(tmp_path: Path) -> None:
    frozen = compose(
        replace(REPLY, text="Здравствуйте\r\nи\rпока", attachments=(attached(tmp_path, "a", b"\n\r"),)), SUPPORT
    )
    assert frozen.body.count(b"\n") == frozen.body.count(b"\r\n") == frozen.body.count(b"\r")
    assert frozen.body.isascii()
