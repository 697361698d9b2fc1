"""What Amazon SES and Microsoft 365 do with the Message-ID of a mail that is handed in, and how they answer.

SES: the answer is `250 Ok <id>`, the Message-ID is overridden (docs.aws.amazon.com/ses/latest/dg/header-fields.html).
Microsoft 365 tells the whole Message-ID in its answer.
"""

import re
from uuid import uuid4

from connectors.sandbox.mail.misbehaviour import Renames

REGION = "eu-west-1"
_EXCHANGE = "AM0PR01MB0001.eurprd01.prod.exchangelabs.com"
_FIELD = re.compile(rb"^(Message-ID):.*(?:\r?\n[ \t].*)*", re.IGNORECASE | re.MULTILINE)


def renamed(raw: bytes, by: Renames) -> tuple[bytes, str]:
    """The mail as it goes on, and the words of the answer that the sender gets."""
    if by is Renames.SES:
        name = f"010201919b2c4d5e-{uuid4()}-000000"
        return _with_id(raw, f"{name}@{REGION}.amazonses.com"), f"250 Ok {name}"
    name = f"{uuid4().hex.upper()}@{_EXCHANGE}"
    return _with_id(raw, name), f"250 2.0.0 OK <{name}> [Hostname={_EXCHANGE}]"


def _with_id(raw: bytes, message_id: str) -> bytes:
    header, blank, body = raw.partition(b"\r\n\r\n")
    return _FIELD.sub(b"Message-ID: <" + message_id.encode() + b">", header, count=1) + blank + body
