"""`manage.py inspect_payload --kind KIND FILE... [--json]`: what a network's connector understands of a payload."""

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandParser

from connectors.registry import kinds
from inbox.management.describing import descriptions


class Command(BaseCommand):
    """Show what was understood of each file. One that cannot be read is told in its `error`."""

    help = "Show what a network's connector understands of a webhook's body or an answer of its API."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        networks = [kind for kind, connector in kinds().items() if connector.app]
        parser.add_argument("--kind", required=True, choices=networks, help="whose payload it is")
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument("--json", action=argparse.BooleanOptionalAction, default=False, help="one JSON line a file")

    def handle(self, *args: Any, **options: Any) -> None:
        for description in descriptions(options["kind"], options["files"]):
            if options["json"]:
                self.stdout.write(msgspec.json.encode(description).decode())
            else:
                self.stdout.write("\n".join(_readable(description)) + "\n")


def _readable(description: Mapping[str, Any]) -> Iterator[str]:
    """The same for people: the file, then one line for each thing in it."""
    yield str(description["file"])
    for what in ("messages", "receipts", "edits", "deletions"):
        for thing in description[what]:
            facts = (f"{name}={value}" for name, value in thing.items() if value not in (None, "", [], False))
            yield f"  {what.removesuffix('s')}: {', '.join(facts)}"
    if description["error"]:
        yield f"  error: {description['error']}"
