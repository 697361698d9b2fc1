"""Fetching a file that still lies at its provider: to its end, within a limit, and to nowhere else."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import requests

from connectors.contract import File, Remote
from connectors.errors import ChannelError, Rejected, TryLater, gettext_noop
from connectors.http import ANSWER_SECONDS, Guarded, broken

WHOLE_SECONDS = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a file lies, and what its provider means by an answer that is not 200."""

    address: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    most_bytes: int
    too_large: str
    refusal: Callable[[requests.Response], ChannelError]


def bring(remote: Remote, source: Source, folder: Path) -> File:
    """Fetch one file into `folder`. Raise Rejected if it is gone for good, else another ChannelError."""
    path = folder / uuid4().hex
    with requests.Session() as session:
        session.trust_env = False
        session.mount("http://", Guarded())
        session.mount("https://", Guarded())
        try:
            asked = session.get(
                source.address, headers=source.headers, timeout=ANSWER_SECONDS, allow_redirects=False, stream=True
            )
            if asked.status_code != 200:
                raise source.refusal(asked)
            size, digest = _written(asked, path, source)
        except requests.RequestException as error:
            raise broken(error, has_effect=False) from None  # the chain carries the request, signature or token and all
    told = asked.headers.get("Content-Type", "").partition(";")[0].strip()
    media_type = told if "/" in told and told != "application/octet-stream" else remote.media_type
    return File(name=remote.name, media_type=media_type, size=size, sha256=digest, path=str(path), inline=remote.inline)


def _written(asked: requests.Response, path: Path, source: Source) -> tuple[int, str]:
    end = time.monotonic() + WHOLE_SECONDS
    size, digest = 0, sha256()
    with path.open("wb") as file:
        for piece in asked.iter_content(64 * 1024):
            file.write(piece)
            digest.update(piece)
            size += len(piece)
            if size > source.most_bytes:
                raise Rejected(source.too_large)
            if time.monotonic() > end:
                raise TryLater(gettext_noop("The file comes too slowly. It will be tried again."))
    return size, digest.hexdigest()
