"""What names a mail. Message-IDs are kept bare, without their angle brackets, everywhere in the product."""

import hashlib
import re

from connectors.email import limits
from connectors.email.headers import Headers

DELIVERY_FIELD = "X-Otvet-Delivery"  # names a mail of ours even where a provider rewrites the Message-ID

_BRACKETED = re.compile(r"<\s*([^<>]+?)\s*>")


def bare(message_id: str) -> str:
    """`<a@b>` as `a@b`; of several the first."""
    found = _BRACKETED.search(message_id)
    return "".join((found[1] if found else message_id.strip().strip("<>")).split())


def all_bare(value: str) -> list[str]:
    """Every Message-ID in a References or In-Reply-To field, in order, each once."""
    found = _BRACKETED.findall(value) or [word for word in value.split() if "@" in word]
    return list(dict.fromkeys("".join(name.split()) for name in found))


def message_id(fields: Headers, raw: bytes) -> str:
    """The mail's own id, or one made of its bytes where it has none."""
    own = bare(fields.text("message-id"))
    return own or f"{hashlib.sha256(raw).hexdigest()}@missing.local"


def given_out(fields: Headers) -> str:
    """The id that we gave to a mail of ours: our own field has it where the provider wrote another Message-ID.

    Anybody can copy the field: it says nothing of a mail that others sent to us.
    """
    return bare(fields.text(DELIVERY_FIELD.lower())) or bare(fields.text("message-id"))


def parents(fields: Headers) -> tuple[str, ...]:
    """What the mail answers, nearest first: In-Reply-To, then References from right to left."""
    nearest = all_bare(fields.text("in-reply-to"))
    further = list(reversed(all_bare(fields.text("references"))))
    return tuple(dict.fromkeys(nearest[:5] + further))[: limits.REFERENCES]


def provider_id(own_id: str, body: bytes) -> str:
    """Message-ID and a hash of the body: ids are reused in the wild.

    Headers do not count, so that copies delivered to two mailboxes are one; nor do line ends, which
    servers change.
    """
    normal = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n").strip()
    return f"{own_id}/{hashlib.sha256(normal).hexdigest()}"
