"""A mailbox as a channel: IMAP on the way in, SMTP on the way out."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any, ClassVar, Self

from connectors.contract import (
    Batch,
    Connector,
    Content,
    Frozen,
    GapCheck,
    Incoming,
    Limits,
    Outgoing,
    Payload,
    Preset,
    Reply,
    Sent,
    Trial,
    kept,
    secret,
    setting,
)
from connectors.email import (
    checking,
    choices,
    composing,
    consent,
    fetching,
    finding,
    idle,
    imap,
    inspecting,
    judging,
    oauth,
    plus,
    reading,
    smtp,
    sorting,
    tidying,
)
from connectors.email.charsets import OFFERED
from connectors.email.finding import SentCopy
from connectors.email.imap import Role
from connectors.email.presets import PRESETS
from connectors.email.servers import Login, Security, Server
from connectors.errors import ChannelError, gettext_noop

_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Email(Connector):
    """One mailbox. Nothing in it is marked, moved or deleted unless the settings ask for it."""

    label: ClassVar[str] = gettext_noop("E-mail")
    icon: ClassVar[str] = "mail"
    signs: ClassVar[bool] = True
    subjects: ClassVar[bool] = True
    # Gmail and Yandex take 25 MB on the wire, where base64 makes a third more of every file.
    limits: ClassVar[Limits] = Limits(copies=True, attachment_bytes=18_000_000)
    presets: ClassVar[Mapping[str, Preset]] = PRESETS
    charsets: ClassVar[Mapping[str, str]] = OFFERED

    address: str = setting(gettext_noop("Address"))
    sender_name: str = setting(gettext_noop("Name that customers see"), default="")
    username: str = setting(
        gettext_noop("User name"), default="", help_text=gettext_noop("Empty if it is the address.")
    )
    auth: str = setting(gettext_noop("How to log in"), default="password", choices=choices.WAYS_IN)
    password: str = secret(gettext_noop("Password"), default="")
    client_id: str = setting(gettext_noop("OAuth client id"), default="", advanced=True)
    client_secret: str = secret(gettext_noop("OAuth client secret"), default="", advanced=True)
    tenant: str = setting(gettext_noop("Microsoft tenant"), default="common", advanced=True)
    refresh_token: str = secret(gettext_noop("Refresh token"), default="", advanced=True)
    access_token: str = secret(gettext_noop("Access token"), default="", advanced=True)
    access_expires: str = setting(gettext_noop("Access token ends at"), default="", advanced=True)
    token_address: str = setting(
        gettext_noop("Address of the token server, if not the provider's own"), default="", advanced=True
    )

    imap_host: str = setting(gettext_noop("IMAP server"))
    imap_port: int = setting(gettext_noop("IMAP port"), default=993)
    imap_security: str = setting(gettext_noop("IMAP encryption"), default="tls", choices=choices.SECURITIES)
    smtp_host: str = setting(gettext_noop("SMTP server"))
    smtp_port: int = setting(gettext_noop("SMTP port"), default=465)
    smtp_security: str = setting(gettext_noop("SMTP encryption"), default="tls", choices=choices.SECURITIES)
    ca_certificate: str = setting(gettext_noop("Certificate of your own authority (PEM)"), default="", advanced=True)

    inbox_folder: str = setting(gettext_noop("Inbox folder"), default="", advanced=True)
    junk_folder: str = setting(gettext_noop("Junk folder"), default="", advanced=True)
    sent_folder: str = setting(gettext_noop("Sent folder"), default="", advanced=True)
    take_junk: bool = setting(gettext_noop("Bring mail from Junk into the quarantine"), default=True)
    take_sent: bool = setting(gettext_noop("Show answers written in other mail programs"), default=True)
    sent_copy: str = setting(
        gettext_noop("Who keeps a copy in Sent"), default=SentCopy.OTVET.value, choices=choices.COPIES
    )
    history_days: int = setting(gettext_noop("Days of old mail to bring at first"), default=7)
    largest_mail: int = setting(gettext_noop("Largest mail to bring whole, in MiB"), default=100, advanced=True)
    tells_too_large: bool = setting(
        gettext_noop("Tell senders whose mail is too large to be brought whole"),
        default=False,
        help_text=gettext_noop("By an automatic mail, in Russian or English, and only where it is certain who wrote."),
        advanced=True,
    )
    mark_seen: bool = setting(gettext_noop("Mark mail as read once it is here"), default=False, advanced=True)
    move_after: str = setting(gettext_noop("Folder to move mail to once it is here"), default="", advanced=True)
    sorts_spam: bool = setting(
        gettext_noop("Move mail on the server, too, after a decision about spam"),
        default=False,
        help_text=choices.SORTING,
        advanced=True,
    )

    plus_addressing: bool = setting(
        gettext_noop("The mailbox takes address+anything@"),
        default=False,
        help_text=gettext_noop("A test mail is sent to such an address, and they are used once it has come."),
        advanced=True,
    )
    token_in_subject: bool = setting(
        gettext_noop("Put a reference into the subject of answers"), default=False, advanced=True
    )
    authserv_id: str = setting(gettext_noop("Server whose word on senders is believed"), default="", advanced=True)
    trusted_spam_header: str = setting(gettext_noop("Spam header that is believed"), default="", advanced=True)
    form_senders: str = setting(
        gettext_noop("Senders of web forms, where Reply-To is the customer"), default="", advanced=True
    )

    plus_test: str = kept()  # see connectors.email.plus

    @property
    def own_address(self) -> str:
        return self.address

    @property
    def most_bytes(self) -> int:
        return self.largest_mail * _MEGABYTE

    def check(self) -> str:
        """Log in on both sides, look at the folders, and name the side that fails: IMAP, SMTP or both."""
        checking.fields(self.address, self.imap_port, self.smtp_port)
        checking.sides({"IMAP": self._check_imap, "SMTP": self._check_smtp})
        return self.address

    def compose(self, reply: Reply) -> Sequence[Frozen]:
        sender = composing.Sender(
            address=self.address,
            name=self.sender_name,
            plus_addressing=self.plus_addressing and plus.works(self.plus_test),
            token_in_subject=self.token_in_subject,
        )
        return [composing.compose(reply, sender)]

    def send(self, outgoing: Outgoing, wire: Callable[[], None]) -> Sent:
        with smtp.session(self._smtp, self._login) as line:
            sent = smtp.send(line, self._smtp, self.address, outgoing, wire)
        if self.sent_copy == SentCopy.OTVET and not outgoing.others_have_it:
            with suppress(ChannelError), self._session() as client:  # it has gone out, whatever becomes of the copy
                finding.keep_copy(client, self.sent_folder, outgoing.body)
        return sent

    def find(self, outgoing: Outgoing) -> str | None:
        with self._session() as client:
            return finding.find(client, self.sent_folder, outgoing, SentCopy(self.sent_copy))

    def fetch(self, cursor: str, folder: Path, now: datetime) -> Batch:
        """Bring the next mails of all watched folders; first tidy up behind the cursor, if that is wished."""
        floor = (now - timedelta(days=self.history_days)).date()
        with self._session() as client:
            tidied = tidying.tidy(client, cursor, self._tidy)
            return fetching.fetch(client, self._watched(client), tidied, floor, self._bring(folder, now))

    def missed(self, check: GapCheck, folder: Path, now: datetime) -> Batch:
        with self._session() as client:
            return fetching.missed(client, self._watched(client), check, self._bring(folder, now))

    def sort_spam(self, source_keys: Sequence[str], *, spam: bool) -> Collection[str]:
        wanted = {Role.JUNK: self.junk_folder} if spam else {Role.INBOX: self.inbox_folder}
        with self._session() as client:
            return sorting.sort(client, source_keys, wanted)

    def watch(self, stop: Event) -> Iterator[None]:
        """Wait for mail in the inbox. A server without IDLE is left to the ordinary polls."""
        with self._session(whole=None) as client:
            if able := client.has_capability("IDLE"):
                imap.examine(client, self.inbox_folder or "INBOX")
                yield from idle.news(client, stop)
        if not able:
            stop.wait()

    def expires_at(self) -> datetime | None:
        if self.auth == "password":
            return None
        return datetime.fromisoformat(self.access_expires) if self.access_expires else datetime.fromtimestamp(0, UTC)

    def refresh(self, now: datetime) -> Self:
        return self._with(oauth.refresh(self._client, now))

    def consent_address(self, *, back: str, state: str, challenge: str, again: bool) -> str | None:
        if self.auth not in consent.PAGES or not self.client_id or (self.refresh_token and not again):
            return None
        return consent.address(self._client, self.address, back=back, state=state, challenge=challenge)

    def consented(self, code: str, *, back: str, verifier: str, now: datetime) -> Self:
        return self._with(consent.redeem(self._client, code, back=back, verifier=verifier, now=now))

    @property
    def _client(self) -> oauth.Client:
        return oauth.Client(
            provider=self.auth,
            client_id=self.client_id,
            client_secret=self.client_secret,
            refresh_token=self.refresh_token,
            tenant=self.tenant,
            base=self.token_address,
        )

    def _with(self, tokens: oauth.Tokens) -> Self:
        expires = tokens.expires_at.isoformat()
        return replace(self, access_token=tokens.access, refresh_token=tokens.refresh, access_expires=expires)

    @property
    def trial(self) -> Trial | None:
        return plus.trial(self.plus_test) if self.plus_addressing else None

    def trying(self, now: datetime | None) -> Self:
        return replace(self, plus_test=plus.asked(self.plus_test, now))

    def send_test(self, subject: str, text: str, now: datetime) -> None:
        mail = plus.mail(self.plus_test, self.address, subject, text, now)
        with smtp.session(self._smtp, self._login) as line:
            smtp.send(line, self._smtp, self.address, mail, lambda: None)

    def passed(self, now: datetime) -> Self:
        return replace(self, plus_test=plus.came(self.plus_test, now))

    def judge(self, content: Content) -> Content:
        if tested := plus.recognised(content, self.address, self.plus_test):
            return tested
        if not isinstance(content, Incoming):
            return content
        senders = frozenset(f"{self.address} {self.form_senders}".lower().replace(",", " ").split())
        trust = judging.Trust(authserv_id=self.authserv_id, spam_header=self.trusted_spam_header, form_senders=senders)
        return judging.judge(content, trust)

    @staticmethod
    def read(payload: Payload, folder: Path) -> Sequence[Content]:
        return reading.read(payload, folder)

    @staticmethod
    def describe(path: Path) -> Mapping[str, object]:
        return inspecting.describe(path)

    @property
    def _imap(self) -> Server:
        return self._server(self.imap_host, self.imap_port, self.imap_security)

    @property
    def _smtp(self) -> Server:
        return self._server(self.smtp_host, self.smtp_port, self.smtp_security)

    def _server(self, host: str, port: int, security: str) -> Server:
        return Server(host=host, port=port, security=Security(security), ca_certificate=self.ca_certificate)

    @property
    def _login(self) -> Login:
        username = self.username or self.address
        if self.auth == "password":
            return Login(username=username, password=self.password)
        return Login(username=username, token=oauth.given(self.access_token))

    @property
    def _tidy(self) -> tidying.Wish:
        return tidying.Wish(folder=self.inbox_folder or "INBOX", mark_seen=self.mark_seen, move_to=self.move_after)

    def _session(self, whole: float | None = imap.SESSION_SECONDS) -> AbstractContextManager[Any]:
        return imap.session(self._imap, self._login, whole=whole)

    def _watched(self, client: Any) -> Sequence[imap.Folder]:
        junk = {Role.JUNK: self.junk_folder} if self.take_junk else {}
        sent = {Role.SENT: self.sent_folder} if self.take_sent else {}
        return imap.folders(client, {Role.INBOX: self.inbox_folder, **junk, **sent})

    def _bring(self, folder: Path, now: datetime) -> fetching.Bring:
        return fetching.Bring(into=folder, largest=self.most_bytes, now=now)

    def _check_imap(self) -> None:
        with self._session() as client:
            for folder in self._watched(client):
                imap.examine(client, folder.name)

    def _check_smtp(self) -> None:
        with smtp.session(self._smtp, self._login):
            pass
