"""Signed and encrypted mail: S/MIME (RFC 8551) and PGP (RFC 3156, 9580). Nothing is checked or decrypted."""

import re

from connectors.email.structure import Part

_ARMOUR = re.compile(r"^-----BEGIN PGP SIGNED MESSAGE-----[ \t]*\n(?:[A-Za-z]+: [^\n]{0,200}\n)*\n?", re.MULTILINE)
_SIGNATURE = re.compile(
    r"^-----BEGIN PGP SIGNATURE-----.{0,20000}?^-----END PGP SIGNATURE-----[ \t]*\n?",
    re.MULTILINE | re.DOTALL,
)
_PKCS7 = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_DATA = bytes.fromhex("2a864886f70d010701")
_SEQUENCE, _OBJECT_ID, _OCTETS = 0x30, 0x06, 0x04


def unarmoured(text: str) -> tuple[str, str]:
    """A text without the frame of an inline PGP signature, and `signed`, `encrypted` or nothing."""
    if "-----BEGIN PGP MESSAGE-----" in text:
        return text, "encrypted"
    if "-----BEGIN PGP SIGNED MESSAGE-----" not in text:
        return text, ""
    plain = _SIGNATURE.sub("", _ARMOUR.sub("", text))
    return re.sub(r"^- (?=-)", "", plain, flags=re.MULTILINE), "signed"


def is_pkcs7(part: Part) -> bool:
    """Whether the part is an S/MIME envelope, signed or encrypted."""
    return part.media_type in _PKCS7


def signed_content(part: Part) -> bytes | None:
    """The mail inside an opaque signature; None if the envelope is encrypted or broken."""
    try:
        return _signed_content(part.content())
    except (IndexError, ValueError):
        return None


def _signed_content(der: bytes) -> bytes | None:
    """Walk ContentInfo > SignedData > encapContentInfo > eContent (RFC 5652, 5.1)."""
    info = _children(der, *_inside(der, 0, _SEQUENCE))
    if len(info) < 2 or der[info[0][1] : info[0][2]] != _SIGNED_DATA:
        return None
    signed = _children(der, *_inside(der, info[1][1], _SEQUENCE))
    for tag, start, end in signed:
        if tag != _SEQUENCE:
            continue
        encapsulated = _children(der, start, end)
        if len(encapsulated) == 2 and der[encapsulated[0][1] : encapsulated[0][2]] == _DATA:
            return _octets(der, encapsulated[1][1], encapsulated[1][2])
    return None


def _octets(der: bytes, start: int, end: int, depth: int = 0) -> bytes:
    """The bytes of an OCTET STRING, which BER may cut into pieces."""
    pieces = []
    for tag, inner_start, inner_end in _children(der, start, end):
        if tag == _OCTETS:
            pieces.append(der[inner_start:inner_end])
        elif tag == _OCTETS | 0x20 and depth < 4:
            pieces.append(_octets(der, inner_start, inner_end, depth + 1))
    return b"".join(pieces)


def _inside(der: bytes, at: int, wanted: int) -> tuple[int, int]:
    tag, start, end, _ = _element(der, at)
    if tag != wanted:
        raise ValueError("another element was expected")
    return start, end


def _children(der: bytes, start: int, end: int) -> list[tuple[int, int, int]]:
    found: list[tuple[int, int, int]] = []
    while start < end and der[start : start + 2] != b"\0\0" and len(found) < 100_000:
        tag, inner_start, inner_end, start = _element(der, start)
        found.append((tag, inner_start, inner_end))
    return found


def _element(der: bytes, at: int, depth: int = 0) -> tuple[int, int, int, int]:
    """Tag, start and end of the content, start of the next element; lengths may be indefinite (BER)."""
    tag, length = der[at], der[at + 1]
    start = at + 2
    if length < 0x80:
        return tag, start, start + length, start + length
    if length > 0x80:
        size = length & 0x7F
        end = start + size + int.from_bytes(der[start : start + size])
        return tag, start + size, end, end
    if depth > 20:
        raise ValueError("nested too deeply")
    end = start
    while der[end : end + 2] != b"\0\0":
        end = _element(der, end, depth + 1)[3]
    return tag, start, end, end + 2
