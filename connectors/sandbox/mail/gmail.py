"""Gmail's own id of a mail, in its extension of IMAP (developers.google.com/workspace/gmail/imap/imap-extensions).

Of that extension nothing else is here: no labels, no threads, no search.
"""

from collections.abc import Iterable

from connectors.sandbox.mail import fetch
from connectors.sandbox.mail.imap import CAPABILITIES, ImapSession
from connectors.sandbox.mail.store import Mail

GMAIL_ID = "X-GM-MSGID"


def answer(mail: Mail, items: Iterable[str]) -> bytes:
    """As any server answers FETCH, and the id in decimal."""
    return b" ".join(_id(mail) if item.upper() == GMAIL_ID else fetch.answer(mail, [item]) for item in items)


def _id(mail: Mail) -> bytes:
    return f"{GMAIL_ID} {mail.gmail_id}".encode()


class GmailSession(ImapSession):
    """One client of a server that speaks the extension."""

    capabilities = f"{CAPABILITIES} X-GM-EXT-1"
    answer = staticmethod(answer)
