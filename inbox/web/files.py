"""Downloads and uploads. A name from outside never becomes a path, and a file from outside never becomes a page."""

from collections.abc import Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from inbox import blobs
from inbox.failpoints import failpoint
from inbox.models import Agent, Attachment, Item
from inbox.permissions import Can, allows, held_back_for, visible_to
from inbox.web.requests import agent_of

SHOWN = {"image/png", "image/jpeg", "image/gif", "image/webp"}
LARGEST_UPLOAD = 25 * 1024 * 1024


@login_required
def attachment(request: HttpRequest, uuid: UUID) -> FileResponse:
    """A file of a message he may see, or of his own that is not sent yet. Raise Http404 for all others.

    What its author took back, and what is shown no more, goes with its files.
    """
    agent = agent_of(request)
    file = get_object_or_404(Attachment.objects.select_related("message"), uuid=uuid)
    mine = file.message is None and file.uploaded_by == agent
    said = file.message if file.message and file.message.withdrawn_at is None else None
    if not mine and not (said and visible_to(agent).filter(pk=said.conversation_id).exists()):
        raise Http404
    return served(file.sha256, file.name, file.media_type)


@login_required
def original(request: HttpRequest, item: int) -> FileResponse:
    """A mail as the provider handed it over, byte for byte."""
    agent = agent_of(request)
    found = get_object_or_404(Item.objects.select_related("envelope", "channel"), pk=item)
    said = getattr(found, "message", None)
    allowed = (
        visible_to(agent).filter(pk=said.conversation_id).exists()
        if said
        else held_back_for(agent).filter(pk=found.pk).exists() or allows(agent, Can.OPEN_QUARANTINE, found.channel.team)
    )
    if not allowed:
        raise Http404
    if found.channel.kind != "email":
        raise Http404  # a webhook's body holds what other people said, too
    return served(found.envelope.sha256, f"{found.pk}.eml", "message/rfc822")


def served(digest: str, name: str, media_type: str) -> FileResponse:
    """A blob under a name for people. Only harmless pictures are shown; all else is handed down to be saved.

    Raise Http404 if the disk lost it.
    """
    body = blobs.body(digest)
    try:
        file = BytesIO(body) if isinstance(body, bytes) else body.open("rb")
    except FileNotFoundError:
        raise Http404(_("The file is not on the disk any more.")) from None
    shown = media_type in SHOWN
    response = FileResponse(
        file,
        as_attachment=not shown,
        filename=name,
        content_type=media_type if shown else "application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=3600"
    return response


@login_required
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Keep a file until it is sent; answers with its chip for the composer."""
    chips = [keep_upload(file, request) for file in request.FILES.getlist("files") if _fits(file)]
    refused = [file.name for file in request.FILES.getlist("files") if not _fits(file)]
    return render(request, "talk/uploads.html", {"chips": chips, "refused": refused})


def uploads_of(agent: Agent, wanted: Sequence[str]) -> list[Attachment]:
    """His own files that are not sent yet, of those named."""
    known = [value for value in wanted if _is_uuid(value)]
    return list(Attachment.objects.filter(uuid__in=known, uploaded_by=agent, message=None)) if known else []


def _is_uuid(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True


def _fits(file: "UploadedFile[Any]") -> bool:
    return (file.size or 0) <= LARGEST_UPLOAD


def keep_upload(file: "UploadedFile[Any]", request: HttpRequest) -> Attachment:
    """Keep a file that somebody uploaded: his until it is part of a message."""
    digest = sha256()
    with NamedTemporaryFile(dir=blobs.landing(), delete=False) as target:
        for chunk in file.chunks():
            digest.update(chunk)
            target.write(chunk)
            failpoint("amid_upload")
    blobs.adopt(Path(target.name), digest.hexdigest())
    failpoint("after_upload_kept")
    name = "".join(c for c in Path(file.name or "file").name if c.isprintable() and c not in '"\\/')[:150]
    return Attachment.objects.create(
        uploaded_by=agent_of(request),
        name=name or "file",
        media_type=(file.content_type or "application/octet-stream")[:150],
        size=file.size or 0,
        sha256=digest.hexdigest(),
        created_at=timezone.now(),
    )
