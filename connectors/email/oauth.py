"""Access tokens of Google and Microsoft from a refresh token (RFC 6749, 6)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from urllib.parse import quote

from connectors.errors import CredentialsRefused, TryLater, gettext_noop
from connectors.http import Answer, Http

_MARGIN = timedelta(minutes=5)
_SHORTEST = timedelta(minutes=5)
_NOT_CONNECTED = gettext_noop(
    "Nobody has opened this mailbox to us at Google or Microsoft yet. Enter the OAuth client id and secret under "
    "“More settings” and press “Connect”: its owner is asked on the provider's page."
)
_HOPELESS = frozenset({"invalid_grant", "invalid_client", "unauthorized_client", "interaction_required"})


@dataclass(frozen=True, slots=True)
class Provider:
    """Where tokens are had and what they must be good for. `{tenant}` stands for the company at Microsoft."""

    base: str
    path: str
    scope: str


PROVIDERS: Mapping[str, Provider] = MappingProxyType(
    {
        # developers.google.com/identity/protocols/oauth2/web-server
        "google": Provider("https://oauth2.googleapis.com", "/token", ""),
        # learn.microsoft.com: "Authenticate an IMAP, POP or SMTP connection using OAuth"
        "microsoft": Provider(
            "https://login.microsoftonline.com",
            "/{tenant}/oauth2/v2.0/token",
            "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access",
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Our registration at the provider, and the refresh token it has given us."""

    provider: str
    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    tenant: str = "common"
    base: str = ""  # another address than the provider's own


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """A new access token, good until `expires_at`, and the refresh token to use next: providers change it."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime


def refresh(client: Client, now: datetime) -> Tokens:
    """Get new tokens. Raise CredentialsRefused if the account must be connected again, else TryLater."""
    grant = {"grant_type": "refresh_token", "refresh_token": given(client.refresh_token)}
    return tokens_for(client, grant | {"scope": PROVIDERS[client.provider].scope}, now)


def given(token: str) -> str:
    """The token, if there is one: none at all would be taken for a password that nobody gave."""
    if not token:
        raise CredentialsRefused(_NOT_CONNECTED)
    return token


def tokens_for(client: Client, grant: Mapping[str, str], now: datetime) -> Tokens:
    """Show the provider a grant and get tokens for it. Raise CredentialsRefused or TryLater."""
    provider = PROVIDERS[client.provider]
    form = {**grant, "client_id": client.client_id, "client_secret": client.client_secret}
    path = provider.path.format(tenant=quote(client.tenant or "common", safe=""))
    answer = Http(base=client.base or provider.base).post(
        path, form={name: value for name, value in form.items() if value}, has_effect=False
    )
    return _tokens(answer, client, now)


def _tokens(answer: Answer, client: Client, now: datetime) -> Tokens:
    said = answer.json()
    access = said.get("access_token")
    if answer.status == 200 and isinstance(access, str) and access:
        lifetime = timedelta(seconds=_seconds(said.get("expires_in")))
        return Tokens(
            access=access,
            refresh=str(said.get("refresh_token") or client.refresh_token),
            expires_at=now + max(_SHORTEST, lifetime - _MARGIN),
        )
    words = f"HTTP {answer.status} {said.get('error', '')}: {said.get('error_description', '')}"[:500]
    if said.get("error") in _HOPELESS:
        raise CredentialsRefused(
            gettext_noop("The provider has withdrawn our access to the mailbox. Connect the account again."), words
        )
    raise TryLater(gettext_noop("The provider gave no new access to the mailbox. It will be tried again."), words)


def _seconds(value: object) -> int:
    text = str(value)
    return int(text) if text.isdigit() else 3600
