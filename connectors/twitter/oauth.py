"""OAuth 2.0 with PKCE at X: the page where the account lets us in, and tokens that are renewed.

docs.x.com, fundamentals/authentication/oauth-2-0: a code is good for 30 seconds, an access token for two hours, and a
refresh token for one single use: the answer brings the next one.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from connectors.errors import CredentialsRefused, TryLater, gettext_noop
from connectors.http import Answer, Http
from connectors.twitter.api import HOST
from connectors.twitter.refusals import resets_at, words_of

SCOPES = (
    "tweet.read",
    "tweet.write",
    "tweet.moderate.write",
    "users.read",
    "dm.read",
    "dm.write",
    "media.write",
    "offline.access",
)
_PAGE_HOST = "https://x.com"
_MARGIN = timedelta(minutes=5)
_SHORTEST = timedelta(minutes=5)
_HOPELESS = frozenset({"invalid_request", "invalid_grant", "invalid_client", "unauthorized_client"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Our app at X. Without a secret it is a public one, which names itself in the form."""

    client_id: str
    client_secret: str = field(repr=False)
    base: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """A new pair, and what the account has allowed. The older refresh token is worth nothing from here on."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    scopes: str
    expires_at: datetime


def page(client: Client, *, back: str, state: str, challenge: str) -> str:
    """The address of the page. `challenge` is the S256 of the verifier that `redeem` will show."""
    asked = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": back,
        "scope": " ".join(SCOPES),
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return f"{client.base or _PAGE_HOST}/i/oauth2/authorize?{urlencode(asked, quote_via=quote)}"


def redeem(client: Client, code: str, *, back: str, verifier: str, now: datetime) -> Tokens:
    """Turn the code that came back into tokens. Raise CredentialsRefused or TryLater."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
    return _tokens(client, form, now)


def refresh(client: Client, refresh_token: str, now: datetime) -> Tokens:
    """Get the next pair. Raise CredentialsRefused if the account must be connected again, else TryLater."""
    return _tokens(client, {"grant_type": "refresh_token", "refresh_token": refresh_token}, now)


def _tokens(client: Client, form: Mapping[str, str], now: datetime) -> Tokens:
    http = Http(base=client.base or HOST)
    if client.client_secret:
        answer = http.post("/2/oauth2/token", form=form, headers=_basic(client), has_effect=False)
    else:
        answer = http.post("/2/oauth2/token", form={**form, "client_id": client.client_id}, has_effect=False)
    said = answer.json()
    if answer.status != 200 or not said.get("access_token"):
        raise _refusal(answer)
    lifetime = timedelta(seconds=_seconds(said.get("expires_in")))
    return Tokens(
        access=str(said["access_token"]),
        refresh=str(said.get("refresh_token") or ""),
        scopes=str(said.get("scope") or ""),
        expires_at=now + max(_SHORTEST, lifetime - _MARGIN),
    )


def _basic(client: Client) -> Mapping[str, str]:
    """HTTP Basic of a confidential client; id and secret are escaped first (RFC 6749, 2.3.1)."""
    pair = f"{quote(client.client_id, safe='')}:{quote(client.client_secret, safe='')}"
    return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


def _refusal(answer: Answer) -> CredentialsRefused | TryLater:
    said = answer.json()
    words = words_of(answer.status, said)
    if answer.status in (400, 401, 403) and said.get("error") in _HOPELESS:
        return CredentialsRefused(
            gettext_noop("X has withdrawn our access to this account. Connect the account again."), words
        )
    until = resets_at(answer.headers) if answer.status == 429 else None
    return TryLater(gettext_noop("X gave no new access to this account. It will be tried again."), words, until)


def _seconds(value: object) -> int:
    text = str(value)
    return int(text) if text.isdigit() else 7200
