"""The street: all that people do on this platform, and the company's side of it for those who skip Login.

All answers are plain, so that they are the same over HTTP.
"""

from dataclasses import replace

from connectors.sandbox.graph import login
from connectors.sandbox.graph.accounts import FIELDS, shake_hands
from connectors.sandbox.graph.chatting import Chatting
from connectors.sandbox.graph.network import MANAGER
from connectors.sandbox.graph.people import Unknown
from connectors.sandbox.graph.posting import Posting
from connectors.sandbox.graph.things import SCOPES, Subscription


class Street(Chatting, Posting):
    """One function for each thing that somebody does."""

    def connect(self, page: str = "") -> dict[str, str]:
        """What an app has after Login: its own keys, a Page of this name and its endless token."""
        network = self._network
        with network.act():
            found = network.page(page)
            person = network.person(MANAGER)
            everything = tuple(page.id for page in network.pages.all())
            user = login.issue(network, person.id, SCOPES, everything, login.LONG_SECONDS)
            token = login.page_token(network, user, found)
        app = network.app
        keys = {"app_id": app.id, "app_secret": app.secret, "page_id": found.id, "page_name": found.name}
        return keys | {"page_token": token.id, "user_token": user.id}

    def subscribe(self, url: str, verify_token: str, page: str = "") -> None:
        """Send all webhooks of this Page there, after the handshake. Raise Refused when that fails."""
        network = self._network
        wanted = Subscription(id="page", url=url, verify_token=verify_token, fields=FIELDS)
        shake_hands(wanted)
        with network.act():
            network.subscriptions.put(wanted)
            network.pages.put(replace(network.page(page), subscribed=FIELDS))

    def break_token(self, token: str, subcode: int = 0) -> None:
        """From now on this token, and every one of the same person, is refused with 190 and this subcode."""
        network = self._network
        found = network.tokens.get(token)
        if found is None:
            raise Unknown("there is no such token")
        with network.act():
            for other in network.tokens.all():
                if other.person == found.person:
                    network.tokens.put(replace(other, broken=True, subcode=subcode))
