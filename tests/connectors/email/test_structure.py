"""The parts of a mail, compared with the standard library where that can read it."""

import email
from email.message import Message
from pathlib import Path

import pytest

from connectors.email import limits
from connectors.email.structure import Part, Tree

EXAMPLES = sorted((Path(__file__).parents[3] / "connectors/email/examples").glob("*.eml"))


def multipart(*parts: bytes, boundary: bytes = b"b", end: bytes = b"--b--\r\n") -> bytes:
    opened = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    return b"From: carla@example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + opened + end


def contents(raw: bytes) -> list[bytes]:
    return [leaf.content() for leaf in Tree(raw).root.leaves()]


def as_the_library_reads(message: Message) -> list[bytes]:
    """The library opens message/* itself, so these are left to other tests."""
    if message.get_content_maintype() == "message":
        return []
    if not message.is_multipart():
        return [bytes(message.get_payload(decode=True))]
    return [leaf for child in message.get_payload() for leaf in as_the_library_reads(child)]  # type: ignore[arg-type]  # parts of a multipart are messages


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_parts_are_those_the_standard_library_finds(path: Path) -> None:
    raw = path.read_bytes()
    leaves = [leaf for leaf in Tree(raw).root.leaves() if not leaf.media_type.startswith("message/")]
    ours = [leaf.content().replace(b"\r\n", b"\n").strip() for leaf in leaves]
    theirs = as_the_library_reads(email.message_from_bytes(raw))
    assert ours == [content.replace(b"\r\n", b"\n").strip() for content in theirs]


def test_the_newline_before_a_boundary_belongs_to_the_boundary() -> None:
    assert contents(multipart(b"\r\none\r\n", b"\r\ntwo")) == [b"one\r\n", b"two"]


@pytest.mark.parametrize("newline", [b"\r\n", b"\n", b"\r"])
def test_every_kind_of_line_end_is_read(newline: bytes) -> None:
    raw = multipart(b"\r\none", b"Content-Type: text/html\r\n\r\ntwo").replace(b"\r\n", newline)
    assert contents(raw) == [b"one", b"two"]


def test_a_boundary_that_begins_with_another_is_told_apart() -> None:
    inner = b"Content-Type: multipart/mixed; boundary=bb\r\n\r\n--bb\r\n\r\ndeep\r\n--bb--"
    assert contents(multipart(inner, b"\r\nflat")) == [b"deep", b"flat"]


def test_a_mail_cut_off_in_the_middle_keeps_what_came() -> None:
    assert contents(multipart(b"\r\none", b"\r\ntwo", end=b"")) == [b"one", b"two\r\n"]


def test_parts_behind_a_premature_end_are_not_lost() -> None:
    assert contents(multipart(b"\r\none", end=b"--b--\r\n--b\r\n\r\ntwo\r\n--b--\r\n")) == [b"one", b"two"]


@pytest.mark.parametrize("declared", [b"", b"; boundary=other", b'; boundary=""'])
def test_the_boundary_that_is_used_counts_where_the_declared_one_is_not(declared: bytes) -> None:
    raw = b"Content-Type: multipart/mixed" + declared + b"\r\n\r\n--real\r\n\r\none\r\n--real--\r\n"
    assert contents(raw) == [b"one"]


def test_a_multipart_without_parts_is_a_text() -> None:
    root = Tree(b"Content-Type: multipart/mixed; boundary=b\r\n\r\nonly words").root
    assert (root.media_type, root.content()) == ("text/plain", b"only words")


def test_a_multipart_that_was_encoded_whole_is_opened() -> None:
    raw = (
        b"Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        b"LS1iDQoNCm9uZQ0KLS1iLS0NCg=="
    )
    assert contents(raw) == [b"one"]


@pytest.mark.parametrize(
    ("declared", "media_type"),
    [
        (b"text", "text/plain"),
        (b"", "text/plain"),
        (b"TEXT/HTML", "text/html"),
        (b"a/b/c", "text/plain"),
        (b"\xff/x", "text/plain"),
    ],
)
def test_a_nonsense_type_is_plain_text(declared: bytes, media_type: str) -> None:
    assert Tree(b"Content-Type: " + declared + b"\r\n\r\nx").root.media_type == media_type


def test_leading_blank_lines_do_not_hide_the_header() -> None:
    assert Tree(b"\r\n\nSubject: x\r\n\r\nbody").root.headers.text("subject") == "x"


def nested(levels: int) -> bytes:
    opened = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(levels))
    return (
        opened
        + b"Content-Type: text/plain\r\n\r\nhi"
        + b"".join(b"\r\n--b%d--\r\n" % n for n in reversed(range(levels)))
    )


def depth(part: Part) -> int:
    return 1 + max(map(depth, part.children), default=0)


@pytest.mark.parametrize("levels", [500, 3_000])
def test_levels_beyond_the_limit_stay_closed(levels: int) -> None:
    tree = Tree(nested(levels))
    assert tree.limited
    assert depth(tree.root) == limits.DEPTH + 1


def test_parts_beyond_the_limit_are_left_out() -> None:
    tree = Tree(multipart(*[b"\r\nx"] * 5_000))
    assert tree.limited
    assert len(list(tree.root.leaves())) == limits.PARTS - 1


def test_header_bytes_beyond_the_limit_are_left_out_and_the_body_is_kept() -> None:
    raw = b"Subject: kept\r\n" + b"".join(b"X-%d: y\r\n" % number for number in range(50_000)) + b"\r\nwords"
    tree = Tree(raw)
    assert tree.limited
    assert (tree.root.headers.text("subject"), tree.root.content()) == ("kept", b"words")
