"""The Login page and what its code and its tokens are changed for."""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import Any
from urllib.parse import urlencode, urlsplit

from connectors.sandbox.graph.call import Call, trouble
from connectors.sandbox.graph.errors import Refused, missing, wrong
from connectors.sandbox.graph.network import Network
from connectors.sandbox.graph.things import SCOPES, Code, Page, Token

CODE_SECONDS = 600
SHORT_SECONDS = 2 * 3600
LONG_SECONDS = 5183944
DATA_SECONDS = 90 * 24 * 3600
_PLACE = "Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request"


def dialog(network: Network, asked: Mapping[str, str]) -> str:
    """The page on which a person picks Pages and allows or denies. Raise Refused when the link is wrong."""
    _check_link(network, asked)
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(asked.get(name, ""))}">'
        for name in ("client_id", "redirect_uri", "state", "scope", "response_type")
    )
    managed = network.pages.all()
    managers = dict.fromkeys(manager for page in managed for manager in page.managers)
    people = [person for name in managers if (person := network.people.get(name))]
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Log in to the sandbox</title>'
        f"<h1>{escape(network.app.name)} asks for access</h1><p>{escape(asked.get('scope', ''))}</p>"
        f'<form method="post">{hidden}<fieldset><legend>You are</legend>'
        + "".join(_choice("radio", "person", person.id, person.name, chosen=not n) for n, person in enumerate(people))
        + "</fieldset><fieldset><legend>Pages</legend>"
        + "".join(_choice("checkbox", "page", page.id, page.name, chosen=True) for page in managed)
        + '</fieldset><button name="answer" value="allow">Allow</button>'
        '<button name="answer" value="deny">Deny</button></form></html>'
    )


def decide(network: Network, chosen: Mapping[str, str], pages: list[str]) -> str:
    """Where the browser goes after the person has allowed or denied. Raise Refused when the form is wrong."""
    _check_link(network, chosen)
    state = {"state": chosen["state"]} if chosen.get("state") else {}
    if chosen.get("answer") != "allow":
        answer = {
            "error": "access_denied",
            "error_code": "200",
            "error_description": "Permissions error",
            "error_reason": "user_denied",
        }
    else:
        answer = {"code": _code(network, chosen, pages).id}
    mark = "&" if urlsplit(chosen["redirect_uri"]).query else "?"
    return f"{chosen['redirect_uri']}{mark}{urlencode(answer | state)}#_=_"


def exchange(call: Call) -> dict[str, Any]:
    """Change a code for a user token, or a user token for one that lives long."""
    _check_client(call)
    if call.text("grant_type") == "fb_exchange_token":
        return _longer(call)
    if call.text("grant_type") == "client_credentials":
        app = call.network.app
        return {"access_token": f"{app.id}|{app.secret}", "token_type": "bearer"}
    code = call.network.codes.get(call.needed("code"))
    if code is None:
        raise Refused(100, message="Invalid verification code format.")
    if code.used:
        raise Refused(100, 36009, "This authorization code has been used.")
    if code.expires <= call.network.now():
        raise Refused(100, 36007, "This authorization code has expired.")
    if code.redirect != call.needed("redirect_uri"):
        raise Refused(100, 36008, f"Error validating verification code. {_PLACE}")
    with call.network.act():
        call.network.codes.put(replace(code, used=True))
        return _answer(call.network, issue(call.network, code.person, code.scopes, code.pages, SHORT_SECONDS))


def issue(network: Network, person: str, scopes: tuple[str, ...], pages: tuple[str, ...], seconds: int) -> Token:
    """Make a user token that lives so long."""
    now = network.now()
    fresh = Token(
        id=f"EAA{secrets.token_urlsafe(48)}",
        person=person,
        scopes=scopes,
        pages=pages,
        issued=now,
        expires=now + seconds * 1000,
        data_expires=now + DATA_SECONDS * 1000,
    )
    return network.tokens.put(fresh)


def page_token(network: Network, user: Token, page: Page) -> Token:
    """The token of a Page that comes from this user token: without an end when that one lives long."""
    for known in network.tokens.all():
        same = (known.person, known.page, known.scopes) == (user.person, page.id, user.scopes)
        if same and not known.broken and bool(known.expires) == _is_short(user):
            return known
    fresh = replace(
        user,
        id=f"EAAP{secrets.token_urlsafe(48)}",
        page=page.id,
        pages=(page.id,),
        issued=network.now(),
        expires=user.expires if _is_short(user) else 0,
    )
    return network.tokens.put(fresh)


