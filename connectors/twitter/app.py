"""Our app at X: its keys, and the secret by which X signs webhooks (docs.x.com, webhooks/introduction)."""

import base64
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from connectors.contract import App, Call, Piece, secret, setting
from connectors.errors import NotFromProvider, gettext_noop
from connectors.twitter.carriers import decoded, things
from connectors.twitter.prices import price_of_event

SIGNATURE = "x-twitter-webhooks-signature"


@dataclass(frozen=True, kw_only=True)
class XApp(App):
    """One app of developer.x.com, which serves several accounts."""

    label: ClassVar[str] = gettext_noop("App at X")

    client_id: str = setting(
        gettext_noop("Client ID"),
        default="",
        help_text=gettext_noop("OAuth 2.0, under “User authentication settings” of the app."),
    )
    client_secret: str = secret(gettext_noop("Client Secret"), default="")
    consumer_key: str = secret(gettext_noop("API Key (consumer key)"), default="")
    consumer_secret: str = secret(
        gettext_noop("API Key Secret (consumer secret)"),
        default="",
        help_text=gettext_noop("X signs its webhooks with it."),
    )
    bearer: str = secret(
        gettext_noop("Bearer Token of the app"), default="", help_text=gettext_noop("Needed only for webhooks.")
    )
    base: str = setting(gettext_noop("Address of the API, if not that of X"), default="", advanced=True)

    def verify(self, call: Call) -> None:
        headers = {name.lower(): value for name, value in call.headers.items()}
        if not self.consumer_secret or not hmac.compare_digest(
            headers.get(SIGNATURE, "").encode(), self._signature(call.body).encode()
        ):
            raise NotFromProvider(gettext_noop("This call is not signed by X with the secret of our app."))

    def handshake(self, call: Call) -> str | None:
        """The challenge that X sends when a webhook is made and every hour after."""
        challenge = call.query.get("crc_token")
        if challenge is None:
            return None
        if not self.consumer_secret:
            raise NotFromProvider(gettext_noop("The app has no API Key Secret here, so X cannot be answered."))
        return json.dumps({"response_token": self._signature(challenge.encode())})

    @staticmethod
    def split(body: bytes) -> Sequence[Piece]:
        return [
            Piece(account=thing.account, source_key=thing.source_key, part=thing.part, price=price_of_event(thing))
            for thing in things(decoded(body))
        ]

    def _signature(self, message: bytes) -> str:
        digest = hmac.digest(self.consumer_secret.encode(), message, "sha256")
        return "sha256=" + base64.b64encode(digest).decode()
