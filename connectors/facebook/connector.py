"""A Page on Facebook as a channel: Messenger, and what is said on its wall."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar, Self

from connectors.contract import (
    Account,
    App,
    Batch,
    Change,
    Connector,
    Content,
    File,
    Frozen,
    GapCheck,
    Limits,
    Outgoing,
    Payload,
    Person,
    Post,
    Remote,
    Reply,
    Report,
    Sent,
    Verb,
    secret,
    setting,
)
from connectors.errors import CredentialsRefused, gettext_noop
from connectors.facebook import (
    composing,
    downloading,
    finding,
    inspecting,
    login,
    looking,
    polling,
    reading,
    sending,
    standing,
    subscribing,
)
from connectors.facebook.api import Api
from connectors.facebook.app import VERSION, FacebookApp


@dataclass(frozen=True, kw_only=True)
class Facebook(Connector):
    """One Page. It is connected on a page of Facebook by somebody who manages it."""

    label: ClassVar[str] = gettext_noop("Facebook Page")
    icon: ClassVar[str] = "page"
    limits: ClassVar[Limits] = composing.PRIVATE
    app: ClassVar[type[App] | None] = FacebookApp
    labels: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "app": gettext_noop("calls of the app, %"),
            "page": gettext_noop("calls for the Page, %"),
            "pages": gettext_noop("calls for the Page, %"),
            "messenger": gettext_noop("calls for Messenger, %"),
        }
    )

    page_name: str = setting(
        gettext_noop("Name of the Page"), default="", help_text=gettext_noop("Filled in when you connect.")
    )
    page_id: str = setting(gettext_noop("Number of the Page"), default="", advanced=True)
    page_token: str = secret(gettext_noop("Access token of the Page"), default="", advanced=True)
    user_token: str = secret(gettext_noop("Access token of who connects it"), default="", advanced=True)
    tasks: str = setting(gettext_noop("What who connected it may do there"), default="", advanced=True)

    app_id: str = setting(gettext_noop("App ID"), default="")
    app_secret: str = secret(gettext_noop("App secret"), default="")
    version: str = setting(gettext_noop("Version of the Graph API"), default=VERSION)

    history_days: int = setting(gettext_noop("Days of old messages and comments to bring at first"), default=1)
    base: str = setting(gettext_noop("Address of the API, if not that of Facebook"), default="", advanced=True)

    @property
    def own_address(self) -> str:
        return self.page_name or self.page_id

    @property
    def account(self) -> str:
        return self.page_id

    @classmethod
    def limits_in(cls, thread_key: str) -> Limits:
        return composing.PUBLIC if composing.is_public(thread_key) else composing.PRIVATE

    @classmethod
    def parts(cls, text: str, thread_key: str) -> Sequence[str]:
        return composing.parts(text, thread_key)

    def check(self) -> str:
        """Ask Facebook who we are, and that it is the Page that was meant."""
        if not self.page_token:
            raise CredentialsRefused(
                gettext_noop("This Page is not connected yet. Connect it on the page of Facebook.")
            )
        me = standing.me(self._api)
        if me.id != self.page_id:
            raise CredentialsRefused(
                gettext_noop("This access belongs to %(found)s, not to %(wanted)s."),
                found=me.name,
                wanted=self.own_address,
            )
        return me.name

    def compose(self, reply: Reply) -> Sequence[Frozen]:
        return composing.compose(reply)

    def send(self, outgoing: Outgoing, wire: Callable[[], None]) -> Sent:
        return sending.send(self._api, self.page_id, outgoing, wire)

    def find(self, outgoing: Outgoing) -> str | None:
        return finding.find(self._api, self.page_id, outgoing)

    def fetch(self, cursor: str, folder: Path, now: datetime) -> Batch:
        return polling.fetch(self._followed, cursor, now - timedelta(days=self.history_days), now)

    def missed(self, check: GapCheck, folder: Path, now: datetime) -> Batch:
        return polling.missed(self._followed, check, now)

    def consent_address(self, *, back: str, state: str, challenge: str, again: bool) -> str | None:
        """The page of Facebook. It knows no PKCE, so the challenge is left out: the app's secret takes its place."""
        if not self.app_id or (self.page_token and not again):
            return None
        return login.dialog(self._client, back=back, state=state, again=again)

    def consented(self, code: str, *, back: str, verifier: str, now: datetime) -> Self:
        """Take the token of who came back. A Page that was chosen before is chosen again."""
        token = login.redeem(self._client, code, back=back)
        connected = replace(self, user_token=token, page_token="")
        return connected.choose(self.page_id) if self.page_id else connected

    def accounts(self) -> Sequence[Account]:
        if self.page_token or not self.user_token:
            return []
        return login.as_accounts(login.managed(self._client, self.user_token))

    def choose(self, account: str) -> Self:
        """Keep the Page's own token, which has no end; that of the person is not needed any more."""
        found = next((page for page in login.managed(self._client, self.user_token) if page.id == account), None)
        if found is None:
            raise CredentialsRefused(
                gettext_noop("You have not let us into the Page %(wanted)s. Connect again, and choose it there."),
                wanted=self.page_name or account,
            )
        return replace(
            self,
            page_id=found.id,
            page_name=found.name,
            page_token=found.token,
            user_token="",
            tasks=" ".join(found.tasks),
        )

    def report(self, now: datetime) -> Report:
        return standing.report(self._api, self._client.as_app, self.page_id, self.tasks.split())

    def subscribe(self, address: str, secret: str) -> None:
        subscribing.subscribe(self._client.as_app, self.app_id, self._api, self.page_id, address, secret)

    def download(self, remote: Remote, folder: Path) -> File:
        return downloading.download(remote, folder, self.base)

    def people(self, addresses: Sequence[str]) -> Mapping[str, Person]:
        return looking.people(self._api, self.page_id, addresses)

    def post(self, reference: str) -> Post | None:
        return looking.post(self._api, reference)

    def rechecked(self, provider_ids: Sequence[str], now: datetime) -> Sequence[Change]:
        """What became of it. Without the permission to read it everything would look deleted: nothing is said then."""
        changes = looking.became(self._api, provider_ids, now)
        gone = any(change.verb is Verb.DELETED for change in changes)
        if gone and not standing.may(self._client.as_app, self.page_token, self.page_id, "pages_read_user_content"):
            return []
        return changes

    def may_write_to(self, person: Person, reference: str) -> bool:
        return not reference or looking.may_write_to(self._api, reference)  # else the window alone decides

    @staticmethod
    def private_thread(person: Person) -> str:
        return f"dm:{person.address}"

    def like(self, provider_id: str, *, on: bool) -> None:
        if on:
            self._api.post(f"{provider_id}/likes", {}, has_effect=False)
        else:
            self._api.delete(f"{provider_id}/likes")

    def hide(self, provider_id: str, *, on: bool) -> None:
        self._api.post(provider_id, {"is_hidden": on}, has_effect=False)

    @staticmethod
    def read(payload: Payload, folder: Path) -> Sequence[Content]:
        return reading.read(payload, folder)

    @staticmethod
    def describe(path: Path) -> Mapping[str, object]:
        return inspecting.describe(path)

    @property
    def _api(self) -> Api:
        return self._client.api(self.page_token)

    @property
    def _client(self) -> login.Client:
        return login.Client(
            app_id=self.app_id, app_secret=self.app_secret, version=self.version, base=self.base.rstrip("/")
        )

    @property
    def _followed(self) -> polling.Followed:
        return polling.Followed(api=self._api, id=self.page_id)
