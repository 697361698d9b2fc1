"""What a canned answer may name of a conversation: `{{customer|there}}` is his name, or "there" if we have none.

One pass over the text and no engine: what a customer calls himself is put in as it is, and is never looked at again.
"""

import re

from django.utils.translation import gettext_noop

from inbox.errors import Invalid
from inbox.models import Agent, Conversation

PLACE = re.compile(r"\{\{\s*([^{}|]*?)\s*(?:\|\s*([^{}]*?)\s*)?\}\}")
ALWAYS = ("number", "agent", "team", "brand")
PERHAPS = ("customer", "subject", "topic")


def require_known(text: str) -> None:
    """Raise Invalid for a name that nothing is known by, for one that may be empty and says nothing instead, or a brace
    that would be sent as it stands."""
    for name, instead in PLACE.findall(text):
        if name not in (*ALWAYS, *PERHAPS):
            known = ", ".join((*ALWAYS, *PERHAPS))
            raise Invalid(
                gettext_noop("Nothing is called “%(name)s” here. These are: %(known)s."), name=name, known=known
            )
        if name in PERHAPS and not instead:
            said = gettext_noop("“%(name)s” is not always known: say what stands there else, as in {{%(name)s|…}}.")
            raise Invalid(said, name=name)
    rest = PLACE.sub("", text)
    if "{{" in rest or "}}" in rest:
        raise Invalid(gettext_noop("A pair of braces is not closed, or holds what cannot be read."))


def filled(text: str, conversation: Conversation, *, by: Agent) -> str:
    """The text with what is known of this conversation in its places."""
    known = {
        "number": conversation.label,
        "agent": by.name,
        "team": conversation.team.name,
        "brand": conversation.reply_channel.brand.name,
        "customer": conversation.customer.name or conversation.address.name,
        "subject": conversation.subject,
        "topic": conversation.topic.name if conversation.topic else "",
    }
    return PLACE.sub(lambda place: known.get(place[1], "") or place[2] or "", text)
