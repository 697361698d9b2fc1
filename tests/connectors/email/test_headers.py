"""Header fields as they are, and as mail of the wild breaks them."""

import pytest

from connectors.email import charsets, headers


def field(value: bytes) -> str:
    return headers.decoded(headers.unfolded(value))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"plain words", "plain words"),
        (b"=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        (b"=?UTF-8?B?0JfQsNC60LDQtw==?= 123", "Заказ 123"),
        (b"=?utf-8?B?0JfQsNC60LDQtw?=", "Заказ"),  # without padding
        (b"=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),  # the blank between words does not count
        (b"=?utf-8?q?a?=\r\n =?utf-8?q?b?=", "ab"),
        (b"=?utf-8?B?0JfQsNA=?= =?utf-8?B?utCw0Lc=?=", "Заказ"),  # cut inside a letter
        (b"=?koi8-r?B?+sHLwdo=?= =?utf-8?Q?_=E2=80=94?=", "Заказ —"),
        (b"=?utf-8?q?one two three?=", "one two three"),  # blanks that should be underscores
        (b"=?utf-8*ru?q?a?= b", "a b"),  # RFC 2231, 5
        (b"=?no-such?q?abc?=", "abc"),
        (b"Re: =?windows-1251?B?x+Dq4Oc=?= (fwd)", "Re: Заказ (fwd)"),
        ("Заказ".encode("cp1251"), "Заказ"),
        ("Заказ".encode(), "Заказ"),
        (b"=?utf-8?q?unfinished", "=?utf-8?q?unfinished"),
        (b"one\r\n two\r\n\tthree", "one two three"),
    ],
)
def test_words_are_decoded(value: bytes, text: str) -> None:
    assert field(value) == text


def test_no_control_character_or_newline_survives_decoding() -> None:
    text = field(b"=?utf-8?q?hi=0D=0ABcc:_eve@example.com=00=E2=80=AE=C2=85?=")
    assert text == "hi Bcc: eve@example.com"
    assert text.isprintable()


@pytest.mark.parametrize(
    ("value", "name", "text"),
    [
        (b'text/plain; charset="utf-8"', "charset", "utf-8"),
        (b"text/plain; CHARSET = koi8-r ; format=flowed", "charset", "koi8-r"),
        (b"a/b; filename*=utf-8''%D0%97%D0%B0%D0%BA%D0%B0%D0%B7.pdf", "filename", "Заказ.pdf"),
        (b"a/b; filename*=koi8-r'ru'%FA%C1%CB%C1%DA", "filename", "Заказ"),
        (b"a/b; filename*0*=utf-8''%D0%97%D0; filename*1*=%B0%D0%BA.pdf", "filename", "Зак.pdf"),
        (b'a/b; filename*1="two.txt"; filename*0="one and "', "filename", "one and two.txt"),
        (b'a/b; filename="=?utf-8?B?0JfQsNC60LDQtw==?="', "filename", "Заказ"),
        (b"a/b; filename==?utf-8?B?0JfQsNC60LDQtw==?=", "filename", "Заказ"),
        (b'a/b; filename="semi;colon.txt"; x=1', "filename", "semi;colon.txt"),
        (b'a/b; filename="C:\\\\dir\\\\f.txt"', "filename", "C:\\dir\\f.txt"),
        ("a/b; filename=Заказ.pdf".encode("cp1251"), "filename", "Заказ.pdf"),
        (b"a/b; filename*5*=u\x00-8''a", "filename", "a"),
        (b'a/b; name="unclosed', "name", "unclosed"),
    ],
)
def test_parameters_are_decoded(value: bytes, name: str, text: str) -> None:
    assert headers.parameters(value)[name] == text


def test_fields_are_found_without_regard_to_case_and_the_topmost_counts() -> None:
    fields, _ = headers.parse(b"SUBJECT: one\r\nSubject: two\r\n")
    assert fields.text("subject") == "one"
    assert fields.all("subject") == [b"one", b"two"]
    assert "subject" in fields
    assert fields.text("absent") == ""


def test_a_broken_line_between_fields_belongs_to_the_field_above() -> None:
    fields, _ = headers.parse(b"Subject: long\r\nwithout a blank\r\nFrom: carla@example.com\r\n")
    assert fields.text("subject") == "long without a blank"
    assert fields.text("from") == "carla@example.com"


def test_a_blank_before_the_very_first_field_does_not_hide_the_header() -> None:
    block = b" From: carla@example.com\r\nSubject: x\r\nwords"
    fields, body = headers.parse(block)
    assert (fields.text("from"), fields.text("subject"), block[body:]) == ("carla@example.com", "x", b"words")


def test_the_first_line_that_is_no_field_begins_the_body() -> None:
    block = b"Subject: x\r\nhello, I forgot the blank line\r\n"
    fields, body = headers.parse(block)
    assert fields.text("subject") == "x"
    assert block[body:] == b"hello, I forgot the blank line\r\n"


def test_the_envelope_line_of_an_mbox_is_no_field() -> None:
    fields, _ = headers.parse(b"From carla@example.com Thu Nov 12 10:15:00 2026\r\nFrom: carla@example.com\r\n")
    assert list(fields) == ["from"]


LAMP = "Где лампа?"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (LAMP.encode("koi8-r"), LAMP),
        (b"Re: =?windows-1250?Q?=E7=C4=C5_=CC=C1=CD=D0=C1=3F?=", f"Re: {LAMP}"),  # as wrong as the texts are
        (b"=?utf-8?Q?=E7=C4=C5_=CC=C1=CD=D0=C1=3F?=", LAMP),  # no UTF-8 looks so
        (b"=?x-unknown?Q?=E7=C4=C5_=CC=C1=CD=D0=C1=3F?=", LAMP),
        (b"=?utf-8?B?0JPQtNC1?= =?windows-1250?Q?_=CC=C1=CD=D0=C1=3F?=", LAMP),
        (b"=?utf-8?B?0JPQtNC1INC70LDQvNC/0LA/?=", LAMP),
        (b"=?windows-1251?B?w+TlIOvg7O/gPw==?=", LAMP),  # declared as what it is
        (b"=?gb2312?B?tcY=?=", "灯"),
    ],
)
def test_what_a_person_chose_is_for_what_no_proper_encoded_word_says(value: bytes, text: str) -> None:
    assert headers.decoded(value, charsets.Chosen("koi8-r", ["windows-1250", "utf-8", ""])) == text
