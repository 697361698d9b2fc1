"""What a mail claims, believed only as far as this mailbox's settings say."""

from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from connectors.contract import Authentication, Incoming, Spam


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Whose words count: a pattern for the name of the server that checks senders, the field of a spam filter,
    and the senders of web forms, whose Reply-To is the customer; a form of our own site writes as our mailbox."""

    authserv_id: str
    spam_header: str
    form_senders: frozenset[str]


def judge(said: Incoming, trust: Trust) -> Incoming:
    """The same message without the claims of those whom we do not trust."""
    settled = replace(said, authentication=_authentication(said.authentication, trust), spam=_spam(said.spam, trust))
    forms, behind = trust.form_senders, said.reply_to
    if behind is not None and said.sender.address.lower() in forms and behind.address.lower() not in forms:
        proven = _of_the_form(settled.authentication)
        return replace(settled, sender=behind, authentication=proven, is_auto_answer=False)
    return settled


def _authentication(found: Authentication | None, trust: Trust) -> Authentication | None:
    if found is None or not trust.authserv_id:
        return None
    return found if fnmatchcase(found.server.lower(), trust.authserv_id.lower()) else None


def _of_the_form(found: Authentication | None) -> Authentication | None:
    """A pass proves who runs the form, and nothing of whoever filled it in."""
    return replace(found, dmarc="none") if found and found.dmarc == "pass" else found


def _spam(found: Spam | None, trust: Trust) -> Spam | None:
    return found if found is not None and found.header.lower() == trust.spam_header.lower() else None
