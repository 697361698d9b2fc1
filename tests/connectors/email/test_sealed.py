"""Signed and encrypted mail."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7

from connectors.email import sealed
from connectors.email.structure import Tree

INNER = b"Content-Type: text/plain\r\n\r\nSigned words"


def opaque() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "carla")])
    day = datetime(2026, 11, 12, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(day)
        .not_valid_after(day + timedelta(days=9))
        .sign(key, hashes.SHA256())
    )
    signature = pkcs7.PKCS7SignatureBuilder().set_data(INNER).add_signer(certificate, key, hashes.SHA256())
    return signature.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


def part(content: bytes) -> Tree:
    return Tree(b"Content-Type: application/pkcs7-mime\r\n\r\n" + content)


def test_the_content_of_an_opaque_signature_is_found() -> None:
    assert sealed.is_pkcs7(part(b"").root)
    assert sealed.signed_content(part(opaque()).root) == INNER


def test_content_in_pieces_of_indefinite_length_is_joined() -> None:
    pieces = b"\x24\x80\x04\x03abc\x04\x02de\x00\x00"
    content = b"\x30\x80\x06\x09" + bytes.fromhex("2a864886f70d010701") + b"\xa0\x80" + pieces + b"\x00\x00\x00\x00"
    signed = b"\x30\x80\x02\x01\x01\x31\x00" + content + b"\x00\x00"
    der = b"\x30\x80\x06\x09" + bytes.fromhex("2a864886f70d010702") + b"\xa0\x80" + signed + b"\x00" * 4
    assert sealed.signed_content(part(der).root) == b"abcde"


@pytest.mark.parametrize(
    "content", [b"", b"\x30", b"\x30\x80" * 99_999, b"\x30\x84\xff\xff\xff\xff", b"words", b"\0" * 99]
)
def test_what_is_no_signature_has_no_content(content: bytes) -> None:
    assert not sealed.signed_content(part(content).root)


def test_an_inline_signature_is_taken_off() -> None:
    text = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nWords\n- -- \nCarla\n"
        "-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n"
    )
    assert sealed.unarmoured(text) == ("Words\n-- \nCarla\n", "signed")


def test_an_inline_encrypted_message_is_told_apart() -> None:
    text = "-----BEGIN PGP MESSAGE-----\nabc\n-----END PGP MESSAGE-----"
    assert sealed.unarmoured(text) == (text, "encrypted")
    assert sealed.unarmoured("plain") == ("plain", "")
