"""Waiting for mail: every way in which a line dies is an error, and a quiet line is none."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Event, Thread

import pytest

from connectors.email import idle, imap
from connectors.email.connector import Email
from connectors.email.servers import Login, Security, Server
from connectors.errors import ChannelError, TryLater
from tests.dovecot import PASSWORD, Dovecot
from tests.faulty_line import FaultyLine, faulty_line
from tests.waiting import until

pytestmark = pytest.mark.dovecot
LETTER = b"Subject: news\r\n\r\nhello\r\n"


class Watcher:
    """Somebody who waits for mail in a thread: counts hints and keeps the error."""

    def __init__(self, server: Server, login: Login, *, seconds: float = 20, slice_seconds: float = 300) -> None:
        self.hints = 0
        self.error: ChannelError | None = None
        self.stop = Event()
        self._server, self._login = server, login
        self._seconds, self._slice = seconds, slice_seconds
        self.thread = Thread(target=self._watch)
        self.thread.start()

    def _watch(self) -> None:
        try:
            with imap.session(self._server, self._login, seconds=self._seconds, whole=None) as client:
                imap.examine(client, "INBOX")
                for _ in idle.news(client, self.stop, self._slice):
                    self.hints += 1
        except ChannelError as error:
            self.error = error

    def ended(self) -> ChannelError | None:
        self.thread.join(30)
        assert not self.thread.is_alive()
        return self.error


@pytest.fixture
def user(dovecot: Dovecot) -> Login:
    return Login(username=dovecot.new_user(), password=PASSWORD)


@pytest.fixture
def line(dovecot: Dovecot, allow_plain: Callable[..., None]) -> Iterator[FaultyLine]:
    with faulty_line(("127.0.0.1", dovecot.imap_port)) as line:
        allow_plain(line.port)
        yield line


@pytest.fixture
def server(line: FaultyLine) -> Server:
    return Server(host="127.0.0.1", port=line.port, security=Security.PLAIN)


@pytest.fixture
def watch(server: Server, user: Login, dovecot: Dovecot) -> Iterator[Callable[..., Watcher]]:
    watchers: list[Watcher] = []

    def start(**how: float) -> Watcher:
        watchers.append(Watcher(server, user, **how))
        until(lambda: dovecot.idles(user.username), "IDLE has begun")
        return watchers[-1]

    yield start
    for watcher in watchers:
        watcher.stop.set()
        watcher.ended()


def test_a_new_mail_is_a_hint_and_so_is_the_next(dovecot: Dovecot, user: Login, watch: Callable[..., Watcher]) -> None:
    watcher = watch()
    dovecot.deliver(LETTER, user.username)
    until(lambda: watcher.hints > 0, "the first hint")
    seen = watcher.hints
    dovecot.deliver(LETTER, user.username)
    until(lambda: watcher.hints > seen, "the second hint")
    watcher.stop.set()
    assert watcher.ended() is None


def test_a_quiet_slice_is_no_hint_and_no_error(
    line: FaultyLine, dovecot: Dovecot, user: Login, watch: Callable[..., Watcher]
) -> None:
    watcher = watch(slice_seconds=0.2)
    until(lambda: line.heard.count(b" IDLE\r\n") > 3, "several slices")
    assert (watcher.hints, watcher.error) == (0, None)
    dovecot.deliver(LETTER, user.username)
    until(lambda: watcher.hints > 0, "the hint")


def test_a_line_in_two_pieces_is_one_line(line: FaultyLine, watch: Callable[..., Watcher]) -> None:
    watcher = watch()
    line.say(b"* 2 EXI")
    line.say(b"STS\r\n")
    until(lambda: watcher.hints > 0, "the hint")
    assert watcher.error is None


def test_news_in_one_piece_with_the_beginning_is_seen(line: FaultyLine, server: Server, user: Login) -> None:
    line.change = lambda said: said.replace(b"+ idling\r\n", b"+ idling\r\n* 7 EXISTS\r\n")
    watcher = Watcher(server, user)
    until(lambda: watcher.hints > 0, "the hint")
    watcher.stop.set()
    watcher.ended()


def test_an_orderly_end_is_an_error(line: FaultyLine, watch: Callable[..., Watcher]) -> None:
    watcher = watch()
    line.end()
    assert isinstance(watcher.ended(), TryLater)


def test_a_reset_is_an_error(line: FaultyLine, watch: Callable[..., Watcher]) -> None:
    watcher = watch()
    line.reset()
    assert isinstance(watcher.ended(), TryLater)


def test_a_good_bye_is_an_error(dovecot: Dovecot, user: Login, watch: Callable[..., Watcher]) -> None:
    watcher = watch()
    dovecot.kick(user.username)
    assert isinstance(watcher.ended(), TryLater)


def test_a_line_that_fell_silent_is_an_error_after_the_slice(line: FaultyLine, watch: Callable[..., Watcher]) -> None:
    watcher = watch(seconds=1, slice_seconds=0.5)
    line.fall_silent()
    assert isinstance(watcher.ended(), TryLater)


def test_half_a_line_is_an_error(line: FaultyLine, watch: Callable[..., Watcher]) -> None:
    watcher = watch(seconds=1)
    line.say(b"* 2 EXI")
    assert isinstance(watcher.ended(), TryLater)


def test_a_server_that_refuses_to_wait_is_an_error(line: FaultyLine, server: Server, user: Login) -> None:
    line.change = lambda said: said.replace(b"+ idling", b"* OK whatever")
    watcher = Watcher(server, user, seconds=1)
    assert isinstance(watcher.ended(), TryLater)


def test_the_connector_watches_over_tls(dovecot: Dovecot, mailbox: Email) -> None:
    stop = Event()
    hints: list[None] = []
    thread = Thread(target=lambda: hints.extend(mailbox.watch(stop)))
    thread.start()
    until(lambda: dovecot.idles(mailbox.address), "IDLE has begun")
    dovecot.deliver(LETTER, mailbox.address)
    until(lambda: bool(hints), "the hint")
    stop.set()
    thread.join(30)
    assert not thread.is_alive()


def test_a_server_without_idle_is_left_to_the_polls(
    dovecot: Dovecot, mailbox: Email, allow_plain: Callable[..., None]
) -> None:
    with faulty_line(("127.0.0.1", dovecot.imap_port)) as line:
        line.change = lambda said: said.replace(b" IDLE", b" XXXX")
        allow_plain(line.port)
        without = replace(mailbox, imap_host="127.0.0.1", imap_port=line.port, imap_security="plain")
        stop = Event()
        stop.set()
        assert list(without.watch(stop)) == []
        assert b"XXXX" not in line.heard
        assert b"IDLE" not in line.heard
