"""An account on X as a channel: posts that mention it and direct messages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar, Self

from connectors.contract import (
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
    secret,
    setting,
)
from connectors.errors import CredentialsRefused, Rejected, gettext_noop
from connectors.twitter import (
    composing,
    downloading,
    finding,
    inspecting,
    looking,
    oauth,
    polling,
    reading,
    sending,
    standing,
    subscribing,
)
from connectors.twitter.api import Api, Keys
from connectors.twitter.app import XApp
from connectors.twitter.prices import PRICES

_NOT_CONNECTED = gettext_noop("This account is not connected yet. Connect it on the page of X.")


@dataclass(frozen=True, kw_only=True)
class X(Connector):
    """One account on X. It is connected on a page of X (OAuth 2.0), or with the four keys of OAuth 1.0a."""

    label: ClassVar[str] = gettext_noop("X (Twitter)")
    icon: ClassVar[str] = "x"
    limits: ClassVar[Limits] = composing.PRIVATE
    app: ClassVar[type[App] | None] = XApp
    pace: ClassVar[timedelta] = timedelta(minutes=1)
    prices: ClassVar[Mapping[str, int]] = PRICES
    labels: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "mentions": gettext_noop("reading mentions"),
            "search": gettext_noop("searching for answers"),
            "dm_read": gettext_noop("reading direct messages"),
            "posts": gettext_noop("reading posts"),
            "own_posts": gettext_noop("reading our own posts"),
            "users": gettext_noop("reading names"),
            "post_write": gettext_noop("writing posts"),
            "dm_write": gettext_noop("writing direct messages"),
            "me": gettext_noop("asking who we are"),
        }
    )

    username: str = setting(
        gettext_noop("User name on X"), default="", help_text=gettext_noop("Without @. Filled in when you connect.")
    )
    user_id: str = setting(gettext_noop("Number of the account"), default="", advanced=True)

    client_id: str = setting(gettext_noop("Client ID"), default="")
    client_secret: str = secret(gettext_noop("Client Secret"), default="")
    consumer_key: str = secret(gettext_noop("API Key (consumer key)"), default="")
    consumer_secret: str = secret(gettext_noop("API Key Secret (consumer secret)"), default="")
    bearer: str = secret(gettext_noop("Bearer Token of the app"), default="")

    access_token: str = secret(gettext_noop("Access token"), default="", advanced=True)
    refresh_token: str = secret(gettext_noop("Refresh token"), default="", advanced=True)
    access_expires: str = setting(gettext_noop("Access token ends at"), default="", advanced=True)
    scopes: str = setting(gettext_noop("What the account has allowed"), default="", advanced=True)
    oauth1_token: str = secret(
        gettext_noop("Access Token (OAuth 1.0a)"),
        default="",
        help_text=gettext_noop("Only if you do not connect on the page of X."),
    )
    oauth1_token_secret: str = secret(gettext_noop("Access Token Secret (OAuth 1.0a)"), default="")

    history_days: int = setting(gettext_noop("Days of old posts and messages to bring at first"), default=1)
    take_messages: bool = setting(gettext_noop("Bring direct messages"), default=True)
    owns_app: bool = setting(
        gettext_noop("The app at developer.x.com belongs to this very account"),
        default=False,
        help_text=gettext_noop("Then X charges less for reading its mentions."),
        advanced=True,
    )
    base: str = setting(gettext_noop("Address of the API, if not that of X"), default="", advanced=True)

    @property
    def own_address(self) -> str:
        return f"@{self._handle}" if self._handle else self.account

    @property
    def account(self) -> str:
        """The number of the account, which an OAuth 1.0a token begins with."""
        return self.user_id or self.oauth1_token.partition("-")[0]

    @classmethod
    def limits_in(cls, thread_key: str) -> Limits:
        return composing.limits_in(thread_key)

    @classmethod
    def measure(cls, text: str, thread_key: str) -> int:
        return composing.measure(text, thread_key)

    @classmethod
    def parts(cls, text: str, thread_key: str) -> Sequence[str]:
        return composing.parts(text, thread_key)

    def check(self) -> str:
        """Ask X who we are, and that it is the account that was meant: people are searched for by its name."""
        me = standing.me(self._api)
        if self._handle and me.username.lower() != self._handle.lower():
            raise CredentialsRefused(
                gettext_noop(
                    "X says that this is @%(found)s, not @%(wanted)s. Correct the name, or connect the other account."
                ),
                found=me.username,
                wanted=self._handle,
            )
        return f"@{me.username}"

    def compose(self, reply: Reply) -> Sequence[Frozen]:
        return composing.compose(reply)

    def send(self, outgoing: Outgoing, wire: Callable[[], None]) -> Sent:
        return sending.send(self._api, outgoing, wire)

    def find(self, outgoing: Outgoing) -> str | None:
        return finding.find(self._api, self.account, outgoing)

    def fetch(self, cursor: str, folder: Path, now: datetime) -> Batch:
        return polling.fetch(self._followed, cursor, now - timedelta(days=self.history_days), now)

    def missed(self, check: GapCheck, folder: Path, now: datetime) -> Batch:
        return polling.missed(self._followed, check, now)

    def expires_at(self) -> datetime | None:
        if self.oauth1_token:
            return None
        return datetime.fromisoformat(self.access_expires) if self.access_expires else datetime.fromtimestamp(0, UTC)

    def refresh(self, now: datetime) -> Self:
        if not self.refresh_token:
            raise CredentialsRefused(_NOT_CONNECTED)
        return self._with(oauth.refresh(self._client, self.refresh_token, now))

    def consent_address(self, *, back: str, state: str, challenge: str, again: bool) -> str | None:
        if self.oauth1_token or not self.client_id or (self.refresh_token and not again):
            return None
        return oauth.page(self._client, back=back, state=state, challenge=challenge)

    def consented(self, code: str, *, back: str, verifier: str, now: datetime) -> Self:
        """Take the keys, and learn whose they are. Another account than before is refused: it is another channel."""
        connected = self._with(oauth.redeem(self._client, code, back=back, verifier=verifier, now=now))
        me = standing.me(connected._api)
        if self.user_id and me.id != self.user_id:
            raise CredentialsRefused(
                gettext_noop("You have let us into @%(found)s, but this channel is @%(wanted)s. Log in there first."),
                found=me.username,
                wanted=self._handle,
            )
        return replace(connected, user_id=me.id, username=me.username)

    def report(self, now: datetime) -> Report:
        return standing.report(standing.me(self._api, self.scopes), self._as_app if self.bearer else None)

    def subscribe(self, address: str, secret: str) -> None:
        """Have events sent to us. X knows no secret of ours here: it proves itself by its signature."""
        if not self.bearer or not self.consumer_secret:
            raise Rejected(gettext_noop("Webhooks need the Bearer Token and the API Key Secret of the app."))
        if self.oauth1_token:
            raise Rejected(gettext_noop("Webhooks need an account that was connected on the page of X (OAuth 2.0)."))
        subscribing.subscribe(self._as_app, self._api, self.account, address, messages=self.take_messages)

    def download(self, remote: Remote, folder: Path) -> File:
        return downloading.download(self._api, remote, folder)

    def people(self, addresses: Sequence[str]) -> Mapping[str, Person]:
        return looking.people(self._api, addresses)

    def post(self, reference: str) -> Post | None:
        return looking.post(self._api, reference, Person(address=self.account, name=self.own_address))

    def rechecked(self, provider_ids: Sequence[str], now: datetime) -> Sequence[Change]:
        return looking.rechecked(self._api, provider_ids, now)

    def may_write_to(self, person: Person, reference: str) -> bool:
        return looking.may_write_to(self._api, person.address)

    @staticmethod
    def private_thread(person: Person) -> str:
        return f"dm:{person.address}"

    def hide(self, provider_id: str, *, on: bool) -> None:
        self._api.put(f"/2/tweets/{provider_id}/hidden", {"hidden": on})

    @staticmethod
    def read(payload: Payload, folder: Path) -> Sequence[Content]:
        return reading.read(payload, folder)

    @staticmethod
    def describe(path: Path) -> Mapping[str, object]:
        return inspecting.describe(path)

    @property
    def _handle(self) -> str:
        return self.username.strip().removeprefix("@")

    @property
    def _keys(self) -> Keys:
        if not self.oauth1_token and not self.access_token:
            raise CredentialsRefused(_NOT_CONNECTED)
        if not self.oauth1_token:
            return Keys(bearer=self.access_token)
        return Keys(
            consumer_key=self.consumer_key,
            consumer_secret=self.consumer_secret,
            token=self.oauth1_token,
            token_secret=self.oauth1_token_secret,
        )

    @property
    def _api(self) -> Api:
        return Api(keys=self._keys, base=self.base)

    @property
    def _as_app(self) -> Api:
        return Api(keys=Keys(bearer=self.bearer), base=self.base)

    @property
    def _client(self) -> oauth.Client:
        return oauth.Client(client_id=self.client_id, client_secret=self.client_secret, base=self.base)

    @property
    def _followed(self) -> polling.Account:
        return polling.Account(
            api=self._api,
            id=self.account,
            username=self._handle,
            owns_app=self.owns_app,
            messages=self.take_messages,
        )

    def _with(self, tokens: oauth.Tokens) -> Self:
        return replace(
            self,
            access_token=tokens.access,
            refresh_token=tokens.refresh,
            access_expires=tokens.expires_at.isoformat(),
            scopes=tokens.scopes or self.scopes,
        )
