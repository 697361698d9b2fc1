"""What an admin is told about a body."""

import json
from pathlib import Path

import pytest

from connectors.twitter.connector import X

EXAMPLES = Path(__file__).parents[3] / "connectors" / "twitter" / "examples"


def described(body: object, folder: Path) -> dict[str, object]:
    path = folder / "body.json"
    path.write_bytes(body if isinstance(body, bytes) else json.dumps(body).encode())
    return dict(X.describe(path))


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_every_example_is_described_whole(path: Path) -> None:
    recorded = json.loads((path.parent / "reads_as" / path.name).read_text())
    found = dict(X.describe(path))
    assert found["error"] is None
    assert set(found) == {"file", "messages", "receipts", "edits", "deletions", "error"}
    expected = {content["type"] for content in recorded["reads_as"]}
    assert bool(found["messages"]) == bool(expected & {"Incoming", "Echo"})
    assert bool(found["receipts"]) == ("Receipt" in expected)
    json.dumps(found)


def test_a_message_tells_all_that_was_understood() -> None:
    assert X.describe(EXAMPLES / "dm_with_photo.json")["messages"] == [
        {
            "provider_id": "1582838499983564806",
            "thread": "dm:944480690",
            "sender": "944480690",
            "sender_name": "",
            "text": "It is broken",
            "sent_at": "2022-10-19T20:58:00+00:00",
            "public": False,
            "attachments": [
                {
                    "name": "YZ2M1xkD.jpg",
                    "type": "image/jpeg",
                    "address": "https://ton.twitter.com/1.1/ton/data/dm/1582838499983564806/1136048009270239232/YZ2M1xkD.jpg",
                }
            ],
        }
    ]


def test_a_page_tells_each_of_its_things(tmp_path: Path) -> None:
    page = {"data": [{"id": str(number), "text": "a", "author_id": "2"} for number in range(1, 4)], "meta": {}}
    found = described(page, tmp_path)["messages"]
    assert isinstance(found, list)
    assert [message["provider_id"] for message in found] == ["1", "2", "3"]


def test_an_edit_and_a_deletion_are_told() -> None:
    assert X.describe(EXAMPLES / "edited.json")["edits"] == [
        {"provider_id": "1234567890", "text": "Updated text (edited)", "at": "2010-11-04T01:42:54.951000+00:00"}
    ]
    deletions = X.describe(EXAMPLES / "own_post_deleted.json")["deletions"]
    assert isinstance(deletions, list)
    assert deletions[0]["provider_id"] == "2080761269309813134"


def test_an_empty_page_has_nothing_and_no_error(tmp_path: Path) -> None:
    found = described({"meta": {"result_count": 0}}, tmp_path)
    assert (found["messages"], found["error"]) == ([], None)


@pytest.mark.parametrize(
    "body",
    [b"", b"\x00", b"<html>", b"[]", b"null", b'"x"', b"{}", b'{"data": 5, "a": ', b"[" * 200_000, b"\xff\xfe{}"],
)
def test_what_is_not_of_x_is_an_error_and_raises_nothing(body: bytes, tmp_path: Path) -> None:
    found = described(body, tmp_path)
    assert found["error"]
    assert found["messages"] == []


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    assert "cannot be read" in str(X.describe(tmp_path / "none.json")["error"])
