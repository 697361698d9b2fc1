"""Media over the wire."""

import base64

from connectors.sandbox.x.server import XServer
from tests.connectors.sandbox.x.conftest import Client

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def initialized(us: Client, size: int, **changed: object) -> str:
    body = {"media_type": "image/png", "total_bytes": size, "media_category": "tweet_image", **changed}
    answer = us("POST", "/2/media/upload/initialize", json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["data"]["id"])


def test_a_picture_in_pieces_becomes_part_of_a_post(x: XServer, us: Client) -> None:
    media = initialized(us, len(PNG))
    path = f"/2/media/upload/{media}"
    as_file = us("POST", f"{path}/append", files={"media": PNG[:8]}, data={"segment_index": "0"})
    as_json = us("POST", f"{path}/append", json={"media": base64.b64encode(PNG[8:]).decode(), "segment_index": 1})
    assert (as_file.status_code, as_json.status_code) == (200, 200)
    assert us("POST", f"{path}/finalize").json()["data"]["size"] == len(PNG)
    assert us("POST", "/2/tweets", json={"text": "Look", "media": {"media_ids": [media]}}).status_code == 201
    assert x.content(x.timeline("demo")[0].media[0]) == PNG


def test_a_part_that_is_missing_is_told_at_the_end(us: Client) -> None:
    media = initialized(us, len(PNG) + 1)
    us("POST", f"/2/media/upload/{media}/append", files={"media": PNG}, data={"segment_index": "0"})
    assert us("POST", f"/2/media/upload/{media}/finalize").status_code == 400
    assert us("POST", "/2/tweets", json={"media": {"media_ids": [media]}}).status_code == 400


def test_what_is_too_large_or_of_the_wrong_kind_is_refused(us: Client) -> None:
    for wrong in (
        {"total_bytes": 5 * 1024 * 1024 + 1},
        {"media_type": "text/plain"},
        {"media_category": "avatar"},
        {"media_category": "tweet_video"},
        {"colour": "red"},
    ):
        body = {"media_type": "image/png", "total_bytes": 9, "media_category": "tweet_image", **wrong}
        assert us("POST", "/2/media/upload/initialize", json=body).status_code == 400


def test_a_video_is_ready_after_some_questions(x: XServer, us: Client) -> None:
    media = initialized(us, 4, media_type="video/mp4", media_category="tweet_video")
    us("POST", f"/2/media/upload/{media}/append", files={"media": b"mpeg"}, data={"segment_index": "0"})
    finished = us("POST", f"/2/media/upload/{media}/finalize").json()["data"]
    assert finished["processing_info"]["state"] == "pending"
    early = us("POST", "/2/tweets", json={"text": "Look", "media": {"media_ids": [media]}})
    assert early.status_code == 400
    states = [
        us.get("/2/media/upload", command="STATUS", media_id=media)["data"]["processing_info"]["state"]
        for _question in range(2)
    ]
    assert states == ["in_progress", "succeeded"]
    assert us("POST", "/2/tweets", json={"text": "Look", "media": {"media_ids": [media]}}).status_code == 201


def test_a_video_can_fail(x: XServer, us: Client) -> None:
    x.rule(media_polls=1, media_fails=True)
    media = initialized(us, 4, media_type="video/mp4", media_category="dm_video")
    us("POST", f"/2/media/upload/{media}/append", files={"media": b"mpeg"}, data={"segment_index": "0"})
    us("POST", f"/2/media/upload/{media}/finalize")
    shown = us.get("/2/media/upload", command="STATUS", media_id=media)["data"]["processing_info"]
    assert shown["state"] == "failed"
    assert shown["error"]["name"] == "InvalidMedia"


def test_a_small_picture_goes_in_one_and_into_a_message(x: XServer, us: Client) -> None:
    sent = us("POST", "/2/media/upload", files={"media": PNG}, data={"media_category": "dm_image"})
    media = sent.json()["data"]["id"]
    body = {"attachments": [{"media_id": media}]}
    path = f"/2/dm_conversations/with/{x.account('carla').id}/messages"
    assert us("POST", path, json=body).status_code == 201
    assert x.content(x.messages("demo", "carla")[0].media) == PNG
    assert us("POST", "/2/tweets", json={"media": {"media_ids": [media]}}).status_code == 400


def test_a_piece_for_a_file_of_somebody_else_is_refused(x: XServer, us: Client, port: int) -> None:
    media = initialized(us, 4)
    other = Client(x, port, "carla")
    assert (
        other("POST", f"/2/media/upload/{media}/append", json={"media": "AAAA", "segment_index": 0}).status_code == 404
    )
    assert us("POST", f"/2/media/upload/{media}/append", json={"media": "?", "segment_index": 0}).status_code == 400
    assert (
        us("POST", f"/2/media/upload/{media}/append", json={"media": "AAAA", "segment_index": 1000}).status_code == 400
    )
