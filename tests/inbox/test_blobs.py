"""Bytes are kept with the row that names them, wherever they lie, and found by their hash."""

from hashlib import sha256
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import Settings

from connectors.contract import SMALL
from inbox import blobs
from inbox.models import Blob
from tests.files import laid

SIZES = pytest.mark.parametrize("size", [0, 1, SMALL, SMALL + 1, 3 * SMALL])


@pytest.fixture(autouse=True)
def folder(db: None, settings: Settings, tmp_path: Path) -> None:
    settings.BLOBS = tmp_path / "blobs"


@SIZES
def test_what_is_kept_is_found_until_it_is_removed(size: int) -> None:
    digest = blobs.keep(b"x" * size)
    assert digest == sha256(b"x" * size).hexdigest()
    assert (blobs.is_kept(digest), blobs.read(digest)) == (True, b"x" * size)
    blobs.remove(digest)
    assert not blobs.is_kept(digest)
    with pytest.raises(FileNotFoundError):
        blobs.read(digest)


def test_small_ones_are_rows_and_large_ones_files() -> None:
    small, large = blobs.keep(b"x" * SMALL), blobs.keep(b"x" * (SMALL + 1))
    assert [bytes(row.sha256).hex() for row in Blob.objects.all()] == [small]
    assert blobs.bodies([small, large]) == {small: b"x" * SMALL, large: blobs.path_of(large)}
    assert not blobs.path_of(small).exists()
    assert not list(blobs.landing().iterdir())


def test_what_was_kept_as_a_file_once_is_found_there() -> None:
    assert blobs.read(laid(b"of last year")) == b"of last year"


@SIZES
def test_the_same_twice_is_kept_once(size: int) -> None:
    assert blobs.keep(b"x" * size) == blobs.keep(b"x" * size)
    assert Blob.objects.count() == (size <= SMALL)


def test_the_same_twice_at_once_is_kept_once() -> None:
    texts = (b"two", b"one", b"y" * (SMALL + 1))
    digests = [sha256(text).hexdigest() for text in texts]
    with blobs.keeping([*zip(texts, digests, strict=True)] * 2):
        pass
    assert [blobs.read(digest) for digest in digests] == [*texts]
    assert not list(blobs.landing().iterdir())


def test_what_is_not_committed_is_not_kept() -> None:
    with transaction.atomic():
        digest = blobs.keep(b"an answer that somebody thought better of")
        assert blobs.is_kept(digest)
        transaction.set_rollback(True)
    assert not blobs.is_kept(digest)
