"""Content-Transfer-Encoding (RFC 2045, 6), forgiving: what can be decoded is decoded, nothing raises."""

import binascii
import re

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]+")
_UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]*)\r?\n", re.MULTILINE)


def decode(body: bytes, encoding: str) -> bytes:
    """Bytes of a part's body. An unknown encoding leaves them as they are."""
    if encoding == "base64":
        return from_base64(body)
    if encoding in ("quoted-printable", "quoted_printable", "qp"):
        return binascii.a2b_qp(body)
    if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return from_uuencode(body)
    return body


def from_base64(body: bytes) -> bytes:
    """Base64 with stray characters, missing padding or several ends (one encoder run after another)."""
    if body.count(b" ") * 20 > len(body):
        return body  # words that a broken program declared to be base64
    end = body.find(b"=")
    if end == -1 or not body[end:].strip(b"=\r\n \t"):
        try:
            return binascii.a2b_base64(body)
        except binascii.Error:
            pass
    return b"".join(map(_run, _NOT_BASE64.sub(b"", body).split(b"=")))


def _run(letters: bytes) -> bytes:
    if len(letters) % 4 == 1:
        letters = letters[:-1]  # six bits that belong to no byte
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def from_uuencode(body: bytes) -> bytes:
    """The file between `begin` and `end`; what is no uuencode stays as it is."""
    begin = _UU_BEGIN.search(body)
    if not begin:
        return body
    decoded = []
    for line in body[begin.end() :].splitlines():
        if line.strip() in (b"end", b"`", b""):
            break
        try:
            decoded.append(binascii.a2b_uu(line))
        except binascii.Error:
            decoded.append(_uu_line_of_broken_encoder(line))
    return b"".join(decoded)


def _uu_line_of_broken_encoder(line: bytes) -> bytes:
    """Some encoders pad a line: only the count in its first letter tells how much is meant."""
    length = (((line[0] - 32) & 63) * 4 + 5) // 3
    try:
        return binascii.a2b_uu(line[:length])
    except binascii.Error:
        return b""
