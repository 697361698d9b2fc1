"""The program that reads hostile payloads, asked directly."""

import io
from errno import ENOSPC
from pathlib import Path

import msgspec
import pytest

from connectors import reader
from connectors.errors import NO_ROOM


@pytest.fixture(autouse=True)
def _unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "grant_time", lambda: None)


def request(do: str, path: Path, folder: Path, kind: str = "email") -> bytes:
    return msgspec.json.encode(reader.Request(do=do, kind=kind, path=str(path), folder=str(folder)))


def answers(*lines: bytes) -> list[dict[str, object]]:
    out = io.BytesIO()
    reader.serve(io.BytesIO(b"".join(line + b"\n" for line in lines)), out)
    return [msgspec.json.decode(line) for line in out.getvalue().splitlines()]


def mail(folder: Path, body: bytes = b"words") -> Path:
    path = folder / "mail"
    path.write_bytes(b"From: carla@example.com\r\nSubject: Order\r\n\r\n" + body)
    return path


def test_each_request_has_one_answer(tmp_path: Path) -> None:
    path = mail(tmp_path)
    read, described = answers(request("read", path, tmp_path), request("describe", path, tmp_path))
    assert msgspec.convert(read["contents"], list[dict[str, object]])[0]["type"] == "Incoming"
    assert msgspec.convert(described["described"], dict[str, object])["subject"] == "Order"


def test_a_long_answer_is_put_into_a_file(tmp_path: Path) -> None:
    (answer,) = answers(request("read", mail(tmp_path, b"word " * 100_000), tmp_path))
    assert set(answer) == {"file", "died"}
    assert b"word word" in Path(str(answer["file"])).read_bytes()


def test_an_error_is_an_answer_and_the_next_request_is_answered(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.write_bytes(b"")
    refused, missing, unknown, read = answers(
        request("read", empty, tmp_path),
        request("read", tmp_path / "absent", tmp_path),
        request("read", empty, tmp_path, kind="telepathy"),
        request("read", mail(tmp_path), tmp_path),
    )
    assert "empty" in str(refused["error"])
    assert "FileNotFoundError" in str(missing["words"])
    assert "ModuleNotFoundError" in str(unknown["words"])
    assert read["contents"]


def test_a_full_disk_is_told_apart_from_a_mail_that_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with monkeypatch.context() as patch:
        patch.setitem(reader._DOING, "read", full)
        (attached,) = answers(request("read", tmp_path, tmp_path))
    monkeypatch.setitem(reader._DOING, "read", lambda _: {"contents": ["word " * 100_000]})
    (long,) = answers(request("read", tmp_path, tmp_path))
    assert attached == long == {"error": NO_ROOM, "words": "", "died": False, "no_room": True}


@pytest.mark.parametrize("error", [MemoryError, RecursionError])
def test_a_process_that_ran_out_of_something_is_not_used_again(
    error: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: reader.Request) -> dict[str, object]:
        raise error

    monkeypatch.setitem(reader._DOING, "read", fail)
    line = request("read", mail(tmp_path), tmp_path)
    (answer,) = answers(line, line)
    assert answer["died"]
