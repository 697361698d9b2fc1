"""From what Facebook handed over to what was said: Messenger and the wall, whoever carried it.

Pure; runs in the limited reader. Ours is told from theirs by the fact `account`, or by what the body itself says.
"""

from collections.abc import Sequence
from pathlib import Path

from connectors.contract import Content, Payload
from connectors.errors import Unreadable, gettext_noop
from connectors.facebook import messenger, wall
from connectors.facebook.carriers import UNNAMED, Kind, Thing, things
from connectors.facebook.shapes import decoded


def read(payload: Payload, folder: Path) -> Sequence[Content]:
    """What a payload says; of a webhook's body only the piece that its fact `part` names. Raise Unreadable."""
    body = decoded(payload.read())
    part, account = payload.facts.get("part"), payload.facts.get("account", "")
    wanted = things(body, part)
    if not wanted:
        raise Unreadable(gettext_noop("There is nothing in it that somebody said to us."))
    return [content for thing in wanted for content in understood(thing, account or thing.account)]


def understood(thing: Thing, account: str) -> Sequence[Content]:
    """What one thing means; nothing for what is our own and answers nobody. Raise Unreadable."""
    if thing.source_key.startswith(f"{UNNAMED}:"):
        raise Unreadable(gettext_noop("This is not what Facebook sends: something in it has no id."))
    match thing.kind:
        case Kind.EVENT:
            return messenger.event(thing, account)
        case Kind.SHOWN_MESSAGE:
            return messenger.shown(thing.data, account)
        case Kind.SHOWN_COMMENT:
            return wall.shown_comment(thing.data, account)
        case Kind.SHOWN_POST:
            return wall.shown_post(thing.data, account)
        case _:
            return wall.pushed(thing, account)
