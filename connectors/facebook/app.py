"""Our app at Meta: its keys, and the secret by which webhooks are signed (graph-api/webhooks/getting-started)."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from connectors.contract import App, Call, Piece, made, secret, setting
from connectors.errors import NotFromProvider, gettext_noop
from connectors.facebook.carriers import things
from connectors.facebook.shapes import decoded

SIGNATURE = "x-hub-signature-256"
VERSION = "v25.0"


@dataclass(frozen=True, kw_only=True)
class FacebookApp(App):
    """One app of developers.facebook.com, which serves several Pages."""

    label: ClassVar[str] = gettext_noop("App at Facebook")

    app_id: str = setting(gettext_noop("App ID"), default="")
    app_secret: str = secret(
        gettext_noop("App secret"), default="", help_text=gettext_noop("Under “App settings”, “Basic”.")
    )
    verify_token: str = made(
        gettext_noop("Verify token"),
        help_text=gettext_noop("Facebook shows this word when it tries our address. Copy it where it asks for it."),
    )
    version: str = setting(gettext_noop("Version of the Graph API"), default=VERSION)
    base: str = setting(gettext_noop("Address of the API, if not that of Facebook"), default="", advanced=True)

    def verify(self, call: Call) -> None:
        """Facebook signs the very bytes that it sends, with unicode escaped: nothing may be decoded before."""
        headers = {name.lower(): value for name, value in call.headers.items()}
        expected = "sha256=" + hmac.digest(self.app_secret.encode(), call.body, "sha256").hex()
        if not self.app_secret or not hmac.compare_digest(headers.get(SIGNATURE, "").encode(), expected.encode()):
            raise NotFromProvider(gettext_noop("This call is not signed by Facebook with the secret of our app."))

    def handshake(self, call: Call) -> str | None:
        """The challenge that Facebook sends when a webhook is made."""
        if call.query.get("hub.mode") != "subscribe":
            return None
        given = call.query.get("hub.verify_token", "")
        if not self.verify_token or not hmac.compare_digest(given.encode(), self.verify_token.encode()):
            raise NotFromProvider(gettext_noop("This call does not know our verify token."))
        return call.query.get("hub.challenge", "")

    @staticmethod
    def split(body: bytes) -> Sequence[Piece]:
        return [
            Piece(account=thing.account, source_key=thing.source_key, part=thing.part)
            for thing in things(decoded(body))
        ]
