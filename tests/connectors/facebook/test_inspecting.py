"""What an admin is shown of a file."""

import json
from pathlib import Path

import pytest

from connectors.facebook import reading
from connectors.facebook.connector import Facebook

EXAMPLES = Path(reading.__file__).parent / "examples"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_every_example_is_described_without_an_error(path: Path) -> None:
    assert Facebook.describe(path)["error"] is None


def test_a_webhook_is_described() -> None:
    told = Facebook.describe(EXAMPLES / "reply_with_photo.json")
    assert told["messages"] == [
        {
            "provider_id": "44_322",
            "thread": "public:682498302938465_44:77",
            "sender": "77",
            "sender_name": "Carla",
            "text": "Look",
            "sent_at": "2018-03-07T00:46:11+00:00",
            "public": True,
            "attachments": [
                {
                    "name": "broken.jpg",
                    "type": "image/jpeg",
                    "address": "https://scontent.xx.fbcdn.net/v/t1/broken.jpg?oh=1",
                }
            ],
        }
    ]
    assert told["error"] is None


@pytest.mark.parametrize(
    ("example", "what", "count"),
    [
        ("delivery", "receipts", 1),
        ("read", "receipts", 1),
        ("edit", "edits", 1),
        ("unsend", "deletions", 1),
        ("comment_removed", "deletions", 1),
        ("echo", "messages", 1),
        ("conversations_answer", "messages", 2),
        ("feed_answer", "messages", 2),
    ],
)
def test_each_kind_has_its_place(example: str, what: str, count: int) -> None:
    found = Facebook.describe(EXAMPLES / f"{example}.json")[what]
    assert isinstance(found, list)
    assert len(found) == count


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"object":"user","entry":[]}', b"[" * 200_000, b'{"data":5}'])
def test_a_bad_file_is_described_all_the_same(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "bad"
    path.write_bytes(body)
    told = Facebook.describe(path)
    assert told["messages"] == []
    json.dumps(told)


def test_a_file_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    assert "cannot be read" in str(Facebook.describe(tmp_path / "nowhere")["error"])
