"""The stand-in for a mail provider and for everybody in the world who has an address."""

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from threading import Event, Thread
from typing import Any

from connectors.sandbox.disk import write_whole
from connectors.sandbox.mail import smtp
from connectors.sandbox.mail.gmail import GmailSession
from connectors.sandbox.mail.imap import ImapSession
from connectors.sandbox.mail.log import Accepted, SmtpLog
from connectors.sandbox.mail.misbehaviour import Misbehaviour, Switch
from connectors.sandbox.mail.store import INBOX, Mail, Mailbox

ADDRESS = "support@demo.test"
PASSWORD = "sandbox"  # noqa: S105  # of a mailbox that only this machine can reach
HOST = "127.0.0.1"
_LINE_LIMIT = 1024 * 1024
_START_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the server listens on this machine."""

    imap: int
    smtp: int


class MailServer:
    """An IMAP and SMTP server over a folder, in a thread of its own.

    `accounts` maps addresses to passwords. Mail for one of them, or for any name at its domain, goes to the
    mailbox; everything else has arrived "on the street" and stays in the log. Once `start` has returned the
    ports they stay the same for this folder, so that a saved channel still fits after a restart. `largest` is the
    most bytes of a mail that the next connections announce and take; 0 for no limit. `speaks_gmail` says whether
    they hear Gmail's own ids.
    """

    def __init__(self, folder: Path, accounts: dict[str, str] | None = None, *, keeps_sent: bool = True) -> None:
        self.folder = folder
        self.accounts = accounts or {ADDRESS: PASSWORD}
        self.largest = smtp.LARGEST
        self.speaks_gmail = False
        self._keeps_sent = keeps_sent
        folder.mkdir(parents=True, exist_ok=True)
        self._switch = Switch(folder)
        self._log = SmtpLog(folder / "smtp")
        self._mailboxes = {address: Mailbox(folder / "mail" / address, self._announce) for address in self.accounts}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._change = asyncio.Event()
        self._ready = Event()
        self._ports: Ports | None = None
        self._thread: Thread | None = None
        self._failure: BaseException | None = None
        self._sessions: set[asyncio.Task[None]] = set()
        self._finish_last()

    # -- running

    def start(self, ports: Ports | None = None) -> Ports:
        """Listen, on the given ports or on those of last time, and return where. Raise OSError if taken."""
        self._thread = Thread(target=self._run, args=[ports or self._last_ports()], name="sandbox", daemon=True)
        self._thread.start()
        if not self._ready.wait(_START_SECONDS) or self._failure is not None or self._ports is None:
            raise self._failure or TimeoutError("the mail server did not start")
        write_whole(self.folder / "ports.json", json.dumps([self._ports.imap, self._ports.smtp]).encode())
        return self._ports

    @property
    def ports(self) -> Ports:
        """Where it listens. Raise RuntimeError before `start`."""
        if self._ports is None:
            raise RuntimeError("the mail server has not been started")
        return self._ports

    def stop(self) -> None:
        """End all connections and stop listening."""
        if self._loop is not None and self._thread is not None:
            with suppress(RuntimeError):  # it has ended by itself
                self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._loop = None

    def _last_ports(self) -> Ports:
        try:
            return Ports(*json.loads((self.folder / "ports.json").read_bytes()))
        except FileNotFoundError:
            return Ports(0, 0)

    def _run(self, ports: Ports) -> None:
        loop = asyncio.new_event_loop()
        self._loop = loop
        try:
            servers = loop.run_until_complete(self._listen(loop, ports))
            self._ready.set()
            loop.run_forever()
            loop.run_until_complete(self._end(servers))
        except OSError as error:
            self._failure = error
            self._ready.set()
        finally:
            loop.close()

    async def _listen(self, loop: asyncio.AbstractEventLoop, ports: Ports) -> list[asyncio.Server]:
        imap = await asyncio.start_server(self._serve_imap, HOST, ports.imap, limit=_LINE_LIMIT)
        try:
            submission = await loop.create_server(lambda: smtp.line(self, self._switch, self.largest), HOST, ports.smtp)
        except OSError:
            imap.close()
            raise
        self._ports = Ports(imap.sockets[0].getsockname()[1], submission.sockets[0].getsockname()[1])
        return [imap, submission]

    async def _end(self, servers: list[asyncio.Server]) -> None:
        for server in servers:
            server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve_imap(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        kind = GmailSession if self.speaks_gmail else ImapSession
        session = kind(reader, writer, self._opened, self._switch, lambda: self._change)
        try:
            await session.run()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client is gone, or we stop
        finally:
            writer.close()

    def _opened(self, username: str, password: str) -> Mailbox | None:
        return self._mailboxes[username] if self.opens(username, password) else None

    def _announce(self) -> None:
        """Wake everybody who idles; called from any thread."""
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has just ended: nobody idles
                self._loop.call_soon_threadsafe(self._ring)

    def _ring(self) -> None:
        self._change.set()
        self._change = asyncio.Event()

    # -- the way in (smtp.Office)

    def opens(self, username: str, password: str) -> bool:
        return self.accounts.get(username) == password

    def is_ours(self, address: str) -> bool:
        return self._owner(address) is not None

    def take(self, at: int, sender: str, recipients: tuple[str, ...], login: str, raw: bytes) -> int:
        accepted = self._log.accept(at, sender, recipients, login, raw)
        self._hand_out(accepted)
        return accepted.sequence

    def _owner(self, address: str) -> str | None:
        local, _, domain = address.lower().rpartition("@")
        exact = f"{local.partition('+')[0]}@{domain}"
        if exact in self.accounts:
            return exact
        return next((account for account in self.accounts if account.rpartition("@")[2] == domain), None)

    def _finish_last(self) -> None:
        # A kill between the log and the mailboxes leaves at most the last mail half handed out.
        last = self._log.last()
        if last is not None:
            self._hand_out(last)

    def _hand_out(self, accepted: Accepted) -> None:
        origin = f"smtp{accepted.sequence}"
        for address in accepted.recipients:
            owner = self._owner(address)
            if owner is not None:
                self._add_once(owner, INBOX, _with_trace(accepted, address), accepted.at, "", origin)
        if accepted.login and self._keeps_sent:
            self._add_once(accepted.login, "Sent", accepted.raw, accepted.at, "S", origin)

    def _add_once(self, owner: str, folder: str, raw: bytes, at: int, flags: str, origin: str) -> None:
        place = self._mailboxes[owner].create(folder)
        if not any(mail.origin == origin for mail in reversed(place.mails())):
            place.add(raw, at, flags, origin)

    # -- for tests, benches and the street

    def deliver(
        self, raw: bytes, mailbox: str = ADDRESS, folder: str = INBOX, at: int | None = None, origin: str = ""
    ) -> int:
        """Put a mail into a folder as it is and return its uid. `at` is the INTERNALDATE as epoch.

        What is put into several with one `origin` is one mail to Gmail.
        """
        return self._mailboxes[mailbox].create(folder).add(raw, int(time.time()) if at is None else at, "", origin)

    def mails(self, mailbox: str = ADDRESS, folder: str = INBOX) -> list[Mail]:
        """What lies in a folder, by uid."""
        return self._mailboxes[mailbox].create(folder).mails()

    def log(self) -> Iterator[Accepted]:
        """Every mail that was accepted over SMTP, oldest first."""
        return self._log.all()

    def newest(self, count: int) -> list[Accepted]:
        """The last mails that were accepted over SMTP, newest first."""
        return self._log.newest(count)

    def accepted(self, sequence: int) -> Accepted | None:
        """The mail with this number; None if there is none."""
        return self._log.one(sequence)

    def arrived(self, address: str) -> list[Accepted]:
        """What has arrived at one address, oldest first."""
        wanted = address.lower()
        return [mail for mail in self.log() if wanted in (recipient.lower() for recipient in mail.recipients)]

    def street(self) -> list[str]:
        """The addresses outside the house that have got mail, the latest first."""
        outside = [address for mail in self.log() for address in mail.recipients if not self.is_ours(address)]
        return list(dict.fromkeys(address.lower() for address in reversed(outside)))

    def misbehave(self, **how: Any) -> None:
        """Switch the fields of Misbehaviour; without any, behave again."""
        self._switch.set(Misbehaviour(**how))

    def renumber(self, mailbox: str = ADDRESS, folder: str = INBOX) -> None:
        """Change the UIDVALIDITY of a folder and number its mails anew."""
        self._mailboxes[mailbox].create(folder).renumber()


def _with_trace(accepted: Accepted, address: str) -> bytes:
    """What a receiving server writes on top: who handed it in, for whom, and that its sender is genuine."""
    domain = accepted.sender.rpartition("@")[2] or "sandbox"
    trace = (
        f"Return-Path: <{accepted.sender}>\r\n"
        f"Delivered-To: {address}\r\n"
        f"Received: from {domain} by sandbox with ESMTP for <{address}>; {formatdate(accepted.at)}\r\n"
        f"Authentication-Results: sandbox; spf=pass smtp.mailfrom={domain}; dkim=pass header.d={domain};\r\n"
        f" dmarc=pass header.from={domain}\r\n"
    )
    return trace.encode() + accepted.raw
