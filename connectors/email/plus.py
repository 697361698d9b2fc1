"""Whether a mailbox takes address+anything@: shown by a test mail that we send it so addressed.

Many servers refuse such an address or lose what is sent there (RFC 5233 leaves it to them), and customers' answers with
it. The key in the test's address stays the same for a mailbox, so that a test is known however late it comes.
"""

import json
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from uuid import uuid4

from connectors.contract import Content, Echo, Incoming, Outgoing, Person, Probe, Reply, Trial
from connectors.email import composing, tokens

SETTING = "plus_addressing"


@dataclass(frozen=True, slots=True)
class Kept:
    """The last test, as the mailbox's settings keep it; times in ISO 8601, empty for what has not happened."""

    key: str = ""
    asked_at: str = ""
    came_at: str = ""


def loads(kept: str) -> Kept:
    return Kept(**json.loads(kept or "{}"))


def dumps(test: Kept) -> str:
    return json.dumps(asdict(test))


def asked(kept: str, now: datetime | None) -> str:
    """What is kept once a test begins, or, without a time, once none is under way."""
    test = loads(kept)
    key = test.key or f"ctest{secrets.token_hex(10)}"
    return dumps(Kept(key=key, asked_at=now.isoformat() if now else ""))


def came(kept: str, now: datetime) -> str:
    """What is kept once the test has come."""
    return dumps(replace(loads(kept), came_at=now.isoformat()))


def works(kept: str) -> bool:
    """Whether the test has come."""
    return bool(loads(kept).came_at)


def trial(kept: str) -> Trial:
    """How it stands."""
    test = loads(kept)
    asked_at, came_at = (datetime.fromisoformat(at) if at else None for at in (test.asked_at, test.came_at))
    return Trial(of=SETTING, asked_at=asked_at, came_at=came_at)


def mail(kept: str, address: str, subject: str, text: str, now: datetime) -> Outgoing:
    """The test mail: from the mailbox to itself."""
    to = Person(address=tokens.address_with(address, loads(kept).key))
    reply = Reply(key=str(uuid4()), text=text, to=(to,), subject=subject, automatic=True, now=now)
    frozen = composing.compose(reply, composing.Sender(address=address))
    return Outgoing(provider_id=frozen.provider_id, recipients=frozen.recipients, body=frozen.body, since=now, now=now)


def recognised(content: Content, address: str, kept: str) -> Probe | None:
    """The test mail, or our copy of it. What a server reports of it is neither: that comes from somebody else."""
    key = loads(kept).key
    said = content if isinstance(content, Incoming) else content.said if isinstance(content, Echo) else None
    if said is None or not key or key not in said.tokens or said.sender.address.lower() != address.lower():
        return None
    return Probe(arrived=isinstance(content, Incoming))
