"""Showing cleaned HTML of strangers in a frame that can neither run nor load anything."""

import base64
import re
from urllib.parse import unquote

from django.http import HttpResponse
from django.utils.html import escape

from inbox import blobs
from inbox.models import Attachment, Message
from inbox.web.pictures import with_remote

POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
SHOWABLE = {"image/png", "image/jpeg", "image/gif", "image/webp"}
LARGEST = 3_000_000  # bytes of pictures in one message; what is more stands below it as files
PICTURE = re.compile(r'src="cid:([^"]*)"', re.IGNORECASE)
PAGE = """<!doctype html><html><head><meta charset="utf-8"><base target="_blank"><style>
:root{{color-scheme:light}}
body{{margin:12px;font:15px/1.5 system-ui,sans-serif;overflow-wrap:anywhere;background:#fff;color:#1b2126}}
img{{max-width:100%;height:auto}} table{{max-width:100%}} pre{{white-space:pre-wrap}}
blockquote{{margin:0 0 0 4px;padding-left:10px;border-left:2px solid #ccc}}
</style></head><body>{body}</body></html>"""


def framed(message: Message, *, remote: bool = False) -> HttpResponse:
    """The page for the frame. Its policy forbids scripts, requests and forms whatever the cleaning let through."""
    body = with_pictures(message)
    response = HttpResponse(PAGE.format(body=with_remote(body) if remote else body))
    response["Content-Security-Policy"] = POLICY
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, max-age=600"
    response._csp_replace = None  # type: ignore[attr-defined]  # tells django-csp's middleware nothing: the header stands
    return response


def with_pictures(message: Message) -> str:
    """The HTML with its inline pictures as data: a frame without an origin of ours cannot fetch them."""
    inline = {a.content_id.lower(): a for a in message.attachments.filter(inline=True) if a.media_type in SHOWABLE}
    left = LARGEST

    def picture(match: re.Match[str]) -> str:
        nonlocal left
        found = inline.get(unquote(match[1]).strip("<>").lower())
        if found is None or found.size > left:
            return f'alt="{escape(found.name if found else match[1])}"'
        left -= found.size
        return f'src="{_data_url(found)}"'

    return PICTURE.sub(picture, message.html)


def _data_url(attachment: Attachment) -> str:
    try:
        content = blobs.read(attachment.sha256)
    except FileNotFoundError:
        return ""
    return f"data:{attachment.media_type};base64,{base64.b64encode(content).decode()}"
