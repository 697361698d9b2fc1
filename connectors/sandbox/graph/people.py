"""What all that people do has in common: who they are to a Page, and the files they bring."""

import base64
import mimetypes
from collections.abc import Sequence

from connectors.sandbox.graph.files import cdn_url, keep
from connectors.sandbox.graph.network import Network
from connectors.sandbox.graph.things import Contact

Attachment = tuple[str, bytes] | Sequence[str]  # name and bytes; over HTTP the bytes are base64


class Unknown(LookupError):
    """There is no such thing on this platform."""


class People:
    """People are made on the fly, by name. A Page is told by its name or id; none is the first one."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def _contact(self, person: str, page: str) -> Contact:
        return self._network.contact(person, self._network.page(page))

    def _files(self, attachments: Sequence[Attachment]) -> tuple[str, ...]:
        kept = []
        for name, content in attachments:
            raw = base64.b64decode(content) if isinstance(content, str) else content
            mime = mimetypes.guess_type(name)[0] or "application/octet-stream"
            kept.append(keep(self._network, name, mime, raw).id)
        return tuple(kept)

    def _urls(self, files: Sequence[str]) -> list[str]:
        return [cdn_url(self._network, file) for name in files if (file := self._network.files.get(name))]
