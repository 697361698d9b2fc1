"""The SMTP side: a submission server for the company's account, and its MX for everybody else."""

import asyncio
import logging
import time
from typing import Any, Protocol

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from connectors.sandbox.mail.misbehaviour import Cut, Switch
from connectors.sandbox.mail.renaming import renamed

logging.getLogger("mail.log").setLevel(logging.ERROR)  # the library warns of its own old attributes

LARGEST = 50 * 1024 * 1024


class Office(Protocol):
    """Who takes the mail over."""

    def opens(self, username: str, password: str) -> bool:
        """Whether this is the password of an account."""

    def is_ours(self, address: str) -> bool:
        """Whether mail to this address stays in the house."""

    def take(self, at: int, sender: str, recipients: tuple[str, ...], login: str, raw: bytes) -> int:
        """Accept a mail for good and return its number."""


class Handler:
    """What aiosmtpd asks us at each step (its hooks have these names)."""

    def __init__(self, office: Office, switch: Switch) -> None:
        self._office = office
        self._switch = switch

    def authenticate(self, server: Any, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        if self._switch.get().refuse_login or not isinstance(data, LoginPassword):
            return AuthResult(success=False, handled=False)
        username, password = data.login.decode(), data.password.decode()
        if not self._office.opens(username, password):
            return AuthResult(success=False, handled=False)
        return AuthResult(success=True, auth_data=username)

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        mood = self._switch.get()
        await asyncio.sleep(mood.pause_seconds)
        if answer := mood.recipients.get(address):
            return answer
        if not session.authenticated and not self._office.is_ours(address):
            return "530 5.7.0 Log in to send to other places"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: "Line", session: Session, envelope: Envelope) -> str:  # noqa: N802
        mood = self._switch.get()
        await asyncio.sleep(mood.pause_seconds)
        if mood.after_dot:
            return mood.after_dot
        if mood.cut is Cut.AFTER_DOT_LOST:
            return server.hang_up()
        raw = envelope.content if isinstance(envelope.content, bytes) else b""  # the types know of text too
        raw, answer = renamed(raw, mood.renames) if mood.renames else (raw, "")
        number = self._take(session, envelope, raw)
        return server.hang_up() if mood.cut is Cut.AFTER_DOT else answer or f"250 2.0.0 OK {number}"

    def _take(self, session: Session, envelope: Envelope, raw: bytes) -> int:
        login = str(session.auth_data) if session.authenticated else ""
        sender = str(envelope.mail_from)
        return self._office.take(int(time.time()), sender, tuple(envelope.rcpt_tos), login, raw)


class Line(SMTP):
    """One connection, which can be made to end at the worst moment."""

    def __init__(self, handler: Handler, switch: Switch, **settings: Any) -> None:
        super().__init__(handler, **settings)
        self._switch = switch

    def hang_up(self) -> str:
        """End the connection at once; the answer that is returned reaches nobody."""
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()
        return "421 gone"

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        match self._switch.get().cut:
            case Cut.BEFORE_DATA:
                self.hang_up()
            case Cut.IN_DATA:
                await self.push("354 Go on")
                await self._reader.readline()
                self.hang_up()
            case _:
                await super().smtp_DATA(arg)


def line(office: Office, switch: Switch, largest: int = LARGEST) -> Line:
    """A fresh connection for the server to use. It announces the most bytes that it takes, or nothing if that is 0."""
    handler = Handler(office, switch)
    return Line(
        handler,
        switch,
        data_size_limit=largest or None,
        enable_SMTPUTF8=True,
        hostname="sandbox",
        ident="sandbox",
        auth_require_tls=False,
        authenticator=handler.authenticate,
    )
