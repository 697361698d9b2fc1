"""Fetching a file that still lies at X: public ones from its own servers, those of messages with our key."""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import requests

from connectors.contract import File, Remote
from connectors.download import Source, bring
from connectors.errors import ChannelError, Rejected, gettext_noop
from connectors.http import Answer
from connectors.twitter.api import Api
from connectors.twitter.refusals import refusal

MOST_BYTES = 520 * 1024 * 1024  # the largest video that X takes, and a little
_OWN_HOSTS = (".twimg.com", ".twitter.com", ".x.com")
# Where a message's file lies for browsers; for apps it is GET /2/dm_conversations/media/:dm_id/:media_id/:resource_id.
_OF_A_MESSAGE = re.compile(r"/dm/(\d+)/(\d+)/([\w.-]+)$")
_GONE = gettext_noop("The file is not on X any more.")


def download(api: Api, remote: Remote, folder: Path) -> File:
    """Fetch one file into `folder`. Raise Rejected if it is gone for good, else another ChannelError."""
    address, headers = _way_to(api, remote.address)
    source = Source(
        address=address,
        headers=headers,
        most_bytes=MOST_BYTES,
        too_large=gettext_noop("The file is larger than X itself allows."),
        refusal=_refusal,
    )
    return bring(remote, source, folder)


def _way_to(api: Api, address: str) -> tuple[str, Mapping[str, str]]:
    """Where to ask, and with which headers. Our key goes to the API alone."""
    parts = urlsplit(address)
    if parts.scheme != "https" or not f".{parts.hostname or ''}".endswith(_OWN_HOSTS):
        raise Rejected(gettext_noop("The file is not kept by X itself, so it is not fetched."), str(parts.hostname))
    found = _OF_A_MESSAGE.search(parts.path)
    if found:
        return _as_a_message_file(api, found)
    moved = urlsplit(api.base) if api.base else parts
    return urlunsplit((moved.scheme, moved.netloc, parts.path, parts.query, "")), {}


def _as_a_message_file(api: Api, found: re.Match[str]) -> tuple[str, Mapping[str, str]]:
    if api.keys.signed:
        raise Rejected(
            gettext_noop("X gives files of direct messages only to accounts that are connected with OAuth 2.0.")
        )
    message, media, name = found.groups()
    return f"{api.host}/2/dm_conversations/media/{message}/{media}/{name}", {
        "Authorization": f"Bearer {api.keys.bearer}"
    }


def _refusal(asked: requests.Response) -> ChannelError:
    if asked.status_code in (403, 404, 410):
        return Rejected(_GONE, f"HTTP {asked.status_code}")
    return refusal(Answer(status=asked.status_code, body=b"", headers=asked.headers), has_effect=False)
