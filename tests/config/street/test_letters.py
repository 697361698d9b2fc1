"""The street by mail stays open, whatever goes over it."""

import pytest

from config.street import letters
from connectors.sandbox.mail.log import Accepted


def letter_of(raw: bytes) -> letters.Letter:
    return letters._letter(Accepted(1, 0, "carla@example.com", ("support@demo.test",), "", raw))


def test_a_mail_is_shown_as_its_receiver_reads_it() -> None:
    letter = letter_of(b"Subject: =?utf-8?q?L=C3=A4mp?=\r\nMessage-ID: <1@example.com>\r\n\r\nIt broke.\r\n")
    assert (letter.subject, letter.text.strip(), letter.message_id) == ("Lämp", "It broke.", "<1@example.com>")


@pytest.mark.parametrize(
    "raw",
    [
        b"Content-Type: text/plain; charset=X-UNKNOWN\r\n\r\nIt \xd1 broke.",
        b"Message-ID: <ab@\r\n\r\nIt broke.",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\nContent-Type: message/rfc822\r\n\r\n" * 3000,
        b"Subject: " + b"=?utf-8?q?a?= " * 9000 + b"\r\n\r\nIt broke.",
        b"Content-Type: text/plain; charset=\x00\r\n\r\nIt broke.",
        b"",
    ],
    ids=["an unknown charset", "half an id", "deep", "many words", "a nul", "nothing"],
)
def test_one_that_was_built_to_break_its_reader_does_not_close_the_street(raw: bytes) -> None:
    assert letter_of(raw).sender == "carla@example.com"


def test_of_one_that_cannot_be_read_its_bytes_are_shown() -> None:
    assert "It broke." in letter_of(b"Content-Type: text/plain; charset=X-UNKNOWN\r\n\r\nIt broke.").text
