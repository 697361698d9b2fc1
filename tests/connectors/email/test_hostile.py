"""Mail built to take all memory, all time or all stack: read in the real child, under its real limits.

Each of these must be understood somehow; that it takes less than the CPU time a child has is what the
limits themselves prove.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.contract import Incoming, Payload
from connectors.email import limits
from inbox.parser import Parser

_FROM = b"From: carla@example.com\r\nSubject: x\r\n"
_MIXED = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"


def _nested(levels: int) -> bytes:
    opened = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(levels))
    return _FROM + opened + b"Content-Type: text/plain\r\n\r\nhi"


STRUCTURES = {
    "20k addresses": b"To: " + b", ".join(b"u%d@example.com" % n for n in range(20_000)) + b"\r\n\r\nx",
    "20k encoded words": b"X-A: " + b" ".join([b"=?utf-8?q?" + b"a" * 40 + b"?="] * 20_000) + b"\r\n\r\nx",
    "20k parentheses": b"To: " + b"(" * 20_000 + b"\r\n\r\nx",
    "5k parameters": b"Content-Type: text/plain;" + b"; ".join(b"x%d=%d" % (n, n) for n in range(5_000)) + b"\r\n\r\nx",
    "90k semicolons": b"Content-Type: text/plain" + b";" * 90_000 + b"\r\n\r\nx",
    "5k mails in mails": b"Content-Type: message/rfc822\r\n\r\n" * 5_000 + b"hi",
    "50k texts": _MIXED + b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" * 50_000 + b"--b--\r\n",
    "100k files": _MIXED + b"--b\r\nContent-Type: image/png\r\n\r\nx\r\n" * 100_000 + b"--b--\r\n",
    "100k headers": b"".join(b"X-%d: y\r\n" % n for n in range(100_000)) + b"\r\nx",
    "16k references": b"References: " + b"<a@b> " * 16_000 + b"\r\n\r\nx",
    "90k comments": b"Authentication-Results: " + b"(" * 90_000 + b"\r\n\r\nx",
    "3 MB of dashes": b'Content-Type: multipart/mixed; boundary="-"\r\n\r\n' + b"-" * 3_000_000,
    "1M base64 ends": b"Content-Transfer-Encoding: base64\r\n\r\n" + b"YQ==" * 1_000_000,
    "broken uuencode": b"Content-Transfer-Encoding: uuencode\r\n\r\nbegin 644 x\n" + b"\xff" * 1_000_000,
    "NUL charset": b'Content-Type: text/plain; charset="\0"\r\n\r\n\0\0x',
    "60k events": b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 60_000,
    "winmail of ones": b"Content-Type: application/ms-tnef\r\n\r\n\x78\x9f\x3e\x22\0\0" + b"\x01" * 3_000_000,
    "300k levels of BER": b"Content-Type: application/pkcs7-mime\r\n\r\n" + b"\x30\x80" * 300_000,
    "every high byte": b"\r\n" + bytes(range(128, 256)) * 8_000,
}
HTML = {
    "100k divs": "<div>" * 100_000,
    "30k formats": "<b><i><p>" * 30_000,
    "20k tables": "<table><tr><td>" * 20_000,
    "100k links": "<a>" * 100_000,
    "150k attributes": "<p " + " ".join(f"a{n}=1" for n in range(150_000)) + ">",
    "9 MB": "<p>hello</p>\n" * 700_000,
    "3M brackets": "<" * 3_000_000,
    "700k comments": "<!--" * 700_000,
    "300k scripts": "<script>" * 300_000,
    "150k declarations": '<p style="' + "color:red;" * 150_000 + '">',
    "400k entities": "&lt;" * 400_000,
}
TEXTS = {
    "On, one line": "On " * 20_000,
    "On, many lines": "On \n" * 5_000,
    "marks, one line": ">" * 100_000,
    "20k lines": "line of text here\n" * 20_000,
    "1 MB, one line": "word " * 200_000,
    "From, many lines": "From: a\n" * 5_000,
    "blocks": "From: a@example.com\nTo: a\nSent: \n" * 20_000,
    "underscores": "_" * 50_000,
    "rules": ("-" * 70 + "\n") * 3_000,
    "blanks": " " * 50_000 + "x",
    "blank lines": "\n" * 1_000_000,
    "colons": "a b c d:\n" * 100_000,
    "dates": "12.11.2026 10:15 wrote:\n" * 40_000,
    "quoted": "> a\n" * 250_000,
    "quoted by turns": "> a\nb\n" * 120_000,
    "delimiters": "-- \n" * 200_000,
    "addresses": "a@" * 300_000,
    "sent from": "Sent from " + "a " * 100_000,
}


@pytest.fixture(scope="module")
def parser() -> Iterator[Parser]:
    pool = Parser(1)
    yield pool
    pool.close()


def read(parser: Parser, raw: bytes, folder: Path) -> Incoming:
    path = folder / "mail"
    path.write_bytes(raw)
    (content,) = parser.read("email", Payload(body=path), folder)
    assert isinstance(content, Incoming)
    return content


@pytest.mark.parametrize("rest", STRUCTURES.values(), ids=STRUCTURES.keys())
def test_a_hostile_structure_is_understood(rest: bytes, parser: Parser, tmp_path: Path) -> None:
    found = read(parser, _FROM + rest, tmp_path)
    assert found.sender.address == "carla@example.com"
    assert len(found.to) <= limits.RECIPIENTS
    assert len(found.attachments) <= limits.PARTS


@pytest.mark.parametrize("levels", [100, 500, 3_000])
def test_nested_parts_are_understood(levels: int, parser: Parser, tmp_path: Path) -> None:
    assert read(parser, _nested(levels), tmp_path).subject == "x"


@pytest.mark.parametrize("html", HTML.values(), ids=HTML.keys())
def test_hostile_html_is_understood(html: str, parser: Parser, tmp_path: Path) -> None:
    raw = _FROM + b"Content-Type: text/html\r\n\r\n" + html.encode() + b"x"
    assert len(read(parser, raw, tmp_path).html) < 3 * limits.HTML_CHARACTERS


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
@pytest.mark.parametrize("kind", ["plain", "html"])
def test_hostile_text_is_split(text: str, kind: str, parser: Parser, tmp_path: Path) -> None:
    words = text if kind == "plain" else "<pre>" + text.replace("<", "&lt;").replace(">", "&gt;")
    raw = _FROM + f"Content-Type: text/{kind}; charset=utf-8\r\n\r\n{words}".encode()
    found = read(parser, raw, tmp_path)
    assert found.reply_text.strip() or not text.strip()


def test_a_mail_of_50_mb_is_read_within_the_memory_limit(parser: Parser, tmp_path: Path) -> None:
    lines = (b"QUFB" * 19 + b"\r\n") * (50 * 1024 * 1024 // 78)
    part = b"--b\r\nContent-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n" + lines + b"--b--\r\n"
    (file,) = read(parser, _FROM + _MIXED + part, tmp_path).attachments
    assert file.size == lines.count(b"\n") * 57
