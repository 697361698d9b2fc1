"""The keys of an embedded installation: made once, kept beside its data, readable by its owner alone."""

import base64
import os
import secrets
from pathlib import Path


def lay_out(file: Path) -> None:
    """Put SECRET_KEY and INBOX_KEYS into the environment, from `file`; the first time they are made.

    Losing the file means that sealed channel passwords can never be opened again, so it is written whole
    (and to the disk) before anything is sealed.
    """
    if not file.exists():
        _write(file, made())
    for line in file.read_text().splitlines():
        name, _, value = line.partition("=")
        os.environ[name] = value


def made() -> dict[str, str]:
    """New keys: one that signs sessions, and the first of the vault's ring, `id:base64` of 32 bytes."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "INBOX_KEYS": "k1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
    }


def _write(file: Path, keys: dict[str, str]) -> None:
    half = file.with_suffix(".half-made")
    half.unlink(missing_ok=True)
    with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:  # noqa: PTH123  # mode from birth
        out.write("".join(f"{name}={value}\n" for name, value in keys.items()))
        out.flush()
        os.fsync(out.fileno())
    half.rename(file)
