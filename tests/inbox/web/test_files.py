"""Downloads show only harmless pictures, to those who may see the conversation; uploads are their owner's."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from inbox.models import Agent, Attachment, Conversation, Message
from inbox.web import files
from tests.files import laid
from tests.inbox.desk_of_five import NOW, Desk, browser

PNG = b"\x89PNG\r\n\x1a\n"
ACTIVE = [
    ("image/svg+xml", "drawing.svg", b"<svg onload='alert(1)'/>"),
    ("text/html", "page.html", b"<script>alert(1)</script>"),
    ("application/xml", "data.xml", b"<?xml-stylesheet href='x'?><x/>"),
    ("application/pdf", "a.pdf", b"%PDF-1.7"),
]


def attached(conversation: Conversation, media_type: str, name: str, content: bytes) -> Attachment:
    message = conversation.messages.get()
    return Attachment.objects.create(
        message=message, name=name, media_type=media_type, size=len(content), sha256=laid(content), created_at=NOW
    )


@dataclass(frozen=True)
class Download:
    """An answer, read and closed."""

    status: int
    headers: Mapping[str, str]
    content: bytes


def download(agent: Agent, file: Attachment) -> Download:
    answer = browser(agent).get(f"/files/{file.uuid}/")
    if not answer.streaming:
        return Download(answer.status_code, answer.headers, answer.content)
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # a streaming response has it
    return Download(answer.status_code, answer.headers, content)


@pytest.mark.parametrize(("media_type", "name", "content"), ACTIVE)
def test_what_could_run_is_handed_down_and_never_shown(desk: Desk, media_type: str, name: str, content: bytes) -> None:
    file = attached(desk.problem(), media_type, name, content)
    answer = download(desk.ada, file)
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.content == content


def test_a_picture_is_shown_under_the_same_policy(desk: Desk) -> None:
    file = attached(desk.problem(), "image/png", "lamp.png", PNG)
    answer = download(desk.ada, file)
    assert (answer.headers["Content-Type"], answer.headers["Content-Disposition"]) == (
        "image/png",
        'inline; filename="lamp.png"',
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["a\r\nSet-Cookie: x.txt", '"; filename="x.html', "../../etc/passwd", "имя.txt"])
def test_a_name_from_outside_stays_within_its_header(desk: Desk, name: str) -> None:
    file = attached(desk.problem(), "text/plain", name, b"x")
    answer = download(desk.ada, file)
    assert answer.status == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "\n" not in answer.headers["Content-Disposition"]
    assert "Set-Cookie" not in answer.headers


def test_a_file_of_another_team_is_not_there(desk: Desk) -> None:
    file = attached(desk.problem(channel=desk.channel_elsewhere), "image/png", "lamp.png", PNG)
    assert browser(desk.ada).get(f"/files/{file.uuid}/").status_code == 404
    assert browser(None).get(f"/files/{file.uuid}/").status_code == 302
    assert browser(desk.ada).get(f"/files/{uuid4()}/").status_code == 404


def test_an_upload_is_its_owners_until_it_is_sent(desk: Desk) -> None:
    chip = browser(desk.ada).post("/uploads/", {"files": SimpleUploadedFile("plan.txt", b"a plan")})
    file = Attachment.objects.get(message=None)
    assert (chip.status_code, str(file.uuid) in chip.content.decode()) == (200, True)
    assert download(desk.ada, file).status == 200
    for other in (desk.sam, desk.max, desk.kim):
        assert download(other, file).status == 404


def test_a_file_that_is_too_large_is_refused_by_name(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST_UPLOAD", 5)
    answer = browser(desk.ada).post(
        "/uploads/", {"files": [SimpleUploadedFile("big.txt", b"123456"), SimpleUploadedFile("small.txt", b"1")]}
    )
    assert "big.txt is larger than" in answer.content.decode()
    assert [file.name for file in Attachment.objects.all()] == ["small.txt"]


def test_a_file_of_what_was_deleted_is_not_there_any_more(desk: Desk) -> None:
    file = attached(desk.problem(), "image/png", "lamp.png", PNG)
    assert download(desk.ada, file).status == 200
    Message.objects.update(withdrawn_at=NOW)
    assert download(desk.ada, file).status == 404
