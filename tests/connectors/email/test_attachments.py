"""Files of a mail and their names."""

from pathlib import Path

import pytest

from connectors.email import attachments, limits


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("order.pdf", "order.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\carla\\order.pdf", "order.pdf"),
        ("a\x00b\r\nc.txt", "abc.txt"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("\u200b.htaccess", "htaccess"),
        (".htaccess\u200b", "htaccess"),
        ("a:b*c?d.txt", "a_b_c_d.txt"),
        ("Сч\u0435\u0308т.pdf", "Счёт.pdf"),
        ("  two   words .txt ", "two words .txt"),
        ("", "file.pdf"),
        ("..", "file.pdf"),
        ("/", "file.pdf"),
        ("\x85\u2028", "file.pdf"),
    ],
)
def test_a_name_is_made_safe(name: str, safe: str) -> None:
    assert attachments.safe_name(name, "application/pdf") == safe


def test_a_long_name_keeps_its_extension() -> None:
    safe = attachments.safe_name("о" * 300 + ".docx")
    assert len(safe) == limits.NAME_CHARACTERS
    assert safe.endswith("о.docx")
    assert len(attachments.safe_name("x" * 300)) == limits.NAME_CHARACTERS


def test_a_file_is_written_under_a_number_and_described(tmp_path: Path) -> None:
    file = attachments.Store(tmp_path).put("../evil.txt", "text/plain", b"abc")
    assert Path(file.path).parent == tmp_path
    assert Path(file.path).read_bytes() == b"abc"
    assert (file.name, file.size, file.sha256[:8]) == ("evil.txt", 3, "ba7816bf")


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.4\n", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\10\2", "image/png"),
        (b"words", "text/plain"),
    ],
)
@pytest.mark.parametrize("declared", ["", "application/octet-stream"])
def test_a_vague_type_is_found_by_content(tmp_path: Path, content: bytes, media_type: str, declared: str) -> None:
    assert attachments.Store(tmp_path).put("x", declared, content).media_type == media_type


def test_a_declared_type_is_not_questioned(tmp_path: Path) -> None:
    assert attachments.Store(tmp_path).put("x", "image/jpeg", b"%PDF-1.4\n").media_type == "image/jpeg"


@pytest.mark.parametrize(
    "html",
    [
        '<img src="cid:Logo@Example.com">',
        "<img src='CID:logo%40example.com'>",
        '<td style="background:url(cid:logo@example.com)">',
    ],
)
def test_a_reference_is_found_however_it_is_written(html: str) -> None:
    assert attachments.references(html) == {"logo@example.com"}
