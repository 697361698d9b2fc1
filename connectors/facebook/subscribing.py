"""Telling Facebook where to call us, and of what (graph-api/webhooks/getting-started/webhooks-for-pages)."""

from connectors.errors import Rejected, gettext_noop
from connectors.facebook.api import Api

FIELDS = (
    "feed",
    "mention",
    "messages",
    "message_echoes",
    "message_deliveries",
    "message_reads",
    "message_edits",
    "message_reactions",
    "messaging_postbacks",
    "messaging_referrals",
    "standby",
)


def subscribe(app: Api, app_id: str, page_api: Api, page: str, address: str, secret: str) -> None:
    """Have the app called at `address`, and this Page's events sent to the app. Raise a ChannelError.

    `secret` is the verify token: Facebook tries the address with it before it says yes. Doing it again changes nothing.
    """
    if not secret:
        raise Rejected(gettext_noop("The app has no verify token. Save it again, and one is made."))
    named = ",".join(FIELDS)
    asked = {"object": "page", "callback_url": address, "verify_token": secret, "fields": named}
    app.post(f"{app_id}/subscriptions", asked, has_effect=False)
    page_api.post(f"{page}/subscribed_apps", {"subscribed_fields": named}, has_effect=False)
