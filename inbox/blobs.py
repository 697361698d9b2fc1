"""Files by the hash of their content: written once, never changed, in folders by the hash's first letters."""

import os
import shutil
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings


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


def keep(content: bytes) -> str:
    """Store bytes and return their sha256. They are on the disk when this returns."""
    digest = sha256(content).hexdigest()
    if not path_of(digest).exists():
        with NamedTemporaryFile(dir=landing(), delete=False) as file:
            file.write(content)
        adopt(Path(file.name), digest)
    return digest


def read(digest: str) -> bytes:
    """The bytes with this sha256. Raise FileNotFoundError if the disk lost them."""
    return path_of(digest).read_bytes()


def remove(digest: str) -> None:
    """Take these bytes off the disk for good. The caller knows that no row names them any more."""
    path_of(digest).unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
