"""`manage.py inspect_email FILE... [--json]`: what the e-mail connector understands of a mail."""

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandParser

from inbox.management.describing import descriptions

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
        for description in descriptions("email", options["files"]):
            if options["json"]:
                self.stdout.write(msgspec.json.encode(description).decode())
            else:
                self.stdout.write("\n".join(_readable(description)) + "\n")


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
