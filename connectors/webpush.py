"""Telling a browser whose pages are all closed: through the push service of whoever made it.

RFC 8030 is the exchange, RFC 8291 over RFC 8188 (`aes128gcm`) seals what is said so that only that browser reads it,
RFC 8292 (VAPID) says who we are. The browser gives us the address to write to, so it is as little to be trusted as
any other that somebody typed: it goes through `connectors/http.py`, which probes no private network.
"""

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from connectors.errors import ChannelError, Rejected, TryLater, gettext_noop
from connectors.http import Answer, Http, retry_after

CURVE = ec.SECP256R1()
SALT_BYTES, SECRET_BYTES = 16, 16
RECORD = 4096  # bytes; every push service takes one record of this size (RFC 8291, 4)
MOST_BYTES = RECORD - 16 - 1 - 86  # what fits beside the tag, the delimiter and the header
SIGNED_FOR = timedelta(hours=12)  # RFC 8292 allows a day


class Unsubscribed(ChannelError):
    """Nobody listens at this address any more: forget it."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a browser gives to whoever may tell it something: where, its public key (a point, 65 bytes), its secret."""

    endpoint: str
    key: bytes = field(repr=False)
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Raise ValueError for what no push service can have given out."""
        parts = urlsplit(self.endpoint)
        if parts.scheme not in {"https", "http"} or not parts.hostname or parts.username is not None:
            raise ValueError("not the address of a push service")
        if len(self.secret) != SECRET_BYTES:
            raise ValueError("not the secret of a browser")
        self.point()

    def point(self) -> ec.EllipticCurvePublicKey:
        """Its public key."""
        return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, self.key)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who we are to push services: a pair of keys of our own (the private one as a number), and where we are found."""

    private: int = field(repr=False)
    contact: str

    @property
    def pair(self) -> ec.EllipticCurvePrivateKey:
        return ec.derive_private_key(self.private, CURVE)

    @property
    def public(self) -> str:
        """Our public key, as browsers want it when they subscribe."""
        return text_of(_encoded(self.pair.public_key()))


def new_private() -> int:
    """A private key for a Sender."""
    return ec.generate_private_key(CURVE).private_numbers().private_value


def tell(browser: Subscription, said: bytes, *, sender: Sender, topic: str, keep: timedelta, now: datetime) -> None:
    """Hand something over to the browser's push service, which keeps it so long until the browser is there.

    What is kept there under the same topic (at most 32 letters of base64url) gives way to it. Raise Unsubscribed;
    TryLater, with `until` where the service named it; OutcomeUnknown where it may have been taken; Rejected where it
    never will be, and CredentialsRefused where the address is one that we may not write to.
    """
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "TTL": str(max(0, int(keep.total_seconds()))),
        "Urgency": "high",  # somebody waits; on a phone that sleeps all else comes when it wakes by itself
        "Topic": topic,
        "Authorization": authorization(sender, browser.endpoint, now),
    }
    answer = Http(base=browser.endpoint).post("", body=sealed(said, browser), headers=headers)
    _taken(answer, now)


def _taken(answer: Answer, now: datetime) -> None:
    words = f"HTTP {answer.status}"
    if 200 <= answer.status < 300:
        return
    if answer.status in {404, 410}:
        raise Unsubscribed(gettext_noop("This browser does not want to be told any more."), words)
    if answer.status in {408, 429} or answer.status >= 500:
        until = retry_after(answer.headers.get("Retry-After", ""), now)
        raise TryLater(gettext_noop("The push service of this browser is busy or out of order."), words, until)
    raise Rejected(
        gettext_noop("The push service of this browser refused it. Switch it off there and on again."), words
    )


def sealed(
    said: bytes,
    browser: Subscription,
    *,
    pair: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """What only this browser can read (RFC 8291). Pair and salt are made for each message; a test may know them.

    Raise ValueError for more than MOST_BYTES.
    """
    if len(said) > MOST_BYTES:
        raise ValueError(f"{len(said)} bytes do not fit into one record")
    pair = pair or ec.generate_private_key(CURVE)
    ours = _encoded(pair.public_key())
    shared = pair.exchange(ec.ECDH(), browser.point())
    seed = _derived(shared, browser.secret, b"WebPush: info\0" + browser.key + ours, 32)
    return record(said, seed, salt=salt or os.urandom(SALT_BYTES), name=ours)


def record(said: bytes, seed: bytes, *, salt: bytes, name: bytes = b"") -> bytes:
    """One `aes128gcm` record with its header (RFC 8188); `name` says by which key it opens."""
    key = _derived(seed, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(seed, salt, b"Content-Encoding: nonce\0", 12)
    header = salt + RECORD.to_bytes(4, "big") + bytes([len(name)]) + name
    return header + AESGCM(key).encrypt(nonce, said + b"\x02", None)  # 2: the last record


def authorization(sender: Sender, endpoint: str, now: datetime) -> str:
    """The header by which a push service knows us (RFC 8292): a token, good for this service alone."""
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((now + SIGNED_FOR).timestamp()),
        "sub": sender.contact,
    }
    signed = ".".join(text_of(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": "ES256"}, claims))
    r, s = decode_dss_signature(sender.pair.sign(signed.encode(), ec.ECDSA(SHA256())))
    signature = text_of(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={signed}.{signature}, k={sender.public}"


def text_of(raw: bytes) -> str:
    """Base64url without padding, as all of these RFCs write bytes."""
    return urlsafe_b64encode(raw).decode().rstrip("=")


def bytes_of(text: str) -> bytes:
    """The bytes that were written so. Raise ValueError."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(secret)


def _encoded(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
