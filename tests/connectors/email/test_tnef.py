"""winmail.dat, made here by the format's own rules (MS-OXTNEF, 2.1)."""

import struct

import pytest

from connectors.email import tnef

_TEXT, _TITLE, _DATA, _RENDERED = (0x01, 0x0002800C), (0x02, 0x00018010), (0x02, 0x0006800F), (0x02, 0x00069002)


def attribute(kind: tuple[int, int], content: bytes) -> bytes:
    return struct.pack("<BII", *kind, len(content)) + content + struct.pack("<H", sum(content) & 0xFFFF)


def winmail(*attributes: bytes) -> bytes:
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(attributes)


def test_files_and_the_body_are_unpacked() -> None:
    unpacked = tnef.unpack(
        winmail(
            attribute(_TEXT, b"Where is my order?"),
            attribute(_RENDERED, b"\0" * 14),
            attribute(_TITLE, b"order.txt\0"),
            attribute(_DATA, b"order 123"),
        )
    )
    assert unpacked
    assert unpacked.files == [("order.txt", b"order 123")]
    assert unpacked.text == "Where is my order?"


@pytest.mark.parametrize(
    "content", [b"", b"words", winmail()[:5], winmail(b"\xff" * 99), winmail(attribute(_TITLE, b"x"))]
)
def test_what_cannot_be_opened_stays_a_file(content: bytes) -> None:
    unpacked = tnef.unpack(content)
    assert unpacked is None or not unpacked.files


@pytest.mark.parametrize(
    ("rtf", "text"),
    [
        (rb"{\rtf1\ansi\ansicpg1251{\fonttbl{\f0 Arial;}}\f0 \'c7\'e0\'ea\'e0\'e7\par 123}", "Заказ\n123"),
        (rb"{\rtf1 \u1047?\u1072?\u1082? {\*\generator x}\{ok\}\tab y}", "Зак {ok}\ty"),
        (rb"{\rtf1{\pict 0102}words \emdash\~~here}", "words — ~here"),
        (b"", ""),
        (b"}" * 99 + b"{" * 99, ""),
    ],
)
def test_rtf_is_read_as_text(rtf: bytes, text: str) -> None:
    assert tnef.rtf_text(rtf) == text
