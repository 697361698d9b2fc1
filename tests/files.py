"""Files of messages as they lie on the disk."""

from hashlib import sha256
from uuid import uuid4

from inbox import blobs


def laid(content: bytes) -> str:
    """Put a file there that a row may name; its sha256."""
    digest, landed = sha256(content).hexdigest(), blobs.landing() / uuid4().hex
    landed.write_bytes(content)
    blobs.adopt(landed, digest)
    return digest
