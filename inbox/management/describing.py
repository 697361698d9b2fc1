"""What a connector understands of files, for admins: read in a limited child, as what comes in is."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from connectors.errors import Unreadable
from inbox.parser import Parser


def descriptions(kind: str, files: Sequence[Path]) -> Iterator[Mapping[str, Any]]:
    """One object for each file; its keys are always the same, whatever the file did to its reader."""
    parser = Parser(1)
    try:
        for file in files:
            with TemporaryDirectory() as folder:
                yield _description(parser, kind, file, Path(folder))
    finally:
        parser.close()


def _description(parser: Parser, kind: str, file: Path, folder: Path) -> Mapping[str, Any]:
    try:
        return parser.describe(kind, file, folder)
    except Unreadable as error:
        # The child died over it. What an empty file is like has the right keys, the rest is told here.
        empty = folder / "empty"
        empty.touch()
        return {**parser.describe(kind, empty, folder), "file": str(file), "error": str(error)}
