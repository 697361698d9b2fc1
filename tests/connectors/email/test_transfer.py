"""Transfer encodings, broken in the ways encoders break them."""

import base64
import binascii

import pytest

from connectors.email import transfer

CONTENT = b"Where is my order?\n" * 9


@pytest.mark.parametrize(
    "body",
    [
        base64.encodebytes(CONTENT),
        base64.b64encode(CONTENT).rstrip(b"="),
        b"!!" + base64.b64encode(CONTENT),
        base64.b64encode(CONTENT[:19]) + b"\r\n" + base64.b64encode(CONTENT[19:]),
        base64.b64encode(CONTENT) + b"A",
    ],
)
def test_base64_is_read_with_strays_missing_padding_and_several_ends(body: bytes) -> None:
    assert transfer.decode(body, "base64") == CONTENT


def test_words_that_are_declared_base64_stay_words() -> None:
    assert transfer.decode(b"Where is my order", "base64") == b"Where is my order"


def test_quoted_printable_is_read_with_broken_escapes() -> None:
    assert transfer.decode(b"a=3Db=ZZ=\r\nc", "quoted-printable") == b"a=b=ZZc"


def test_uuencode_is_read() -> None:
    lines = b"".join(binascii.b2a_uu(CONTENT[at : at + 45]) for at in range(0, len(CONTENT), 45))
    assert transfer.decode(b"begin 644 order.txt\r\n" + lines + b"`\nend\n", "x-uuencode") == CONTENT


@pytest.mark.parametrize("encoding", ["", "7bit", "8bit", "binary", "nonsense"])
def test_other_encodings_leave_the_bytes_alone(encoding: str) -> None:
    assert transfer.decode(CONTENT, encoding) == CONTENT


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "uuencode"])
@pytest.mark.parametrize("body", [b"", b"=", b"====", b"A", b"\xff\xfe", b"begin 644 x\n\xff\xff"])
def test_no_bytes_are_refused(body: bytes, encoding: str) -> None:
    transfer.decode(body, encoding)
