"""Fetching a file that still lies at Facebook: its address is signed and expires, so nothing of ours goes with it."""

from pathlib import Path
from urllib.parse import urlsplit

import requests

from connectors.contract import File, Remote
from connectors.download import Source, bring
from connectors.errors import ChannelError, Rejected, TryLater, gettext_noop

MOST_BYTES = 100 * 1024 * 1024  # Messenger takes 25 MB; a video of a comment may be larger
_OWN_HOSTS = (".fbcdn.net", ".fbsbx.com", ".facebook.com", ".cdninstagram.com")


def download(remote: Remote, folder: Path, base: str) -> File:
    """Fetch one file into `folder`; `base` is where a stand-in keeps its own.

    Raise Rejected if it is gone for good, else another ChannelError.
    """
    if not _is_at_facebook(remote.address, base):
        raise Rejected(gettext_noop("The file is not kept by Facebook itself, so it is not fetched."))
    source = Source(
        address=remote.address,
        most_bytes=MOST_BYTES,
        too_large=gettext_noop("The file is larger than we take from Facebook."),
        refusal=_refusal,
    )
    return bring(remote, source, folder)


def _is_at_facebook(address: str, base: str) -> bool:
    if base and address.startswith(f"{base}/"):
        return True
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "https" and f".{parts.hostname or ''}".endswith(_OWN_HOSTS)


def _refusal(asked: requests.Response) -> ChannelError:
    words = f"HTTP {asked.status_code}"
    if 300 <= asked.status_code < 500 and asked.status_code not in (408, 429):
        return Rejected(gettext_noop("The file is not on Facebook any more, or its address has expired."), words)
    return TryLater(gettext_noop("Facebook does not give out the file just now. It will be tried again."), words)
