"""The page of Google or Microsoft on which the mailbox's owner lets us in (RFC 6749, 4.1, with PKCE, RFC 7636)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from urllib.parse import quote, urlencode

from connectors.email.oauth import PROVIDERS, Client, Tokens, tokens_for


@dataclass(frozen=True, slots=True)
class Page:
    """Where the owner is asked, for what, and what makes the provider give a refresh token at all."""

    address: str
    scope: str
    extra: Mapping[str, str]


PAGES: Mapping[str, Page] = MappingProxyType(
    {
        # developers.google.com/identity/protocols/oauth2/web-server: a refresh token comes only with these two
        "google": Page(
            "https://accounts.google.com/o/oauth2/v2/auth",
            "https://mail.google.com/",
            {"access_type": "offline", "prompt": "consent"},
        ),
        "microsoft": Page(
            "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
            PROVIDERS["microsoft"].scope,
            {"response_mode": "query"},
        ),
    }
)


def address(client: Client, owner: str, *, back: str, state: str, challenge: str) -> str:
    """The page's address. `challenge` is the S256 of the verifier that `redeem` will show."""
    page = PAGES[client.provider]
    asked = {
        "client_id": client.client_id,
        "redirect_uri": back,
        "response_type": "code",
        "scope": page.scope,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "login_hint": owner,
        **page.extra,
    }
    return f"{page.address.format(tenant=quote(client.tenant or 'common', safe=''))}?{urlencode(asked)}"


def redeem(client: Client, code: str, *, back: str, verifier: str, now: datetime) -> Tokens:
    """Turn the code that came back into tokens. Raise CredentialsRefused or TryLater."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
    return tokens_for(client, form, now)
