"""Which parts are the body, and what they say."""

import pytest

from connectors.email import bodies, html_text
from connectors.email.structure import Tree


def text(raw: bytes) -> str:
    return html_text.without_marks(bodies.joined_text(bodies.collect(Tree(raw).root).segments))


def mixed(kind: bytes, *parts: bytes) -> bytes:
    return (
        b"Content-Type: multipart/"
        + kind
        + b"; boundary=b\r\n\r\n"
        + b"".join(b"--b\r\n" + p + b"\r\n" for p in parts)
        + b"--b--\r\n"
    )


PLAIN = b"Content-Type: text/plain\r\n\r\nplain words"
HTML = b"Content-Type: text/html\r\n\r\n<p>html <b>words</b></p>"


def test_of_alternatives_the_text_speaks_and_the_html_is_shown() -> None:
    body = bodies.collect(Tree(mixed(b"alternative", PLAIN, HTML)).root)
    assert body.segments == [bodies.Segment(text="plain words", html="<p>html <b>words</b></p>")]
    assert not body.files


def test_two_texts_that_differ_are_both_read() -> None:
    assert text(mixed(b"alternative", PLAIN, PLAIN, b"\r\nother words")) == "plain words\n\nother words"


def test_a_report_without_words_speaks_by_its_fields() -> None:
    body = bodies.collect(Tree(mixed(b"report", b"Content-Type: message/delivery-status\r\n\r\nAction: failed")).root)
    assert [segment.text for segment in bodies.speaking(body)] == ["Action: failed"]


def test_an_empty_text_alternative_gives_way_to_the_html() -> None:
    assert text(mixed(b"alternative", b"Content-Type: text/plain\r\n\r\n \r\n", HTML)) == "html words"


def test_an_excuse_in_place_of_a_text_gives_way_to_the_html() -> None:
    page = b"Content-Type: text/html\r\n\r\n<p>" + b"many words of the letter " * 30 + b"</p>"
    excuse = b"Content-Type: text/plain\r\n\r\nYour program cannot show HTML."
    assert text(mixed(b"alternative", excuse, page)).startswith("many words")


def test_all_texts_of_a_mixed_mail_are_read_in_order() -> None:
    assert text(mixed(b"mixed", PLAIN, HTML, PLAIN)) == "plain words\n\nhtml words\n\nplain words"


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Type: text/plain\r\nContent-Disposition: attachment",
        b"Content-Type: text/plain; name=notes.txt",
        b"Content-Type: text/html\r\nContent-Disposition: inline; filename=page.html",
        b"Content-Type: text/csv",
        b"Content-Type: image/png",
        b"Content-Type: message/rfc822",
    ],
)
def test_files_are_no_body(head: bytes) -> None:
    body = bodies.collect(Tree(mixed(b"mixed", PLAIN, head + b"\r\n\r\nfile words")).root)
    assert [segment.text for segment in body.segments] == ["plain words"]
    assert [part.content() for part in body.files] == [b"file words"]


def test_a_mail_that_is_one_named_text_is_a_body() -> None:
    assert text(b"Content-Type: text/plain; name=body.txt\r\n\r\nwords") == "words"


def test_html_names_its_own_charset_where_the_part_does_not() -> None:
    page = '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r"><p>Заказ</p>'.encode("koi8-r")
    assert text(b"Content-Type: text/html\r\n\r\n" + page) == "Заказ"


@pytest.mark.parametrize(
    ("flowed", "joined", "plain"),
    [
        ("one \ntwo \nthree\nfour", False, "one two three\nfour"),
        ("> one \n> two\n>> deep \n>> er\nflat", False, "> one two\n>> deep er\nflat"),
        ("a \n-- \nsignature \nmore", False, "a\n-- \nsignature more"),
        ("long\u200bwo \nrd", True, "long\u200bword"),
        (" >not a quote\n From here", False, ">not a quote\nFrom here"),
        ("> one \ntwo", False, "> one\ntwo"),
    ],
)
def test_format_flowed_is_joined(flowed: str, joined: bool, plain: str) -> None:
    assert bodies.unflowed(flowed, joined=joined) == plain
