"""Who asks: the three ways to prove it, and the refusals when one cannot."""

import base64
import hashlib
import hmac
import time
from binascii import Error as NotBase64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, unquote

from connectors.sandbox.x.problems import forbidden, unauthorized
from connectors.sandbox.x.things import Account, Grant
from connectors.sandbox.x.world import World

HOSTS = ("https://api.twitter.com", "https://api.x.com")  # a signature is over the address the client believes in
_SKEW_SECONDS = 300


class Login(StrEnum):
    """The ways in, in the words of X."""

    OAUTH1 = "OAuth 1.0a User Context"
    OAUTH2 = "OAuth 2.0 User Context"
    APP = "OAuth 2.0 Application-Only"


@dataclass(frozen=True, slots=True)
class App:
    """The developer's app. All secrets are of the sandbox. A client without a secret is a public one."""

    consumer_key: str = "consumer-key-1"
    consumer_secret: str = "consumer-secret-1"  # noqa: S105
    bearer: str = "sandbox-app-bearer"
    client_id: str = "sandbox-client"
    client_secret: str = "sandbox-client-secret"  # noqa: S105
    public_client_id: str = "sandbox-public-client"

    def keys_of(self, account: str) -> tuple[str, str]:
        """The OAuth 1.0a access token of an account and its secret. They never expire."""
        secret = hmac.new(self.consumer_secret.encode(), account.encode(), hashlib.sha256).hexdigest()
        return f"{account}-{secret[:40]}", secret[40:]

    def sign(self, message: bytes) -> str:
        """What proves to a receiver that a webhook is genuine: `sha256=` and the HMAC with the consumer secret."""
        return "sha256=" + base64.b64encode(hmac.digest(self.consumer_secret.encode(), message, "sha256")).decode()


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, by which way in; `account` is none for the app itself."""

    login: Login
    account: Account | None = None
    scopes: frozenset[str] = frozenset()


class Door:
    """Tells who a request is from. `used` remembers nonces, so that no signed request is taken twice."""

    def __init__(self, world: World, app: App) -> None:
        self._world = world
        self._app = app
        self._used: set[tuple[str, str]] = set()

    def open(self, method: str, path: str, parameters: Sequence[tuple[str, str]], authorization: str) -> Caller:
        """`parameters` are those of the query and of a form. Raise the Problem of X for whoever is not known."""
        kind, _space, credentials = authorization.partition(" ")
        if kind.lower() == "bearer":
            return self._bearer(credentials.strip())
        if kind.lower() == "oauth":
            return self._signed(method, path, parameters, credentials)
        raise unauthorized()

    def _bearer(self, token: str) -> Caller:
        if token == self._app.bearer:
            return Caller(Login.APP)
        for grant in self._world.all(Grant):
            if grant.access == token and not grant.revoked and grant.expires > self._world.now():
                return Caller(Login.OAUTH2, self._active(grant.account), frozenset(grant.scopes))
        raise unauthorized()

    def _signed(self, method: str, path: str, parameters: Sequence[tuple[str, str]], credentials: str) -> Caller:
        given = _header(credentials)
        account = given.get("oauth_token", "").partition("-")[0]
        token, secret = self._app.keys_of(account)
        fits = given.get("oauth_consumer_key") == self._app.consumer_key and given.get("oauth_token") == token
        signed = {
            oauth1_signature(method, host + path, parameters, given, (self._app.consumer_secret, secret))
            for host in HOSTS
        }
        if not fits or given.get("oauth_signature_method") != "HMAC-SHA1" or given.get("oauth_signature") not in signed:
            raise unauthorized()
        self._use(given)
        return Caller(Login.OAUTH1, self._active(account))

    def _use(self, given: Mapping[str, str]) -> None:
        once = (given.get("oauth_timestamp", ""), given.get("oauth_nonce", ""))
        # The real clock: one that a test moved is not the client's.
        stale = not once[0].isdigit() or abs(int(once[0]) - time.time()) > _SKEW_SECONDS
        with self._world.lock:
            if stale or not once[1] or once in self._used:
                raise unauthorized()
            self._used.add(once)

    def _active(self, wanted: str) -> Account:
        account = self._world.find(Account, wanted)
        if account is None:
            raise unauthorized()
        if account.suspended:
            raise forbidden("Your account is suspended and is not permitted to access this feature.")
        return account


def oauth1_signature(
    method: str, url: str, parameters: Sequence[tuple[str, str]], oauth: Mapping[str, str], secrets: tuple[str, str]
) -> str:
    """The HMAC-SHA1 signature of RFC 5849, section 3.4. `secrets` are the consumer's and the token's."""
    own = [(name, value) for name, value in oauth.items() if name not in {"oauth_signature", "realm"}]
    pairs = sorted((_escaped(name), _escaped(value)) for name, value in (*parameters, *own))
    normalized = "&".join(f"{name}={value}" for name, value in pairs)
    base = "&".join(map(_escaped, (method.upper(), url, normalized)))
    key = "&".join(map(_escaped, secrets))
    return base64.b64encode(hmac.digest(key.encode(), base.encode(), "sha1")).decode()


def basic(authorization: str) -> tuple[str, str] | None:
    """The name and secret of HTTP Basic, none if the header is something else."""
    kind, _space, encoded = authorization.partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        name, _colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (NotBase64, UnicodeDecodeError):
        return None
    return unquote(name), unquote(secret)


def _header(credentials: str) -> dict[str, str]:
    pairs = (part.strip().partition("=") for part in credentials.split(","))
    return {name: unquote(value.strip('"')) for name, _equals, value in pairs}


def _escaped(text: str) -> str:
    return quote(text, safe="-._~")
