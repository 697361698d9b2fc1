"""A mail from its bytes to what the desk understands; the forms of whole mails are in `examples/`."""

import struct
from base64 import b64encode
from dataclasses import asdict
from pathlib import Path

import pytest

from connectors.contract import Echo, Incoming, Payload, Receipt
from connectors.email import reading
from connectors.errors import Unreadable

HEAD = b"From: carla@example.com\r\nTo: help@example.org\r\nSubject: x\r\nMessage-ID: <1@example.com>\r\n"


def read(raw: bytes, folder: Path, **facts: str) -> Incoming | Echo | Receipt:
    path = folder / "mail"
    path.write_bytes(raw)
    files = folder / "files"
    files.mkdir(exist_ok=True)
    (content,) = reading.read(Payload(body=path, facts=facts), files)
    assert isinstance(content, Incoming | Echo | Receipt)
    return content


KEY = "0b5e2f0c-6f0f-4d7b-9a50-3f0f6a1f2f11"


def said(raw: bytes, folder: Path, **facts: str) -> Incoming:
    content = read(raw, folder, **facts)
    assert isinstance(content, Incoming)
    return content


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n", b"  \t\n"])
def test_a_file_without_bytes_is_unreadable(raw: bytes, tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="empty"):
        read(raw, tmp_path)


def test_copies_in_two_mailboxes_are_one_mail(tmp_path: Path) -> None:
    one = said(b"Delivered-To: help@example.org\r\nReceived: by a; x\r\n" + HEAD + b"\r\nwords\r\n", tmp_path)
    two = said(b"Delivered-To: sales@example.org\r\nReceived: by b; y\r\n" + HEAD + b"\r\nwords\r\n", tmp_path)
    assert one.provider_id == two.provider_id
    assert one.provider_id.startswith("1@example.com/")


def test_a_mail_in_the_sent_folder_is_an_echo(tmp_path: Path) -> None:
    assert isinstance(read(HEAD + b"\r\nwords", tmp_path, role="sent"), Echo)


@pytest.mark.parametrize(("field", "key"), [(f"{KEY}@example.org", KEY), ("invented@example.org", ""), ("", "")])
def test_a_copy_of_our_answer_carries_its_key(field: str, key: str, tmp_path: Path) -> None:
    copy = read(f"X-Otvet-Delivery: {field}\r\n".encode() + HEAD + b"\r\nwords", tmp_path, role="sent")
    assert isinstance(copy, Echo)
    assert copy.key == key


def test_a_mail_that_was_fetched_in_part_says_so(tmp_path: Path) -> None:
    assert said(HEAD + b"\r\nwords", tmp_path, cut="99999999").notices == ("cut",)


def test_a_report_is_kept_for_people_to_read(tmp_path: Path) -> None:
    raw = b"From: MAILER-DAEMON@x.test\r\nSubject: failure notice\r\n\r\n<carla@example.com>:\r\n550 no such user\r\n"
    receipt = read(raw, tmp_path)
    assert isinstance(receipt, Receipt)
    assert receipt.said
    assert "no such user" in receipt.said.text
    assert receipt.said.automatic


def test_the_token_of_a_returned_mail_is_found(tmp_path: Path) -> None:
    raw = (
        b"From: MAILER-DAEMON@x.test\r\nSubject: failure notice\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\n\r\n<carla@example.com>: no such user\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
        b"Reply-To: help+c9.x@example.org\r\nTo: carla@example.com\r\n\r\nx\r\n--b--\r\n"
    )
    receipt = read(raw, tmp_path)
    assert isinstance(receipt, Receipt)
    assert receipt.said
    assert receipt.said.tokens == ("c9.x",)


def test_winmail_dat_is_unpacked_and_kept(tmp_path: Path) -> None:
    def attribute(level: int, kind: int, content: bytes) -> bytes:
        return struct.pack("<BII", level, kind, len(content)) + content + struct.pack("<H", sum(content) & 0xFFFF)

    body = attribute(1, 0x0002800C, b"Words of Outlook")
    file = attribute(2, 0x00069002, b"\0" * 14) + attribute(2, 0x00018010, b"a.txt\0") + attribute(2, 0x0006800F, b"A")
    raw = HEAD + b'Content-Type: application/ms-tnef; name="winmail.dat"\r\n\r\n' + struct.pack("<IH", 0x223E9F78, 1)
    found = said(raw + body + file, tmp_path)
    assert found.text == "Words of Outlook"
    assert [file.name for file in found.attachments] == ["a.txt", "winmail.dat"]
    assert "tnef" in found.notices


def test_a_broken_invitation_stays_a_file(tmp_path: Path) -> None:
    raw = HEAD + b"Content-Type: text/calendar; name=invite.ics\r\n\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:x"
    found = said(raw, tmp_path)
    assert found.appointments == ()
    assert [file.name for file in found.attachments] == ["invite.ics"]