def debug(call: Call) -> dict[str, Any]:
    """What a token is and whether it lives."""
    call.app()
    network = call.network
    token = network.tokens.get(call.needed("input_token"))
    if token is None:
        error = {"code": 190, "message": "Invalid OAuth access token - Cannot parse access token"}
        return {"data": {"error": error, "is_valid": False, "scopes": []}}
    problem = trouble(network, token)
    data: dict[str, Any] = {
        "app_id": network.app.id,
        "type": "PAGE" if token.page else "USER",
        "application": network.app.name,
        "data_access_expires_at": token.data_expires // 1000,
        "expires_at": token.expires // 1000,
        "issued_at": token.issued // 1000,
        "is_valid": problem is None,
        "scopes": [*token.scopes, "public_profile"],
        "granular_scopes": [{"scope": scope, "target_ids": list(token.pages)} for scope in token.scopes],
        "user_id": token.person,
    }
    if token.page:
        data["profile_id"] = token.page
    if problem is not None:
        error = {"code": 190, "message": problem.sentence}
        data["error"] = error | ({"subcode": problem.subcode} if problem.subcode else {})
    return {"data": data}


def _check_link(network: Network, asked: Mapping[str, str]) -> None:
    if asked.get("client_id") != network.app.id:
        raise Refused(101, message="Invalid App ID: The provided app ID does not look like a valid app ID.")
    if not urlsplit(asked.get("redirect_uri", "")).scheme:
        raise missing("redirect_uri")
    if asked.get("response_type") not in (None, "", "code"):
        raise wrong("response_type must be code")
    unknown = set(_scopes(asked)) - set(SCOPES) - {"business_management", "public_profile", "email"}
    if unknown:
        raise Refused(100, message=f"Invalid Scopes: {', '.join(sorted(unknown))}.")


def _check_client(call: Call) -> None:
    app = call.network.app
    if call.needed("client_id") != app.id:
        sentence = "Error validating application. Cannot get application info due to a system error."
        raise Refused(101, message=sentence)
    if not hmac.compare_digest(call.needed("client_secret").encode(), app.secret.encode()):
        raise Refused(1, message="Error validating client secret.", transient=False)


def _longer(call: Call) -> dict[str, Any]:
    short = call.network.tokens.get(call.needed("fb_exchange_token"))
    if short is None or short.page:
        raise Refused(190, message="Invalid OAuth access token - Cannot parse access token")
    problem = trouble(call.network, short)
    if problem is not None:
        raise problem
    with call.network.act():
        return _answer(call.network, issue(call.network, short.person, short.scopes, short.pages, LONG_SECONDS))


def _answer(network: Network, token: Token) -> dict[str, Any]:
    seconds = (token.expires - network.now()) // 1000
    return {"access_token": token.id, "token_type": "bearer", "expires_in": seconds}


def _code(network: Network, chosen: Mapping[str, str], pages: list[str]) -> Code:
    person = network.people.get(chosen.get("person", ""))
    if person is None:
        raise missing("person")
    managed = tuple(page.id for page in network.pages.all() if page.id in pages and person.id in page.managers)
    with network.act():
        return network.codes.put(
            Code(
                id=f"AQ{secrets.token_urlsafe(48)}",
                person=person.id,
                pages=managed,
                scopes=tuple(scope for scope in SCOPES if scope in _scopes(chosen)),
                redirect=chosen["redirect_uri"],
                expires=network.now() + CODE_SECONDS * 1000,
            )
        )


def _scopes(asked: Mapping[str, str]) -> list[str]:
    return asked.get("scope", "").replace(",", " ").split()


def _is_short(user: Token) -> bool:
    return user.expires - user.issued <= SHORT_SECONDS * 1000


def _choice(kind: str, name: str, value: str, shown: str, *, chosen: bool) -> str:
    mark = " checked" if chosen else ""
    return f'<label><input type="{kind}" name="{name}" value="{escape(value)}"{mark}>{escape(shown)}</label>'
