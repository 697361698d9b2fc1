"""One logged-in IMAP connection over a verified line, and the folders behind it."""

import imaplib
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from imapclient import IMAPClient

from connectors import reach
from connectors.deadline import deadline
from connectors.email import diagnosis
from connectors.email.servers import Login, Security, Server
from connectors.errors import TryLater, gettext_noop

COMMAND_SECONDS = 60.0  # for one answer; a big mail comes in many
SESSION_SECONDS = 15 * 60.0


class Role(StrEnum):
    """What a folder is for."""

    INBOX = "inbox"
    JUNK = "junk"
    SENT = "sent"
    ALL = "all"


_SPECIAL_USE = {Role.JUNK: b"\\Junk", Role.SENT: b"\\Sent", Role.ALL: b"\\All"}  # RFC 6154


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder by its name as people read it."""

    name: str
    role: Role


class _Wire(imaplib.IMAP4):
    """imaplib over a socket that `reach` opened; its own classes resolve names and verify nothing."""

    def __init__(self, server: Server, seconds: float) -> None:
        self._server = server
        self._seconds = seconds
        super().__init__(server.host, server.port, timeout=seconds)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        server = self._server
        connection = reach.connect(server.host, server.port, self._seconds, plain=server.is_plain)
        reach.keep_alive(connection)
        if server.security is not Security.TLS:
            return connection
        return _encrypted(connection, server)


def _encrypted(connection: socket.socket, server: Server) -> socket.socket:
    try:
        return server.tls().wrap_socket(connection, server_hostname=server.host)
    except BaseException:
        connection.close()
        raise


class _Client(IMAPClient):  # type: ignore[misc]  # the library is not typed
    """IMAPClient over our wire; it stays away from the library's log of every line, secrets among them."""

    def __init__(self, server: Server, seconds: float) -> None:
        self._server = server
        self._seconds = seconds
        super().__init__(server.host, server.port, ssl=server.security is Security.TLS, timeout=seconds)
        self._imap.debug = 0
        self.normalise_times = False  # else INTERNALDATE comes as naive time of this machine

    def _create_IMAP4(self) -> _Wire:  # noqa: N802  # the library's name
        return _Wire(self._server, self._seconds)


@contextmanager
def session(
    server: Server, login: Login, *, seconds: float = COMMAND_SECONDS, whole: float | None = SESSION_SECONDS
) -> Iterator[Any]:
    """Yield a logged-in IMAPClient. Whatever goes wrong inside comes out as a ChannelError.

    `seconds` is the patience for one answer, `whole` for everything in the block (None: no end).
    """
    with diagnosis.of_imap(server):
        client = _opened(server, seconds)
        try:
            with _limited(client, whole):
                _log_in(client, server, login)
                yield client
                with suppress(imaplib.IMAP4.error, OSError):
                    client.logout()
        finally:
            _close(client)


def _opened(server: Server, seconds: float) -> Any:
    try:
        client = _Client(server, seconds)
    except UnicodeDecodeError as error:
        raise TryLater(
            gettext_noop("%(host)s, port %(port)s does not speak IMAP. Check the port."),
            host=server.host,
            port=server.port,
        ) from error
    if server.security is Security.STARTTLS:
        try:
            _start_tls(client, server)
        except BaseException:
            _close(client)
            raise
    return client


def _start_tls(client: Any, server: Server) -> None:
    # A greeting of PREAUTH would make us skip TLS (CVE-2020-12398), a missing capability would tempt us to.
    if client._imap.state != "NONAUTH" or not client.has_capability("STARTTLS"):
        raise diagnosis.no_starttls(server)
    client.starttls(server.tls())


@contextmanager
def _limited(client: Any, whole: float | None) -> Iterator[None]:
    if whole is None:
        yield
        return
    with deadline(client.socket(), whole):
        yield


def _close(client: Any) -> None:
    with suppress(OSError):
        client.shutdown()


def _log_in(client: Any, server: Server, login: Login) -> None:
    """By token, else SASL PLAIN, which carries any characters, else LOGIN.

    XOAUTH2 is tried whatever the capabilities say: Yandex supports it without listing it.
    """
    try:
        if login.token:
            client.sasl_login("XOAUTH2", lambda challenge: "" if challenge else login.xoauth2)
        elif client.has_capability("AUTH=PLAIN"):
            client.plain_login(login.username, login.password)
        else:
            client.login(_quoted(login.username), login.password)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        raise diagnosis.refused_login(error.args[0], by_token=bool(login.token)) from error
    except UnicodeEncodeError as error:
        raise diagnosis.refused_login(str(error), by_token=False) from error
    client._cached_capabilities = None  # what a server offers before the login is often less


def _quoted(username: str) -> str:
    """imaplib quotes the password alone."""
    return '"' + username.replace("\\", "\\\\").replace('"', '\\"') + '"'


def folders(client: Any, named: dict[Role, str]) -> Sequence[Folder]:
    """The folders of the wanted roles: by the given name, else by SPECIAL-USE. What does not exist is left out."""
    listed = [(flags, name) for flags, _, name in client.list_folders()]
    found = []
    for role, name in named.items():
        chosen = name or _by_special_use(listed, role)
        if chosen:
            found.append(Folder(name=chosen, role=role))
    return found


def _by_special_use(listed: Sequence[tuple[Sequence[bytes], str]], role: Role) -> str:
    if role is Role.INBOX:
        return "INBOX"
    wanted = _SPECIAL_USE[role].lower()
    return next((name for flags, name in listed if wanted in (flag.lower() for flag in flags)), "")


def examine(client: Any, folder: str) -> tuple[int, int]:
    """Open a folder for reading only. Return its UIDVALIDITY and the UID that the next mail will get."""
    answer = client.select_folder(folder, readonly=True)
    client.noop()  # without it SEARCH in an open session does not see what came since
    validity = int(answer[b"UIDVALIDITY"])
    return validity, int(answer.get(b"UIDNEXT") or 0)
