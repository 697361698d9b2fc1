"""A mail that was too large to be brought whole: its sender learns that we do not have all of it, where that is wished.

It is an automatic mail like any other: it goes to nobody whom a program may not write to (see inbox.desk.inform).
"""

from django.utils import translation
from django.utils.translation import gettext as _

from connectors.contract import Bounded, Incoming
from inbox.connect import connect
from inbox.desk.fitting import megabytes
from inbox.desk.inform import TOO_LARGE, inform
from inbox.desk.ownership import locked
from inbox.inbound.belonging import Source
from inbox.inbound.receive import Received
from inbox.models import Conversation, Direction

CUT = "cut"


def tell_sender(source: Source, incoming: Incoming, received: Received) -> None:
    """Tell him once, in the transaction in which it comes in."""
    if CUT not in incoming.notices:
        return
    connector = connect(source.channel)
    if not (isinstance(connector, Bounded) and connector.tells_too_large):
        return
    conversation = locked(Conversation.objects.get(pk=received.conversation))
    last = conversation.messages.filter(direction=Direction.INCOMING).order_by("happened_at", "pk").last()
    if last is None or last.pk != received.message:
        return  # an answer would go to whoever wrote since
    with translation.override("ru" if (incoming.language or conversation.customer.language) == "ru" else "en"):
        words = _(
            "Your mail is larger than the %(limit)s MB that we can take in. Its text has reached us, at least the"
            " beginning of it; its files have not. Please send them again in several smaller mails, as answers to this"
            " one."
        ) % {"limit": megabytes(connector.most_bytes)}
    inform(conversation, words, kind=TOO_LARGE, now=source.now)
