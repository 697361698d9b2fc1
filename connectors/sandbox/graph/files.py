"""Attachments: bytes in the folder, served under signed addresses that expire."""

import base64
import hmac
import mimetypes
from urllib.parse import quote, urlsplit

import requests

from connectors.sandbox.disk import write_whole
from connectors.sandbox.graph.errors import Refused
from connectors.sandbox.graph.network import Network
from connectors.sandbox.graph.things import File

MOST_BYTES = 25 * 1024 * 1024
MOST_PICTURE_BYTES = 8 * 1024 * 1024
SAVED_SECONDS = 90 * 24 * 3600
URL_SECONDS = 3600
FORMS = ("image", "audio", "video", "file")
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
_HERE = ("127.0.0.1", "localhost", "::1")


def form_of(mime: str) -> str:
    """What the platform calls a file of this media type."""
    kind = mime.partition("/")[0]
    return kind if kind in FORMS else "file"


def keep(network: Network, name: str, mime: str, raw: bytes, form: str = "", *, reusable: bool = False) -> File:
    """Keep these bytes as an attachment. Raise Refused when they are too many."""
    form = form or form_of(mime)
    if len(raw) > MOST_BYTES:
        raise Refused(100, 2018109)
    number = network.number()
    folder = network.folder / "files"
    folder.mkdir(exist_ok=True)
    write_whole(folder / number, raw)
    file = File(id=number, form=form, name=name, mime=mime, size=len(raw), reusable=reusable, at=network.now())
    return network.files.put(file)


def fetch(network: Network, url: str, form: str, *, reusable: bool = False) -> File:
    """Keep what lies at an address of this machine. Raise Refused when nothing can be got there."""
    if urlsplit(url).hostname not in _HERE:
        raise Refused(100, 2018008)
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(url, timeout=75 if form == "video" else 10)
            answer.raise_for_status()
    except requests.RequestException as error:
        raise Refused(100, 2018008) from error
    if form == "image" and len(answer.content) > MOST_PICTURE_BYTES:
        raise Refused(100, 2018109)
    mime = answer.headers.get("Content-Type", "application/octet-stream").partition(";")[0]
    if form != "file" and form_of(mime) != form:
        raise Refused(100, 2018047)
    name = urlsplit(url).path.rpartition("/")[2] or f"file{mimetypes.guess_extension(mime) or ''}"
    return keep(network, name, mime, answer.content, form, reusable=reusable)


def saved(network: Network, name: str) -> File:
    """An attachment that may be sent again. Raise Refused when there is none, or it is older than 90 days."""
    file = network.files.get(name)
    if file is None or not file.reusable or network.now() - file.at > SAVED_SECONDS * 1000:
        raise Refused(100, 33)
    return file


def read(network: Network, file: File) -> bytes:
    return (network.folder / "files" / file.id).read_bytes()


def cdn_url(network: Network, file: File) -> str:
    """Where the bytes can be fetched for an hour from now, without a token."""
    until = network.now() // 1000 + URL_SECONDS
    return f"{network.base}/cdn/{file.id}/{quote(file.name)}?oe={until:X}&oh={network.sign(f'{file.id} {until:X}')}"


def opened(network: Network, name: str, until: str, signature: str) -> File | None:
    """The file of such an address, unless the signature is wrong or its time is over."""
    file = network.files.get(name)
    if file is None or not hmac.compare_digest(network.sign(f"{name} {until}"), signature):
        return None
    return file if int(until, 16) >= network.now() // 1000 else None