def test_an_encrypted_envelope_is_told_and_kept(tmp_path: Path) -> None:
    found = said(HEAD + b"Content-Type: application/pkcs7-mime; name=smime.p7m\r\n\r\nsecret", tmp_path)
    assert found.notices == ("encrypted",)
    assert [file.name for file in found.attachments] == ["smime.p7m"]


def test_html_that_is_too_deep_is_shown_as_text(tmp_path: Path) -> None:
    found = said(HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 5_000 + b"words", tmp_path)
    assert (found.html, found.text, found.notices) == ("", "words", ("html-too-complex",))


def test_the_quote_is_found_in_the_html_where_the_text_does_not_show_it(tmp_path: Path) -> None:
    raw = HEAD + (
        b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\nIt came.\r\nOld words\r\n"
        b"--b\r\nContent-Type: text/html\r\n\r\n<p>It came.</p><blockquote type=cite>Old words</blockquote>\r\n--b--"
    )
    found = said(raw, tmp_path)
    assert (found.reply_text, found.quoted_text) == ("It came.", "Old words")
    assert found.text == "It came.\nOld words"


def test_our_invisible_mark_is_found_and_does_not_show(tmp_path: Path) -> None:
    raw = HEAD + b"Content-Type: text/html\r\n\r\n<p>It came.</p><blockquote>Old [otvet:c5.y]</blockquote>"
    found = said(raw, tmp_path)
    assert found.tokens == ("c5.y",)
    assert "otvet" not in found.text


def test_no_file_of_a_mail_leaves_its_folder(tmp_path: Path) -> None:
    raw = HEAD + b"Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=../../../x.pdf\r\n\r\nPDF"
    (file,) = said(raw, tmp_path).attachments
    assert Path(file.path).parent == tmp_path / "files"
    assert file.name == "x.pdf"


WRONG = "Где лампа? Жду ответа."
MISLABELLED = (
    b"From: =?windows-1250?Q?Carla?= <carla@example.com>\r\nMessage-ID: <1@example.com>\r\nSubject: "
    + WRONG.encode("koi8-r")
    + b'\r\nContent-Type: multipart/mixed; boundary="b"; charset=windows-1250\r\n\r\n'
    + b'--b\r\nContent-Type: multipart/alternative; boundary="a"\r\n\r\n'
    + b"--a\r\nContent-Type: text/plain; charset=windows-1250\r\n\r\n"
    + f"{WRONG}\r\n\r\nКарла пишет:\r\n> Да, она у нас.\r\n".encode("koi8-r")
    + b"\r\n--a\r\nContent-Type: text/html; charset=windows-1250\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + b64encode(f"<p>{WRONG}</p>".encode("koi8-r"))
    + b"\r\n--a--\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Disposition: attachment\r\n\r\n"
    + "Накладная".encode()
    + b"\r\n--b--\r\n"
)


def test_every_text_and_the_subject_are_in_the_charset_that_a_person_chose(tmp_path: Path) -> None:
    wrong, right = said(MISLABELLED, tmp_path), said(MISLABELLED, tmp_path, charset="koi8-r")
    assert WRONG not in wrong.subject + wrong.text + wrong.html
    assert (right.subject, right.reply_text) == (WRONG, WRONG)
    assert "Да, она у нас." in right.quoted_text
    assert right.html == f"<p>{WRONG}</p>"


def test_the_names_of_people_are_in_it_too_and_their_addresses_as_ever(tmp_path: Path) -> None:
    names = ("Карла Иванова", "Пётр", "Отдел, где чинят", "Лена")
    carla, peter, desk, lena = (name.encode("koi8-r") for name in names)
    raw = (
        b"From: %b <carla@example.com>\r\nReply-To: (%b) carla@home.example\r\nMessage-ID: <1@example.com>\r\n"
        b'To: "%b" <help@example.org>, plain@example.org\r\nCc: =?windows-1250?B?%b?= <lena@example.com>,'
        b" =?utf-8?B?0JDQvdC90LA=?= <anna@example.com>, %b@example.com\r\n"
        b"Content-Type: text/plain; charset=windows-1250\r\n\r\n%b\r\n"
    ) % (carla, peter, desk, b64encode(lena), lena, WRONG.encode("koi8-r"))
    wrong, right = said(raw, tmp_path), said(raw, tmp_path, charset="koi8-r")

    def named(found: Incoming) -> list[tuple[str, str]]:
        people = [found.sender, *filter(None, [found.reply_to]), *found.to, *found.cc]
        return [(person.address, person.name) for person in people]

    assert [address for address, _ in named(wrong)] == [address for address, _ in named(right)]
    assert [name for _, name in named(right)] == [*names[:3], "", "Лена", "Анна", ""]
    assert {"Карла Иванова", "Пётр", "Отдел, где чинят", "Лена"}.isdisjoint(name for _, name in named(wrong))


def test_all_else_is_read_as_ever(tmp_path: Path) -> None:
    wrong, right = said(MISLABELLED, tmp_path), said(MISLABELLED, tmp_path, charset="koi8-r")
    words = dict.fromkeys(("subject", "text", "reply_text", "quoted_text", "html", "language"))
    assert asdict(wrong) | words == asdict(right) | words
