"""A strict push service on this machine, and browsers that have subscribed to it: each reads with keys of its own."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from connectors.webpush import Subscription, bytes_of

CURVE = ec.SECP256R1()


class Reader:
    """The browser's side of RFC 8291, written from its end: it opens what was sealed for it."""

    def __init__(self, endpoint: str) -> None:
        self._pair = ec.generate_private_key(CURVE)
        self._point = self._pair.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self._secret = os.urandom(16)
        self.subscription = Subscription(endpoint, self._point, self._secret)

    def reads(self, body: bytes) -> bytes:
        """What was said. Raise InvalidTag for what was sealed for somebody else."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        name, sealed = body[21 : 21 + length], body[21 + length :]
        assert length == 65
        assert len(sealed) <= size
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, name)
        info = b"WebPush: info\0" + self._point + name
        seed = HKDF(SHA256(), 32, self._secret, info).derive(self._pair.exchange(ec.ECDH(), theirs))
        mixed = HKDF.extract(SHA256(), salt, seed)
        key = HKDFExpand(SHA256(), 16, b"Content-Encoding: aes128gcm\0").derive(mixed)
        nonce = HKDFExpand(SHA256(), 12, b"Content-Encoding: nonce\0").derive(mixed)
        plain = AESGCM(key).decrypt(nonce, sealed, b"").rstrip(b"\0")
        assert plain.endswith(b"\x02")
        return plain[:-1]

    def hears(self, body: bytes) -> dict[str, Any]:
        """What was said, as our service worker reads it."""
        said: dict[str, Any] = json.loads(self.reads(body))
        return said


@dataclass(frozen=True, slots=True)
class Taken:
    """One request as the service understood it."""

    path: str
    body: bytes
    topic: str
    ttl: int
    urgency: str
    claims: dict[str, Any]
    key: bytes


@dataclass
class PushService:
    """Answers every request alike, and writes down what no real one would take. `drop` ends the line instead."""

    now: datetime
    status: int = 201
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    port: int = 0
    taken: list[Taken] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    _browsers: int = 0

    def browser(self) -> Reader:
        """One more that has subscribed."""
        self._browsers += 1
        return Reader(f"http://127.0.0.1:{self.port}/push/{self._browsers}")

    def takes(self, path: str, headers: dict[str, str], body: bytes) -> None:
        """Look at a request as strictly as RFC 8030, 8188 and 8292 allow."""
        token, key = self._identity(headers.get("authorization", ""))
        claims = self._claims(token, key)
        said = Taken(path, body, headers["topic"], int(headers["ttl"]), headers["urgency"], claims, key)
        wrong = {
            "encoding": headers.get("content-encoding") != "aes128gcm",
            "size": not 103 <= len(body) <= 4096,
            "topic": not 0 < len(said.topic) <= 32 or set(said.topic) - LETTERS,
            "urgency": said.urgency not in {"very-low", "low", "normal", "high"},
            "audience": claims["aud"] != f"http://127.0.0.1:{self.port}",
            "end": not self.now < datetime.fromtimestamp(claims["exp"], UTC) <= self.now + timedelta(days=1),
            "contact": not claims["sub"].startswith(("https://", "mailto:")),
        }
        self.complaints += [name for name, is_wrong in wrong.items() if is_wrong]
        self.taken.append(said)

    def _identity(self, header: str) -> tuple[str, bytes]:
        scheme, _, rest = header.partition(" ")
        named = dict(part.strip().split("=", 1) for part in rest.split(","))
        if scheme != "vapid" or set(named) != {"t", "k"}:
            self.complaints.append(f"authorization: {header}")
        return named["t"], bytes_of(named["k"])

    def _claims(self, token: str, key: bytes) -> dict[str, Any]:
        head, claims, signature = token.split(".")
        raw = bytes_of(signature)
        r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
        known = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, key)
        try:
            known.verify(encode_dss_signature(r, s), f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
        except InvalidSignature:
            self.complaints.append("signature")
        if json.loads(bytes_of(head)) != {"typ": "JWT", "alg": "ES256"} or len(raw) != 64:
            self.complaints.append("token")
        found: dict[str, Any] = json.loads(bytes_of(claims))
        return found


LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@contextmanager
def push_service(now: datetime) -> Iterator[PushService]:
    """One that listens as long as this lasts. Its port must be named in OTVET_REACH: it speaks without TLS."""
    service = PushService(now)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.takes(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            if service.drop:
                self.close_connection = True
                return
            self.send_response(service.status)
            for name, value in service.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing on the test's output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, args=[0.02])
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
