"""What comes back of a mail of ours with the report on it: its headers, and with them its id."""

import re
from collections.abc import Sequence

from connectors.email import identity
from connectors.email.headers import Headers
from connectors.email.structure import Part, Tree

_EMBEDDED_ID = re.compile(
    r"^[> \t]{0,20}(x-otvet-delivery\s*:|message-id\s*:(?=\s*<[^<>\s]{3,300}>))\s*<?([^<>\s]{3,300})",
    re.IGNORECASE | re.MULTILINE,
)
_LOOKED_AT = 60_000  # characters of a part


def headers_of(leaves: Sequence[Part]) -> Headers | None:
    """The headers of our mail, as far as the report returns them."""
    for leaf in leaves:
        if leaf.media_type in (
            "message/rfc822",
            "message/global",
            "message/rfc822-headers",
            "text/rfc822-headers",
        ):
            return Tree(leaf.content()[:200_000]).root.headers
    return None


def id_of(returned: Headers | None, leaves: Sequence[Part], text: str) -> str:
    """The bare id that we gave our mail, from its headers or from a report whose words are `text`; empty if untold."""
    if returned and (own := identity.given_out(returned)):
        return own
    plain = (leaf.content()[:_LOOKED_AT].decode("latin-1") for leaf in leaves if leaf.media_type == "text/plain")
    return next(filter(None, map(_embedded_id, (text, *plain))), "")


def _embedded_id(words: str) -> str:
    """The id in headers that stand there as text: that of our own field before the provider's."""
    found = _EMBEDDED_ID.findall(words)
    return str(max(found, key=lambda field: field[0][:1] in "xX", default=("", ""))[1])
