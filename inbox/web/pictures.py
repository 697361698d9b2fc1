"""Pictures from elsewhere, fetched by us when an agent asks for them.

The one who sent them learns that the mail was opened, but not by whom or from where: no cookie, no referrer, no
address of a browser. What does not look like a picture is not passed on.
"""

import base64
import re
from concurrent.futures import ThreadPoolExecutor, wait
from html import unescape
from urllib.parse import urlsplit, urlunsplit

from connectors.errors import ChannelError
from connectors.http import Http

REMOTE = re.compile(r'data-remote-src="([^"]*)"')
MOST = 20
LARGEST = 3_000_000  # bytes of one picture
PATIENCE = 10.0  # seconds for all of them together; what has not come by then stays out
SIGNATURES = {b"\x89PNG\r\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"RIFF": "image/webp"}


def with_remote(html: str) -> str:
    """The HTML with its remote pictures as data, as far as they came."""
    addresses = list(dict.fromkeys(unescape(found) for found in REMOTE.findall(html)))[:MOST]
    pool = ThreadPoolExecutor(6, thread_name_prefix="pictures")
    asked = {address: pool.submit(fetched, address) for address in addresses}
    wait(asked.values(), PATIENCE)
    pool.shutdown(wait=False, cancel_futures=True)
    came = {address: future.result() for address, future in asked.items() if future.done() and not future.cancelled()}
    return REMOTE.sub(lambda match: f'src="{shown}"' if (shown := came.get(unescape(match[1]))) else match[0], html)


def fetched(address: str) -> str:
    """One picture as a data: address; empty if there is none to be had there."""
    try:
        parts = urlsplit(address)
        if parts.scheme not in {"https", "http"} or parts.username or parts.password:
            return ""
        path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
        answer = Http(base=f"{parts.scheme}://{parts.netloc}").get(path, headers={"Accept": "image/*"})
    except (ChannelError, ValueError):
        return ""
    media_type = next((kind for start, kind in SIGNATURES.items() if answer.body.startswith(start)), "")
    if answer.status != 200 or not media_type or len(answer.body) > LARGEST:
        return ""
    return f"data:{media_type};base64,{base64.b64encode(answer.body).decode()}"
