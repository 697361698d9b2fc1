"""Which machines a channel may be connected to, and how: the one place that opens a socket to the outside.

An admin types a host name into a form, so without a guard the form is a probe of the company's own network.
A name is resolved once and the address that was judged is the address that is dialled.

- A public address may be dialled on the ports of mail and HTTPS, with TLS only.
- Every other address, and every other port, must be listed in the environment variable OTVET_REACH by whoever
  runs the installation: `10.1.0.0/16`, `mail.corp.example`, `10.1.2.3:1993`, separated by commas.
- A connection without TLS needs an entry with its port, and a loopback address: `127.0.0.1:1143`.
- Link-local addresses, where clouds keep their keys, multicast and unspecified ones are never dialled.
"""

import os
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

from connectors.errors import ChannelError, CredentialsRefused, TryLater, gettext_noop

LISTED = "OTVET_REACH"
PUBLIC_PORTS = frozenset({25, 143, 443, 465, 587, 993, 2525})
IPAddress: TypeAlias = IPv4Address | IPv6Address

_NAT64 = IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the list. `port` 0 means any."""

    host: str
    port: int

    def allows(self, host: str, address: IPAddress, port: int) -> bool:
        if self.port not in (0, port):
            return False
        try:
            return address in ip_network(self.host, strict=False)
        except ValueError:
            return self.host == host.lower().rstrip(".")


def entries() -> Sequence[Entry]:
    """The list as it stands in the environment now."""
    written = (part.strip().lower() for part in os.environ.get(LISTED, "").split(","))
    return [_entry(part) for part in written if part]


def _entry(written: str) -> Entry:
    if written.startswith("["):
        host, _, port = written[1:].partition("]")
        return Entry(host, int(port.lstrip(":") or 0))
    if written.count(":") == 1:
        host, _, port = written.partition(":")
        return Entry(host, int(port))
    return Entry(written, 0)


def connect(host: str, port: int, seconds: float, *, plain: bool = False) -> socket.socket:
    """Open a TCP connection to a machine we are allowed to reach.

    `plain` says that no TLS will follow. Raise CredentialsRefused where the connection is not allowed,
    TryLater where the name is unknown or nobody answers within `seconds` in all.
    """
    addresses = _resolve(host, port)
    allowed = [address for address in addresses if _may_reach(host, address, port, plain=plain)]
    if not allowed:
        raise _refusal(host, port, plain=plain)
    return _dial(host, port, allowed, seconds)


def _resolve(host: str, port: int) -> Sequence[IPAddress]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise TryLater(
            gettext_noop("No server is known under the name %(host)s. Check the spelling."),
            str(error),
            host=host,
        ) from error
    return list(dict.fromkeys(ip_address(str(answer[4][0]).partition("%")[0]) for answer in found))


def _may_reach(host: str, address: IPAddress, port: int, *, plain: bool) -> bool:
    real = _unwrapped(address)
    if real.is_link_local or real.is_multicast or real.is_unspecified:
        return False
    listed = [entry for entry in entries() if entry.allows(host, real, port)]
    if plain:
        return real.is_loopback and any(entry.port for entry in listed)
    return bool(listed) or (real.is_global and port in PUBLIC_PORTS)


def _unwrapped(address: IPAddress) -> IPAddress:
    """The IPv4 address inside an IPv6 one: ::ffff:127.0.0.1 must not pass as a public address."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1] or address


def _refusal(host: str, port: int, *, plain: bool) -> ChannelError:
    if plain:
        return CredentialsRefused(
            gettext_noop(
                "A connection to %(host)s without encryption would show the password to everybody on the way. "
                "Choose TLS or STARTTLS."
            ),
            host=host,
        )
    return CredentialsRefused(
        gettext_noop(
            "%(host)s, port %(port)s is inside a private network or not a port of mail. If it is your own "
            "mail server, whoever runs this installation must add it to OTVET_REACH."
        ),
        host=host,
        port=port,
    )


def _dial(host: str, port: int, addresses: Sequence[IPAddress], seconds: float) -> socket.socket:
    deadline = time.monotonic() + seconds
    last: OSError | None = None
    for address in addresses:
        left = deadline - time.monotonic()
        if left <= 0:
            break
        try:
            connection = socket.create_connection((str(address), port), timeout=left)
        except OSError as error:
            last = error
        else:
            connection.settimeout(seconds)
            # Our libraries send commands in pieces; each would wait 40 ms for the other side's acknowledgement.
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connection
    raise _unanswered(host, port, last) from last


def _unanswered(host: str, port: int, error: OSError | None) -> TryLater:
    if isinstance(error, ConnectionRefusedError):
        sentence = gettext_noop("Nothing answers at %(host)s, port %(port)s. Check the port.")
    else:
        sentence = gettext_noop("%(host)s, port %(port)s cannot be reached. Check the name and the port.")
    return TryLater(sentence, str(error or ""), host=host, port=port)


def keep_alive(connection: socket.socket) -> None:
    """Have a silent line probed after 60 s, every 20 s, and given up after three lost answers."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, name):  # macOS names the first one differently
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
