"""The parent of the reading programs: whatever happens to a child, the next mail is read."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from connectors.contract import Incoming, Payload
from connectors.errors import Unreadable
from inbox.parser import Parser

ROOT = Path(__file__).parents[2]
MAIL = b"From: carla@example.com\r\nSubject: %s\r\n\r\nwords"


@pytest.fixture
def parser() -> Iterator[Parser]:
    pool = Parser(2)
    yield pool
    pool.close()


def payload(folder: Path, raw: bytes, name: str = "mail") -> Payload:
    path = folder / name
    path.write_bytes(raw)
    return Payload(body=path)


def subject(parser: Parser, folder: Path, words: bytes = b"Order", name: str = "mail") -> str:
    (content,) = parser.read("email", payload(folder, MAIL % words, name), folder)
    assert isinstance(content, Incoming)
    return content.subject


def children() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "connectors.reader" in " ".join(child.cmdline())]


def hostile(folder: Path, code: str) -> Path:
    """A channel folder of its own whose reading does harm, to be found before the real one."""
    package = folder / "connectors"
    package.mkdir()
    (package / "__init__.py").write_text(f"__path__.append({str(ROOT / 'connectors')!r})\n")
    (package / "harm").mkdir()
    (package / "harm" / "__init__.py").write_text("")
    (package / "harm" / "reading.py").write_text(f"def read(payload, folder):\n    {code}\n")
    return folder


def test_small_bytes_are_read_without_a_file(parser: Parser, tmp_path: Path) -> None:
    raw = MAIL % "Привет\0".encode()
    assert parser.read("email", Payload(body=raw), tmp_path) == parser.read("email", payload(tmp_path, raw), tmp_path)


def test_no_bytes_at_all_are_said_to_be_none(parser: Parser, tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="no bytes"):
        parser.read("email", Payload(body=b""), tmp_path)


@pytest.mark.parametrize("length", [1_000, 400_000])
def test_a_long_text_is_read_where_nothing_was_put_yet(parser: Parser, tmp_path: Path, length: int) -> None:
    folder = tmp_path / "not made yet"
    lines = b"a line of what a customer pasted\r\n" * (length // 34)
    (content,) = parser.read("email", payload(tmp_path, MAIL % b"Log" + lines), folder)
    assert isinstance(content, Incoming)
    assert len(content.text) > length * 0.9


def test_a_child_reads_many_mails(parser: Parser, tmp_path: Path) -> None:
    assert [subject(parser, tmp_path, b"%d" % number) for number in range(5)] == ["0", "1", "2", "3", "4"]
    assert len(children()) == 1


def test_a_worn_out_child_is_replaced(tmp_path: Path) -> None:
    pool = Parser(1, mails_per_child=1)
    subject(pool, tmp_path)
    assert not children()
    assert subject(pool, tmp_path) == "Order"


def test_threads_share_the_children_without_mixing_answers(parser: Parser, tmp_path: Path) -> None:
    found: dict[int, str] = {}

    def read(number: int) -> None:
        found[number] = subject(parser, tmp_path, b"%d" % number, f"mail{number}")

    threads = [threading.Thread(target=read, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: str(number) for number in range(12)}
    assert 1 <= len(children()) <= 2


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("while True: pass", "takes longer"),
        ("x = [bytearray(1 << 24) for _ in range(1 << 10)]", "more memory"),
        ("__import__('os').kill(__import__('os').getpid(), 9)", "was stopped"),
        ("__import__('os').abort()", "crashed"),
        ("read(payload, folder)", "nested too deeply"),
        ("raise ValueError('odd')", "does not know.*odd"),
        ("__import__('os').closerange(3, 99); __import__('os')._exit(0)", "crashed"),
    ],
)
def test_whatever_kills_a_child_is_told_in_a_sentence_and_the_next_mail_is_read(
    code: str, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.parser.PACKAGES", hostile(tmp_path, code))
    pool = Parser(1)
    with pytest.raises(Unreadable, match=sentence):
        pool.read("harm", payload(tmp_path, b"x"), tmp_path)
    assert subject(pool, tmp_path) == "Order"
    pool.close()


def test_what_a_library_prints_is_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inbox.parser.PACKAGES", hostile(tmp_path, "print('{}', flush=True); raise ValueError('odd')"))
    pool = Parser(1)
    with pytest.raises(Unreadable, match="odd"):
        pool.read("harm", payload(tmp_path, b"x"), tmp_path)
    pool.close()


def test_a_silent_child_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inbox.parser.PACKAGES", hostile(tmp_path, "__import__('time').sleep(3600)"))
    monkeypatch.setattr("inbox.parser.WAIT_SECONDS", 0.5)
    pool = Parser(1)
    with pytest.raises(Unreadable):
        pool.read("harm", payload(tmp_path, b"x"), tmp_path)
    assert not children()


def test_a_child_killed_between_two_mails_is_replaced(parser: Parser, tmp_path: Path) -> None:
    subject(parser, tmp_path)
    (child,) = children()
    child.send_signal(signal.SIGKILL)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # dead, and still there for the parser to find
    assert subject(parser, tmp_path) == "Order"


def test_children_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    path = payload(tmp_path, MAIL % b"Order").body
    program = (
        "import time; from pathlib import Path; from inbox.parser import Parser\n"
        "from connectors.contract import Payload\n"
        f"pool = Parser(1); pool.read('email', Payload(body=Path({str(path)!r})), Path({str(tmp_path)!r}))\n"
        "print('ready', flush=True); time.sleep(3600)"
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        assert parent.stdout.readline() == b"ready\n"
        (child,) = psutil.Process(parent.pid).children()
        parent.kill()
        parent.wait()
        child.wait(timeout=60)


def test_a_child_sees_no_credential(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "open-sesame")
    monkeypatch.setattr("inbox.parser.PACKAGES", hostile(tmp_path, "raise ValueError(dict(__import__('os').environ))"))
    pool = Parser(1)
    with pytest.raises(Unreadable) as raised:
        pool.read("harm", payload(tmp_path, b"x"), tmp_path)
    assert "PATH" in str(raised.value)
    assert "open-sesame" not in str(raised.value)
    pool.close()


def test_a_forked_process_starts_children_of_its_own(parser: Parser, tmp_path: Path) -> None:
    subject(parser, tmp_path)
    forked = os.fork()
    if not forked:
        right = subject(parser, tmp_path, b"Other", "other") == "Other"
        parser.close()
        os._exit(0 if right else 1)
    assert os.waitpid(forked, 0)[1] == 0
    assert subject(parser, tmp_path) == "Order"
