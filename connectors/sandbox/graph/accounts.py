"""Who one is, which Pages one manages, and where webhooks go."""

import secrets
from dataclasses import replace
from typing import Any

import requests

from connectors.sandbox.graph.call import Call
from connectors.sandbox.graph.errors import Refused, nowhere, wrong
from connectors.sandbox.graph.login import page_token
from connectors.sandbox.graph.nodes import Edge
from connectors.sandbox.graph.things import Page, Subscription
from connectors.sandbox.graph.views import page_node, person_node, profile_node

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
    "messaging_optins",
    "messaging_handovers",
    "messaging_account_linking",
    "messaging_policy_enforcement",
    "standby",
)
_HANDSHAKE_SECONDS = 10


def me(call: Call) -> dict[str, Any]:
    """The Page or the person of the token."""
    token = call.token()
    page = call.network.pages.get(token.page)
    if page is not None:
        return call.give(page_node(call.network, page, token))
    return call.give(person_node(call.user()[1]))


def accounts(call: Call) -> dict[str, Any]:
    """The Pages that were picked at Login, each with its own token."""
    token, _person = call.user()
    if "pages_show_list" not in token.scopes:
        return {"data": []}
    found = [page for name in token.pages if (page := call.network.pages.get(name))]
    with call.network.act():
        nodes = [page_node(call.network, page, page_token(call.network, token, page)) for page in found]
    if not call.text("fields"):
        call.parameters["fields"] = "access_token,category,name,id,tasks"
    return call.give_page(Edge("me/accounts", nodes))


def permissions(call: Call) -> dict[str, Any]:
    """What the person granted."""
    token, _person = call.user()
    return {"data": [{"permission": scope, "status": "granted"} for scope in (*token.scopes, "public_profile")]}


def page(call: Call, name: str) -> dict[str, Any]:
    """A Page. Its token is among the fields for somebody who manages it."""
    token = call.token()
    found = call.network.pages.get(name)
    if found is None or name not in token.pages:
        raise nowhere(name)
    with call.network.act():
        own = token if token.page else page_token(call.network, token, found)
    return call.give(page_node(call.network, found, own))


def profile(call: Call, name: str) -> dict[str, Any]:
    """A person as the Page of the token knows them."""
    contact = call.network.contacts.get(name)
    token, _page = call.acting_page(contact.place if contact is not None else "", "pages_messaging")
    if contact is None or contact.place != token.page:
        raise nowhere(name)
    if contact.unavailable:
        raise Refused(100, 2018218)
    return call.give(profile_node(call.network, contact))


def subscribed_apps(call: Call, name: str) -> dict[str, Any]:
    """Which events of a Page the app gets."""
    _token, found = call.acting_page(name, "pages_manage_metadata")
    app = call.network.app
    if call.method == "GET":
        entry = {"link": "https://www.facebook.com", "name": app.name, "id": app.id}
        return {"data": [entry | {"subscribed_fields": list(found.subscribed)}] if found.subscribed else []}
    fields = _fields(call, "subscribed_fields") if call.method == "POST" else ()
    _subscribe(call, found, fields)
    return {"success": True}


def subscriptions(call: Call) -> dict[str, Any]:
    """Where the app gets its webhooks: the address is tried before it is kept."""
    call.app()
    network = call.network
    if call.method == "GET":
        return {"data": [_shown(kept) for kept in network.subscriptions.all()]}
    if call.method == "DELETE":
        with network.act():
            network.subscriptions.drop(call.text("object", "page"))
        return {"success": True}
    if call.needed("object") != "page":
        raise wrong("object must be page")
    wanted = Subscription(
        id="page",
        url=call.needed("callback_url"),
        verify_token=call.needed("verify_token"),
        fields=_fields(call, "fields"),
    )
    shake_hands(wanted)
    with network.act():
        network.subscriptions.put(wanted)
    return {"success": True}


def shake_hands(wanted: Subscription) -> None:
    """Ask the address to give a challenge back. Raise Refused when it does not."""
    challenge = str(secrets.randbelow(10**10))
    asked = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": wanted.verify_token}
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(wanted.url, params=asked, timeout=_HANDSHAKE_SECONDS, allow_redirects=False)
    except requests.RequestException as error:
        raise Refused(2200, message=f"(#2200) Callback verification failed: {type(error).__name__}") from error
    if answer.status_code != 200:
        sentence = (
            f"(#2200) Callback verification failed with the following errors: HTTP Status Code = {answer.status_code}"
        )
        raise Refused(2200, message=sentence)
    if answer.text != challenge:
        raise Refused(2200, message="(#2200) Callback verification failed: the challenge was not given back")


def _subscribe(call: Call, found: Page, fields: tuple[str, ...]) -> None:
    with call.network.act():
        call.network.pages.put(replace(found, subscribed=fields))
        call.network.log("subscribe", page=found.id, fields=list(fields))


def _fields(call: Call, name: str) -> tuple[str, ...]:
    given = call.parameters.get(name)
    words = [str(word) for word in given] if isinstance(given, list) else call.needed(name).split(",")
    for word in words:
        if word not in FIELDS:
            raise wrong(f"Param {name} must be one of {{{', '.join(FIELDS)}}} - got {word!r}")
    return tuple(words)


def _shown(kept: Subscription) -> dict[str, Any]:
    fields = [{"name": name, "version": "v25.0"} for name in kept.fields]
    return {"object": kept.id, "callback_url": kept.url, "active": True, "fields": fields}
