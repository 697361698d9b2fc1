"""What providers push: a signed body, taken apart and kept before it is answered."""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db.models import F

from connectors.contract import Call, Piece
from connectors.errors import NotFromProvider, Unreadable
from inbox.connect import open_app
from inbox.inbound import letterbox
from inbox.models import ProviderApp

log = logging.getLogger(__name__)

MOST_BYTES = 4 * 1024 * 1024  # the largest documented body, a thousand changes of a Page, has about one


def take(app: ProviderApp, call: Call, now: datetime) -> int:
    """Keep a call's items. Return how many are new.

    A body that is signed and not understood is kept whole, as something for strangers. Raise NotFromProvider, with
    nothing kept, for a body the provider did not sign.
    """
    opened = open_app(app)
    try:
        opened.verify(call)
    except NotFromProvider:
        ProviderApp.objects.filter(pk=app.pk).update(refused_calls=F("refused_calls") + 1)
        raise
    pieces: Sequence[Piece]
    try:
        pieces = opened.split(call.body)
    except Unreadable as error:
        log.warning("a signed call to %s is not understood: %s", app, error)
        pieces = [Piece(account="", source_key="", part="")]
    return letterbox.drop_pushed(app, call.body, pieces, now)


def handshake(app: ProviderApp, call: Call) -> str | None:
    """The answer to the provider's own test call, or None if this is none. Raise NotFromProvider for a wrong one."""
    return open_app(app).handshake(call)
