"""One call of the Graph API: what was asked, with which token, and whether it may."""

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from connectors.sandbox.graph.errors import Refused, missing, nowhere, wrong
from connectors.sandbox.graph.network import Network
from connectors.sandbox.graph.nodes import Edge, Node, give, give_page, parse
from connectors.sandbox.graph.things import Page, Person, Token

_MODIFIERS = ("limit", "after", "before", "order", "filter")
_CANNOT_PARSE = "Invalid OAuth access token - Cannot parse access token"
_NEEDS_PROOF = "API calls from the server require an appsecret_proof argument"
_WRONG_PROOF = "Invalid appsecret_proof provided in the API argument"
_NEEDS_PAGE_TOKEN = "This method must be called with a Page Access Token"  # noqa: S105  # a sentence
_NOT_THIS_PAGE = "(#10) To use this endpoint, a token of this Page with the task MODERATE or MESSAGING is needed."


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the call."""

    name: str
    mime: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """`path` has no version; `parameters` are those of the query and the body together."""

    network: Network
    method: str
    version: str
    path: tuple[str, ...]
    parameters: dict[str, Any]
    base: str  # scheme and host as the caller named them
    uploads: dict[str, Upload] = field(default_factory=dict)

    # -- parameters

    def text(self, name: str, default: str = "") -> str:
        """A parameter as text; of a JSON body also a number or a truth. Raise Refused when it is more than that."""
        value = self.parameters.get(name, default)
        if isinstance(value, dict | list):
            raise wrong(f"Param {name} must be a string")
        return value if isinstance(value, str) else json.dumps(value)

    def needed(self, name: str) -> str:
        """A parameter that must be there. Raise Refused."""
        value = self.text(name)
        if not value:
            raise missing(name)
        return value

    def structure(self, name: str) -> dict[str, Any]:
        """A parameter that is a JSON object, or text that holds one; empty when absent. Raise Refused."""
        value = self.parameters.get(name, {})
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                raise wrong(f"Param {name} must be a valid JSON object") from None
        if not isinstance(value, dict):
            raise wrong(f"Param {name} must be an object")
        return value

    def truth(self, name: str) -> bool:
        """A parameter that is true or false. Raise Refused."""
        value = self.needed(name).lower()
        if value not in ("true", "false", "1", "0"):
            raise wrong(f"Param {name} must be a boolean")
        return value in ("true", "1")

    # -- the token

    def token(self) -> Token:
        """The token of this call, alive and with its proof. Raise Refused."""
        word = self.text("access_token")
        if not word:
            if self.path[:1] == ("me",):
                raise Refused(2500, message="An active access token must be used to query information about the user.")
            raise Refused(104)
        token = self.network.tokens.get(word)
        if token is None:
            raise Refused(190, message=_CANNOT_PARSE)
        problem = trouble(self.network, token)
        if problem is not None:
            raise problem
        self._check_proof(word)
        return token

    def app(self) -> None:
        """Demand the token of the app itself, `id|secret`. Raise Refused."""
        app = self.network.app
        if not hmac.compare_digest(self.text("access_token").encode(), f"{app.id}|{app.secret}".encode()):
            raise Refused(190, message="Invalid OAuth access token signature.")

    def user(self) -> tuple[Token, Person]:
        """The person of a user token. Raise Refused."""
        token = self.token()
        person = self.network.people.get(token.person)
        if token.page or person is None:
            raise wrong("Tried accessing nonexisting field (accounts) on node type (Page)")
        return token, person

    def acting_page(self, page: str, scope: str) -> tuple[Token, Page]:
        """The Page that this call acts as: its own token is needed, granted for `scope`. Raise Refused."""
        token = self.token()
        found = self.network.pages.get(page)
        if not token.page:
            raise Refused(190, message=_NEEDS_PAGE_TOKEN)
        if found is None or token.page != page:
            raise Refused(10, message=_NOT_THIS_PAGE) if found else nowhere(page, self.method)
        self.demand(token, scope)
        return token, found

    def demand(self, token: Token, scope: str) -> None:
        """Raise Refused unless the person granted this."""
        if scope in token.scopes:
            return
        if scope == "pages_messaging":
            raise Refused(230)
        code = 10 if scope.startswith("pages_read") else 200
        raise Refused(code, message=f"(#{code}) Requires {scope} permission to manage the object")

    def _check_proof(self, word: str) -> None:
        given = self.text("appsecret_proof")
        if not given:
            raise Refused(100, message=_NEEDS_PROOF, kind="GraphMethodException")
        if not hmac.compare_digest(given.encode(), proof(self.network.app.secret, word).encode()):
            raise Refused(100, message=_WRONG_PROOF, kind="GraphMethodException")

    # -- answers

    def give(self, node: Node) -> dict[str, Any]:
        """The object as it was asked for."""
        return give(node, parse(self.text("fields")) if self.text("fields") else (), self.link)

    def give_page(self, edge: Edge) -> dict[str, Any]:
        """The page of a list that was asked for."""
        modifiers = {name: self.text(name) for name in _MODIFIERS if self.text(name)}
        fields = parse(self.text("fields")) if self.text("fields") else ()
        return give_page(edge, modifiers, fields, self.link)

    def link(self, path: str, parameters: dict[str, str]) -> str:
        """An address for the same caller. It carries the token, never the proof."""
        own = {"access_token": self.text("access_token"), **parameters}
        return f"{self.base}/{self.version}/{path}?{urlencode(own)}"


def proof(secret: str, token: str) -> str:
    """The `appsecret_proof` of a token."""
    return hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()


def trouble(network: Network, token: Token) -> Refused | None:
    """Why this token is dead, if it is."""
    if token.broken:
        return Refused(190, token.subcode)
    if token.expires and token.expires <= network.now():
        return Refused(190, 463)
    return None
