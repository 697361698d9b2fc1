"""Files of the stand-ins: whole or not there at all, so that a kill loses nothing."""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile


def write_whole(path: Path, raw: bytes) -> None:
    """Put a file in its place in one step, on the disk before its name is."""
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).rename(path)
