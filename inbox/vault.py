"""Sealing and opening credentials.

AES-256-GCM-SIV (RFC 8452), written `v1.<key id>.<nonce>.<ciphertext>`, bound to where it lies: a ciphertext
copied to another row does not open. The key ring is the setting INBOX_KEYS, newest first.
"""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from django.conf import settings

VERSION = "v1"
NONCE_BYTES = 12


class WrongKey(Exception):
    """The vault's keys do not open this. Give the installation the key ring it was sealed with."""


def seal(plain: bytes, place: str) -> bytes:
    """Seal bytes for one place (`table:column:primary key`) with the newest key."""
    kid, key = next(iter(settings.INBOX_KEYS.items()))
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCMSIV(key).encrypt(nonce, plain, place.encode())
    return ".".join([VERSION, kid, _text(nonce), _text(sealed)]).encode()


def unseal(sealed: bytes, place: str) -> bytes:
    """Open what was sealed for this very place. Raise WrongKey; never return ciphertext."""
    try:
        version, kid, nonce, ciphertext = bytes(sealed).decode("ascii").split(".")
        if version != VERSION:
            raise WrongKey(f"sealed in an unknown form: {version}")
        return AESGCMSIV(settings.INBOX_KEYS[kid]).decrypt(_bytes(nonce), _bytes(ciphertext), place.encode())
    except KeyError as error:
        raise WrongKey(f"sealed with key {error}, which is not in INBOX_KEYS") from error
    except (InvalidTag, ValueError) as error:
        raise WrongKey("it was sealed with another key, or for another place") from error


def key_of(sealed: bytes) -> str:
    """The id of the key that something is sealed with."""
    return bytes(sealed).split(b".")[1].decode()


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode()


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text)
