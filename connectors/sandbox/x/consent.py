"""OAuth 2.0 with PKCE: the page where an account allows an app in, and the exchange of what it gives."""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode

from msgspec.structs import replace

from connectors.sandbox.x.callers import App, basic
from connectors.sandbox.x.problems import Problem
from connectors.sandbox.x.things import Account, Code, Grant
from connectors.sandbox.x.world import World

CODE_MILLISECONDS = 30_000
ACCESS_SECONDS = 7200
SCOPES = frozenset(
    f"{what}.{how}"
    for what in ("tweet", "users", "dm", "media", "like", "list", "mute", "block", "follows", "bookmark")
    for how in ("read", "write")
) | {"offline.access", "tweet.moderate.write", "space.read", "users.email"}
_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Authorize app (sandbox)</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{{font:16px/1.5 system-ui;max-width:28rem;margin:3rem auto;padding:0 1rem}}label{{display:block}}
button{{font:inherit;padding:.5rem 1.2rem;margin:.8rem .5rem 0 0}}</style></head><body>
<h1>Otvet wants to access an account</h1><p>This is the sandbox of X. Nothing leaves this machine.</p>
<form method="post"><fieldset><legend>Account</legend>{accounts}</fieldset><p>It will be able to: {scopes}</p>{hidden}
<button name="decision" value="allow">Authorize app</button>
<button name="decision" value="deny" formnovalidate>Cancel</button>
</form></body></html>"""


class Consent:
    """Gives codes, tokens and new tokens."""

    def __init__(self, world: World, app: App) -> None:
        self._world = world
        self._app = app

    def page(self, asked: Mapping[str, str]) -> str:
        """The page. Raise 400 with a sentence if the link to it is wrong."""
        self._check(asked)
        ours = [account for account in self._world.all(Account) if account.ours]
        accounts = "".join(
            f'<label><input type="radio" name="account" value="{escape(account.username)}" required>'
            f" @{escape(account.username)} ({escape(account.name)})</label>"
            for account in ours
        )
        hidden = "".join(
            f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in asked.items()
        )
        return _PAGE.format(accounts=accounts, scopes=escape(asked["scope"]), hidden=hidden)

    def decide(self, asked: Mapping[str, str]) -> str:
        """Where the browser goes after the button was pressed."""
        self._check(asked)
        account = self._world.named(asked.get("account", ""))
        back = {"state": asked["state"]}
        if asked.get("decision") == "allow" and account is not None and account.ours:
            back["code"] = self._code(asked, account).id
        else:
            back["error"] = "access_denied"
        joint = "&" if "?" in asked["redirect_uri"] else "?"
        return f"{asked['redirect_uri']}{joint}{urlencode(back)}"

    def token(self, form: Mapping[str, str], authorization: str) -> dict[str, object]:
        """The answer of the token endpoint. Raise the recorded refusals."""
        client = self._client(form, authorization)
        kind = form.get("grant_type")
        if not kind:
            raise _refused("Missing required parameter [grant_type].")
        if kind == "authorization_code":
            return self._exchange(form, client)
        if kind == "refresh_token":
            return self._refresh(form, client)
        raise _refused(f"Value passed for the grant_type was invalid: {kind}.", "unsupported_grant_type")

    def revoke(self, form: Mapping[str, str], authorization: str) -> dict[str, object]:
        client = self._client(form, authorization)
        token = form.get("token")
        if not token:
            raise _refused("Missing required parameter [token].")
        for grant in self._world.all(Grant):
            if token in {grant.access, grant.refresh} and grant.client == client:
                self._world.put(replace(grant, revoked=True))
        return {"revoked": True}

    def granted(self, account: Account, scopes: str) -> dict[str, object]:
        """What the token endpoint answers the confidential client after the whole walk through the page."""
        empty = Grant(self._world.new_id(), self._app.client_id, account.id, scopes.split(), "", 0, "")
        grant = self._pair(empty)
        self._world.put(grant)
        return _answer(grant)

    def withdraw(self, account: Account) -> None:
        """The person removes the app in the settings of X."""
        grants = [grant for grant in self._world.all(Grant) if grant.account == account.id and not grant.revoked]
        revoked = (replace(grant, revoked=True) for grant in grants)
        self._world.take_place("revoked", account.id, account.id, *revoked)

    def end_access(self, account: Account) -> None:
        """Access tokens are void before their time; the refresh tokens are still good."""
        for grant in self._world.all(Grant):
            if grant.account == account.id:
                self._world.put(replace(grant, expires=0))

    def _check(self, asked: Mapping[str, str]) -> None:
        wanted = ("client_id", "redirect_uri", "scope", "state", "code_challenge")
        absent = [name for name in wanted if not asked.get(name)]
        if absent:
            raise _page_refused(f"missing: {', '.join(absent)}")
        if asked.get("response_type") != "code" or asked.get("code_challenge_method") != "S256":
            raise _page_refused("response_type must be code and code_challenge_method S256")
        if asked["client_id"] not in {self._app.client_id, self._app.public_client_id}:
            raise _page_refused("the client_id is not known")
        strange = set(asked["scope"].split()) - SCOPES
        if strange or not asked["redirect_uri"].startswith(("http://", "https://")):
            raise _page_refused(f"the scope or redirect_uri is not valid: {' '.join(sorted(strange))}")

    def _code(self, asked: Mapping[str, str], account: Account) -> Code:
        code = Code(
            id=secrets.token_urlsafe(48),
            client=asked["client_id"],
            account=account.id,
            scopes=asked["scope"].split(),
            redirect=asked["redirect_uri"],
            challenge=asked["code_challenge"],
            expires=self._world.now() + CODE_MILLISECONDS,
        )
        self._world.put(code)
        return code

    def _client(self, form: Mapping[str, str], authorization: str) -> str:
        """Which client asks: the confidential one by HTTP Basic, the public one by its id in the form."""
        if authorization:
            if basic(authorization) != (self._app.client_id, self._app.client_secret):
                raise _refused("Missing valid authorization header", "unauthorized_client", 401)
            return self._app.client_id
        client = form.get("client_id", "")
        if client == self._app.client_id:
            raise _refused("Missing valid authorization header", "unauthorized_client", 401)
        if not client:
            raise _refused("Missing required parameter [client_id].")
        if client != self._app.public_client_id:
            raise _refused("Value passed for the client_id was invalid.")
        return client

    def _exchange(self, form: Mapping[str, str], client: str) -> dict[str, object]:
        for name in ("code", "redirect_uri", "code_verifier"):
            if not form.get(name):
                raise _refused(f"Missing required parameter [{name}].")
        with self._world.lock:
            code = self._world.find(Code, form["code"])
            if code is None or code.spent or code.client != client or code.expires <= self._world.now():
                raise _refused("Value passed for the authorization code was invalid.")
            if code.redirect != form["redirect_uri"]:
                raise _refused("Value passed for the redirect uri did not match the uri of the authorization code.")
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            if base64.urlsafe_b64encode(digest).decode().rstrip("=") != code.challenge:
                raise _refused("Value passed for the code verifier did not match the code challenge.")
            grant = self._pair(Grant(self._world.new_id(), client, code.account, code.scopes, "", 0, ""))
            self._world.put(replace(code, spent=True), grant)
        return _answer(grant)

    def _refresh(self, form: Mapping[str, str], client: str) -> dict[str, object]:
        """The old pair is worth nothing from here on, also when nobody hears the answer."""
        token = form.get("refresh_token")
        if not token:
            raise _refused("Missing required parameter [refresh_token].")
        with self._world.lock:
            for grant in self._world.all(Grant):
                if grant.refresh == token and grant.client == client and not grant.revoked:
                    renewed = self._pair(grant)
                    self._world.put(renewed)
                    return _answer(renewed)
        raise _refused("Value passed for the token was invalid.")

    def _pair(self, grant: Grant) -> Grant:
        refresh = secrets.token_urlsafe(48) if "offline.access" in grant.scopes else ""
        expires = self._world.now() + ACCESS_SECONDS * 1000
        return replace(grant, access=secrets.token_urlsafe(48), refresh=refresh, expires=expires)


def _answer(grant: Grant) -> dict[str, object]:
    answer: dict[str, object] = {
        "token_type": "bearer",
        "expires_in": ACCESS_SECONDS,
        "access_token": grant.access,
        "scope": " ".join(grant.scopes),
    }
    return {**answer, "refresh_token": grant.refresh} if grant.refresh else answer


def _refused(description: str, error: str = "invalid_request", status: int = 400) -> Problem:
    return Problem(status, {"error": error, "error_description": description})


def _page_refused(why: str) -> Problem:
    page = f"<!DOCTYPE html><title>Something went wrong</title><p>You cannot give access to this app: {escape(why)}"
    return Problem(400, page.encode())
