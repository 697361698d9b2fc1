"""Fetching a file that still lies at Facebook: its address is signed and expires, so nothing of ours goes with it."""

import time
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import requests

from connectors.contract import File, Remote
from connectors.errors import ChannelError, Rejected, TryLater, gettext_noop
from connectors.http import ANSWER_SECONDS, Guarded, broken

MOST_BYTES = 100 * 1024 * 1024  # Messenger takes 25 MB; a video of a comment may be larger
WHOLE_SECONDS = 600.0
_OWN_HOSTS = (".fbcdn.net", ".fbsbx.com", ".facebook.com", ".cdninstagram.com")


def download(remote: Remote, folder: Path, base: str) -> File:
    """Fetch one file into `folder`; `base` is where a stand-in keeps its own.

    Raise Rejected if it is gone for good, else another ChannelError.
    """
    if not _is_at_facebook(remote.address, base):
        raise Rejected(gettext_noop("The file is not kept by Facebook itself, so it is not fetched."))
    path = folder / uuid4().hex
    with requests.Session() as session:
        session.trust_env = False
        session.mount("http://", Guarded())
        session.mount("https://", Guarded())
        try:
            asked = session.get(remote.address, timeout=ANSWER_SECONDS, allow_redirects=False, stream=True)
            if asked.status_code != 200:
                raise _refusal(asked.status_code)
            size, digest = _written(asked, path)
        except requests.RequestException as error:
            raise broken(error, has_effect=False) from None  # the chain carries the address, signature and all
    told = asked.headers.get("Content-Type", "").partition(";")[0].strip()
    media_type = told if "/" in told and told != "application/octet-stream" else remote.media_type
    return File(name=remote.name, media_type=media_type, size=size, sha256=digest, path=str(path), inline=remote.inline)


def _is_at_facebook(address: str, base: str) -> bool:
    if base and address.startswith(f"{base}/"):
        return True
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "https" and f".{parts.hostname or ''}".endswith(_OWN_HOSTS)


def _refusal(status: int) -> ChannelError:
    words = f"HTTP {status}"
    if 300 <= status < 500 and status not in (408, 429):
        return Rejected(gettext_noop("The file is not on Facebook any more, or its address has expired."), words)
    return TryLater(gettext_noop("Facebook does not give out the file just now. It will be tried again."), words)


def _written(asked: requests.Response, path: Path) -> tuple[int, str]:
    end = time.monotonic() + WHOLE_SECONDS
    size, digest = 0, sha256()
    with path.open("wb") as file:
        for piece in asked.iter_content(64 * 1024):
            file.write(piece)
            digest.update(piece)
            size += len(piece)
            if size > MOST_BYTES:
                raise Rejected(gettext_noop("The file is larger than we take from Facebook."))
            if time.monotonic() > end:
                raise TryLater(gettext_noop("The file comes too slowly. It will be tried again."))
    return size, digest.hexdigest()
