"""`manage.py inspect_email FILE... [--json]`: what the e-mail connector understands of a mail."""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandParser

from connectors.errors import Unreadable
from inbox.parser import Parser

_LONGEST = 4_000  # characters of a text shown to people; --json shows all of it


class Command(BaseCommand):
    """Show what was understood of each file. A mail that cannot be read is told in its `error`."""

    help = "Show what the e-mail connector understands of a mail: to see why one looked odd."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument("--json", action=argparse.BooleanOptionalAction, default=False, help="one JSON line a file")

    def handle(self, *args: Any, **options: Any) -> None:
        for description in descriptions(options["files"]):
            if options["json"]:
                self.stdout.write(msgspec.json.encode(description).decode())
            else:
                self.stdout.write("\n".join(_readable(description)) + "\n")


def descriptions(files: Sequence[Path]) -> Iterator[Mapping[str, Any]]:
    """One object for each file, read in a limited child; its keys are always the same."""
    parser = Parser(1)
    try:
        for file in files:
            with TemporaryDirectory() as folder:
                yield _description(parser, file, Path(folder))
    finally:
        parser.close()


def _description(parser: Parser, file: Path, folder: Path) -> Mapping[str, Any]:
    try:
        return parser.describe("email", file, folder)
    except Unreadable as error:
        # The child died over it. What an empty file is like has the right keys, the rest is told here.
        empty = folder / "empty"
        empty.touch()
        return {**parser.describe("email", empty, folder), "file": str(file), "error": str(error)}


def _readable(description: Mapping[str, Any]) -> Iterator[str]:
    """The same for people: one line a fact, the long ones last."""
    for name, value in description.items():
        if name in ("text", "html", "reply_text", "quoted_text") or value in (None, "", []):
            continue
        shown = value if isinstance(value, str) else msgspec.json.encode(value).decode()
        yield f"{name + ':':16}{shown}"
    for name in ("reply_text", "quoted_text"):
        if description[name]:
            yield f"--- {name}\n{description[name][:_LONGEST]}"
