"""What names a mail."""

import hashlib

import pytest

from connectors.email import identity
from connectors.email.structure import Tree


def fields(head: str) -> Tree:
    return Tree(f"{head}\n\nbody".encode())


@pytest.mark.parametrize("value", ["<a@b>", " <a@b> ", "a@b", "<a@\r\n b>", "<a@b> <c@d>", "<a@b> (comment)"])
def test_an_id_is_kept_bare(value: str) -> None:
    assert identity.bare(value) == "a@b"


def test_a_mail_without_id_is_named_by_its_bytes() -> None:
    tree = fields("Subject: x")
    assert identity.message_id(tree.root.headers, tree.raw) == f"{hashlib.sha256(tree.raw).hexdigest()}@missing.local"


def test_parents_stand_nearest_first() -> None:
    root = fields("In-Reply-To: <3@x>\nReferences: <1@x> <2@x>\n <3@x>").root
    assert identity.parents(root.headers) == ("3@x", "2@x", "1@x")


@pytest.mark.parametrize("value", ["", "<>", "Your message of Thursday", "<" * 9_000])
def test_nonsense_is_no_parent(value: str) -> None:
    assert identity.parents(fields(f"In-Reply-To: {value}").root.headers) == ()


def test_copies_with_other_line_ends_are_one_mail_and_another_body_is_another() -> None:
    assert identity.provider_id("a@b", b"one\r\ntwo\r\n") == identity.provider_id("a@b", b"one\ntwo")
    assert identity.provider_id("a@b", b"one") != identity.provider_id("a@b", b"two")
    assert identity.provider_id("a@b", b"one") != identity.provider_id("c@d", b"one")
