"""Facebook Login: the page where somebody lets us in, his long-lived token, and the Pages he manages.

facebook-login/guides/access-tokens/get-long-lived: a token of a Page that comes from a long-lived one has no end of its
own. PKCE is no part of this flow: the code is redeemed with the app's secret.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from connectors.contract import Account
from connectors.errors import CredentialsRefused, TryLater, gettext_noop
from connectors.facebook.api import Api
from connectors.facebook.pages import pages
from connectors.facebook.shapes import Json, id_in, text_in
from connectors.facebook.standing import PERMISSIONS

_PAGE_HOST = "https://www.facebook.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Our app at Facebook."""

    app_id: str
    app_secret: str = field(repr=False)
    version: str
    base: str = ""

    def api(self, token: str) -> Api:
        """The API as the owner of a token; without one as nobody."""
        return Api(token=token, secret=self.app_secret, version=self.version, base=self.base)

    @property
    def as_app(self) -> Api:
        return self.api(f"{self.app_id}|{self.app_secret}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Managed:
    """A Page that somebody manages, its token, and what he may do there."""

    id: str
    name: str
    token: str = field(repr=False)
    tasks: tuple[str, ...]


def dialog(client: Client, *, back: str, state: str, again: bool) -> str:
    """The address of the page. `again` asks also for what was denied before."""
    asked = {
        "client_id": client.app_id,
        "redirect_uri": back,
        "state": state,
        "response_type": "code",
        "scope": ",".join(PERMISSIONS),
    }
    asked |= {"auth_type": "rerequest"} if again else {}
    return f"{client.base or _PAGE_HOST}/{client.version}/dialog/oauth?{urlencode(asked, quote_via=quote)}"


def redeem(client: Client, code: str, *, back: str) -> str:
    """Turn the code that came back into a token that lives for 60 days. Raise a ChannelError."""
    ours = {"client_id": client.app_id, "client_secret": client.app_secret}
    short = _token(client, {**ours, "redirect_uri": back, "code": code})
    return _token(client, {**ours, "grant_type": "fb_exchange_token", "fb_exchange_token": short})


def managed(client: Client, user_token: str) -> Sequence[Managed]:
    """The Pages that this person opened to us. Raise a ChannelError."""
    found = pages(client.api(user_token), "me/accounts", fields="id,name,access_token,tasks", limit="100")
    return [_managed(page) for page in found if text_in(page, "access_token")]


def as_accounts(found: Sequence[Managed]) -> Sequence[Account]:
    """Those Pages for somebody to choose from. Raise CredentialsRefused if there is none."""
    if not found:
        raise CredentialsRefused(
            gettext_noop("You have let us into no Page that you manage. Connect again, and choose the Page there.")
        )
    return [Account(id=page.id, name=page.name) for page in found]


def _token(client: Client, form: dict[str, str]) -> str:
    token = text_in(client.api("").post("oauth/access_token", form, has_effect=False), "access_token")
    if not token:
        raise TryLater(gettext_noop("Facebook gave us no access. Try it again."))
    return token


def _managed(page: Json) -> Managed:
    tasks = page.get("tasks")
    return Managed(
        id=id_in(page),
        name=text_in(page, "name"),
        token=text_in(page, "access_token"),
        tasks=tuple(map(str, tasks)) if isinstance(tasks, list) else (),
    )
