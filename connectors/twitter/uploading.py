"""Files on their way to X, before the post or message that names them (docs.x.com, media/quickstart; API v2)."""

import base64
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from connectors.errors import Rejected, TryLater, gettext_noop
from connectors.http import Answer
from connectors.twitter.api import Api, object_in
from connectors.twitter.carriers import mapping
from connectors.twitter.composing import Enclosed

SLICE = 2 * 1024 * 1024
LONGEST_WAIT = 120.0  # seconds for X to work on a video
SHORTEST_PAUSE, LONGEST_PAUSE = 0.2, 10.0


def upload(api: Api, file: Enclosed, path: Path, *, public: bool) -> str:
    """Bring a file to X and return its media id, good for a day. Nothing is published by that. Raise a ChannelError."""
    category = f"{'tweet' if public else 'dm'}_{file.category}"
    asked = {"media_type": file.media_type, "total_bytes": path.stat().st_size, "media_category": category}
    begun = _data(api.post("/2/media/upload/initialize", asked, has_effect=False))
    media = str(begun.get("id") or "")
    if not media:
        raise TryLater(gettext_noop("X did not take the file. It will be tried again."))
    for place, piece in enumerate(_slices(path)):
        body = {"media": base64.b64encode(piece).decode(), "segment_index": place}
        api.post(f"/2/media/upload/{media}/append", body, has_effect=False)
    _wait(api, media, _data(api.post(f"/2/media/upload/{media}/finalize", None, has_effect=False)))
    return media


def _slices(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(SLICE):
            yield piece


def _wait(api: Api, media: str, told: Mapping[str, Any]) -> None:
    """Wait until X has worked on it. Raise Rejected if it cannot, TryLater if it takes too long."""
    end = time.monotonic() + LONGEST_WAIT
    while (work := mapping(told.get("processing_info"))) and work.get("state") != "succeeded":
        if work.get("state") == "failed":
            words = str(mapping(work.get("error")).get("message") or "")
            raise Rejected(gettext_noop("X cannot show this file. Send it in another format."), words)
        if time.monotonic() > end:
            raise TryLater(gettext_noop("X is still working on the file. It will be tried again."))
        time.sleep(min(max(float(work.get("check_after_secs") or 0), SHORTEST_PAUSE), LONGEST_PAUSE))
        told = _data(api.get("/2/media/upload", {"command": "STATUS", "media_id": media}))


def _data(answer: Answer) -> Mapping[str, Any]:
    return mapping(object_in(answer).get("data"))
