"""No form is a probe of the company's network."""

import socket
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from threading import Thread

import pytest

from connectors import reach
from connectors.errors import CredentialsRefused, TryLater


@pytest.fixture
def trap() -> Iterator[socket.socket]:
    """A port of this machine that must not be touched."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0)
    yield listener
    with pytest.raises(BlockingIOError):
        listener.accept()
    listener.close()


@pytest.fixture
def unlisted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(reach.LISTED)


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    def getaddrinfo(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(None, None, None, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


LOOPBACK = ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "0177.0.0.1", "127.1", "[::ffff:127.0.0.1]"]


@pytest.mark.usefixtures("unlisted")
@pytest.mark.parametrize("host", LOOPBACK)
def test_this_machine_is_not_reached_under_any_name(trap: socket.socket, host: str) -> None:
    with pytest.raises((CredentialsRefused, TryLater)):
        reach.connect(host.strip("[]"), trap.getsockname()[1], 5)


INSIDE = [
    "10.0.0.1",
    "172.16.3.4",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "0.0.0.0",
    "224.0.0.1",
    "::1",
    "::",
    "fe80::1",
    "fd00::1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
    "2002:a00:1::",
]


@pytest.mark.usefixtures("unlisted")
@pytest.mark.parametrize("address", INSIDE)
def test_no_private_address_is_reached_through_a_public_name(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    resolving(monkeypatch, address)
    monkeypatch.setattr(socket, "create_connection", _never)
    with pytest.raises(CredentialsRefused, match="OTVET_REACH"):
        reach.connect("mail.example.com", 993, 5)


def _never(*_: object, **__: object) -> socket.socket:
    raise AssertionError("it was dialled")


@pytest.mark.parametrize("address", ["169.254.169.254", "::ffff:169.254.169.254", "0.0.0.0", "224.0.0.1"])
def test_link_local_addresses_are_not_reached_even_if_listed(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv(reach.LISTED, "0.0.0.0/0,::/0,mail.example.com")
    resolving(monkeypatch, address)
    monkeypatch.setattr(socket, "create_connection", _never)
    with pytest.raises(CredentialsRefused):
        reach.connect("mail.example.com", 993, 5)


def test_the_address_that_was_judged_is_the_one_that_is_dialled(monkeypatch: pytest.MonkeyPatch) -> None:
    dialled: list[tuple[str, int]] = []

    def create_connection(address: tuple[str, int], timeout: float) -> socket.socket:
        dialled.append(address)
        raise ConnectionRefusedError

    resolving(monkeypatch, "10.0.0.1", "93.184.216.34")
    monkeypatch.setattr(socket, "create_connection", create_connection)
    with pytest.raises(TryLater, match="Nothing answers"):
        reach.connect("mail.example.com", 993, 5)
    assert dialled == [("93.184.216.34", 993)]


@pytest.mark.usefixtures("unlisted")
@pytest.mark.parametrize("port", [22, 80, 3306, 6379, 9200])
def test_a_public_machine_is_reached_on_ports_of_mail_only(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    resolving(monkeypatch, "93.184.216.34")
    monkeypatch.setattr(socket, "create_connection", _never)
    with pytest.raises(CredentialsRefused):
        reach.connect("mail.example.com", port, 5)


@pytest.mark.parametrize(
    ("listed", "may"),
    [
        ("127.0.0.1", True),
        ("127.0.0.0/8", True),
        ("127.0.0.1:PORT", True),
        ("10.0.0.0/8, LOCALHOST ", True),
        ("localhost:PORT", True),
        ("127.0.0.1:1", False),
        ("10.0.0.0/8", False),
        ("", False),
    ],
)
def test_what_is_listed_is_reached(monkeypatch: pytest.MonkeyPatch, listed: str, may: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        monkeypatch.setenv(reach.LISTED, listed.replace("PORT", str(port)))
        if may:
            reach.connect("localhost", port, 5).close()
        else:
            with pytest.raises(CredentialsRefused):
                reach.connect("localhost", port, 5)


def test_without_tls_only_a_loopback_address_that_is_listed_with_its_port(
    monkeypatch: pytest.MonkeyPatch, allow_plain: Callable[..., None]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(CredentialsRefused, match="without encryption"):
            reach.connect("127.0.0.1", port, 5, plain=True)
        allow_plain(port)
        reach.connect("127.0.0.1", port, 5, plain=True).close()
    monkeypatch.setenv(reach.LISTED, "10.0.0.1:143")
    resolving(monkeypatch, "10.0.0.1")
    with pytest.raises(CredentialsRefused, match="without encryption"):
        reach.connect("10.0.0.1", 143, 5, plain=True)


def test_an_unknown_name_is_named() -> None:
    with pytest.raises(TryLater, match=r"under the name no-such-host\.invalid"):
        reach.connect("no-such-host.invalid", 993, 5)


@pytest.mark.parametrize("written", ["a" * 70 + ".example.com", "mail..example.com", ""])
def test_a_name_that_is_no_name_is_an_ordinary_error(written: str) -> None:
    with pytest.raises((TryLater, CredentialsRefused)):
        reach.connect(written, 993, 5)


def test_an_ipv6_entry_may_have_a_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(reach.LISTED, "[::1]:993,[fd00::/8]")
    one, two = reach.entries()
    assert one.allows("x", ip_address("::1"), 993)
    assert not one.allows("x", ip_address("::1"), 143)
    assert two.allows("x", ip_address("fd00::7"), 143)


def test_a_line_that_is_open_is_watched_by_the_system() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=lambda: listener.accept()[0].close())
        thread.start()
        with reach.connect("127.0.0.1", listener.getsockname()[1], 5) as connection:
            reach.keep_alive(connection)
            assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 60
        thread.join()
