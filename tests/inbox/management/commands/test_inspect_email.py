"""`manage.py inspect_email`: one object a file, whatever the file holds."""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from connectors.errors import Unreadable
from inbox.management.commands.inspect_email import Command
from inbox.parser import Parser

_NAMES = (
    "file message_id in_reply_to references date from reply_to to cc subject text html reply_text quoted_text"
    " attachments auto_submitted bounce authentication spam language error"
)
KEYS = _NAMES.split()
MAIL = (
    b"From: Carla Customer <carla@example.com>\r\nTo: help@example.org\r\nSubject: Order\r\n"
    b"Message-ID: <1@example.com>\r\nIn-Reply-To: <0@example.org>\r\nReferences: <r@example.org> <0@example.org>\r\n"
    b"Date: Thu, 12 Nov 2026 10:15:00 +0300\r\nAuto-Submitted: auto-generated\r\n"
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nIt came.\r\n\r\n-- \r\nCarla\r\n"
    b"--b\r\nContent-Type: text/csv; name=a.csv\r\n\r\n1,2\r\n--b--\r\n"
)
BOUNCE = b"From: MAILER-DAEMON@x.test\r\nSubject: failure notice\r\n\r\n<carla@example.com>:\r\n550 5.1.1 unknown\r\n"


def inspected(*files: Path) -> list[dict[str, object]]:
    out = io.StringIO()
    call_command(Command(), *map(str, files), "--json", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_it_tells_what_was_understood(tmp_path: Path) -> None:
    path = tmp_path / "mail.eml"
    path.write_bytes(MAIL)
    (found,) = inspected(path)
    assert list(found) == KEYS
    assert found["file"] == str(path)
    assert found["from"] == {"name": "Carla Customer", "address": "carla@example.com"}
    assert found["message_id"] == "1@example.com"
    assert found["in_reply_to"] == "0@example.org"
    assert found["references"] == ["r@example.org", "0@example.org"]
    assert found["date"] == "2026-11-12T07:15:00+00:00"
    assert (found["reply_text"], found["quoted_text"]) == ("It came.", "-- \nCarla")
    assert found["auto_submitted"] == {"value": True, "why": "Auto-Submitted: auto-generated"}
    assert found["attachments"] == [
        {
            "name": "a.csv",
            "type": "text/csv",
            "size": 3,
            "inline": False,
            "sha256": "17f8af97ad4a7f7639a4c9171d5185cbafb85462877a4746c21bdb0a4f940ca0",
        }
    ]
    assert (found["bounce"], found["spam"], found["error"]) == (None, None, None)
    assert found["authentication"] == {"spf": "none", "dkim": "none", "dmarc": "none"}


def test_every_file_has_its_line_also_a_missing_and_an_empty_one(tmp_path: Path) -> None:
    empty, good, folder = tmp_path / "empty", tmp_path / "good", tmp_path / "folder"
    empty.write_bytes(b"")
    good.write_bytes(MAIL)
    folder.mkdir()
    found = inspected(tmp_path / "absent", empty, folder, good)
    assert [list(one) for one in found] == [KEYS] * 4
    assert "No such file" in str(found[0]["error"])
    assert "empty" in str(found[1]["error"])
    assert found[2]["error"]
    assert found[3]["error"] is None


def test_a_bounce_is_told(tmp_path: Path) -> None:
    path = tmp_path / "bounce"
    path.write_bytes(BOUNCE)
    assert inspected(path)[0]["bounce"] == {"recipient": "carla@example.com", "status": "5.1.1", "final": True}


def test_a_mail_that_kills_the_reader_is_told_in_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mail"
    path.write_bytes(MAIL)
    really = Parser.describe

    def dies_over_it(parser: Parser, kind: str, file: Path, folder: Path) -> Mapping[str, Any]:
        if file == path:
            raise Unreadable("This cannot be shown: opening it was stopped.")
        return really(parser, kind, file, folder)

    monkeypatch.setattr(Parser, "describe", dies_over_it)
    (found,) = inspected(path)
    assert list(found) == KEYS
    assert (found["file"], found["subject"]) == (str(path), "")
    assert found["error"] == "This cannot be shown: opening it was stopped."


def test_without_json_it_is_readable(tmp_path: Path) -> None:
    path = tmp_path / "mail"
    path.write_bytes(MAIL)
    out = io.StringIO()
    call_command(Command(), str(path), stdout=out)
    assert "subject:" in out.getvalue()
    assert "It came." in out.getvalue()
