"""Bytes by the hash of their content: written once, never changed.

The files of messages, and what else is large, are files on the disk, in folders by the hash's first letters. What is
small, as most of what a provider hands over and most answers are, is a row: to make a file of it would cost more than
to read it, and it is kept by the very commit that names it.
"""

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.db import transaction

from connectors.contract import SMALL
from inbox import hot

# In the order of their hashes: two who keep the same at once wait for each other, and never both.
KEEP = """
INSERT INTO inbox_blob (sha256, content)
SELECT sha256, content FROM unnest(%(sha256)b::bytea[], %(content)b::bytea[]) AS b (sha256, content) ORDER BY sha256
ON CONFLICT DO NOTHING
"""
FIND = "SELECT encode(sha256, 'hex'), content FROM inbox_blob WHERE sha256 = ANY(%b::bytea[])"
REMOVE = "DELETE FROM inbox_blob WHERE sha256 = %b"


def path_of(digest: str) -> Path:
    """Where the bytes with this sha256 lie, or would."""
    where: Path = settings.BLOBS.joinpath(digest[:2], digest)
    return where


def landing() -> Path:
    """A folder on the same disk, for files that will be adopted."""
    folder: Path = settings.BLOBS / "landing"
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def clear_landing(before: datetime) -> None:
    """Remove what was left there since before then, by whoever died while he wrote it."""
    for left in landing().iterdir():
        if left.stat().st_mtime < before.timestamp():
            shutil.rmtree(left) if left.is_dir() else left.unlink()


def adopt(source: Path, digest: str) -> None:
    """Take over a file whose sha256 is known. `source` is gone afterwards; a second copy costs nothing.

    The bytes are on the disk when this returns, so that a row that names them may be committed.
    """
    adopt_all([(source, digest)])


def adopt_all(files: Iterable[tuple[Path, str]]) -> None:
    """The same for many, which costs less than one by one: each folder that they go to is written once."""
    folders = set()
    for source, digest in files:
        target = path_of(digest)
        folders.add(target.parent)
        if target.exists():
            source.unlink()
            continue
        _sync(source)
        try:
            source.replace(target)
        except FileNotFoundError:
            target.parent.mkdir(parents=True, exist_ok=True)
            source.replace(target)
    for folder in folders:
        _sync(folder)


@contextmanager
def keeping(bodies: Sequence[tuple[bytes | Path, str]]) -> Iterator[None]:
    """A transaction for the rows that name these bytes, each given with its sha256: as it is committed, they are kept.

    What is large is on the disk before it begins: nobody waits for the disk while he holds a row.
    """
    small = {digest: body for body, digest in bodies if isinstance(body, bytes) and len(body) <= SMALL}
    adopt_all((_landed(body), digest) for body, digest in bodies if digest not in small)
    with transaction.atomic():
        _keep_rows(small)
        yield


def keep(body: bytes) -> str:
    """Keep bytes and return their sha256. Call inside the transaction that writes the row which names them."""
    digest = sha256(body).hexdigest()
    if len(body) <= SMALL:
        _keep_rows({digest: body})
    else:
        adopt(_landed(body), digest)
    return digest


def bodies(digests: Sequence[str]) -> dict[str, bytes | Path]:
    """The bytes with these sha256 or, of large ones, where their file is, or would be if they are lost."""
    small = dict(hot.fetch(FIND, [_raw(digests)]))
    return {digest: small.get(digest, path_of(digest)) for digest in digests}


def body(digest: str) -> bytes | Path:
    """The same for one."""
    return bodies([digest])[digest]


def is_kept(digest: str) -> bool:
    """Whether the bytes with this sha256 are there."""
    found = body(digest)
    return isinstance(found, bytes) or found.exists()


def read(digest: str) -> bytes:
    """The bytes with this sha256. Raise FileNotFoundError if the disk lost them."""
    found = body(digest)
    return found if isinstance(found, bytes) else found.read_bytes()


def remove(digest: str) -> None:
    """Take these bytes away for good. The caller knows that no row names them any more."""
    hot.change(REMOVE, [bytes.fromhex(digest)])
    path_of(digest).unlink(missing_ok=True)


def _keep_rows(small: Mapping[str, bytes]) -> None:
    if small:
        hot.change(KEEP, {"sha256": _raw(list(small)), "content": list(small.values())})


def _raw(digests: Sequence[str]) -> list[bytes]:
    return [bytes.fromhex(digest) for digest in digests]


def _landed(body: bytes | Path) -> Path:
    if isinstance(body, Path):
        return body
    with NamedTemporaryFile(dir=landing(), delete=False) as file:
        file.write(body)
    return Path(file.name)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
