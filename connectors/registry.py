"""A folder is a channel: `connectors/email/` makes the kind "email"."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from inspect import isabstract
from pathlib import Path
from pkgutil import iter_modules

import connectors
from connectors.contract import Connector

NO_CHANNELS = {"contract", "sandbox"}  # what all channels share, and who plays the other side


@cache
def kinds() -> Mapping[str, type[Connector]]:
    """All kinds of channel, by name. Raise ImportError for a folder that does not hold exactly one connector."""
    folders = [
        name for _, name, is_folder in iter_modules(connectors.__path__) if is_folder and name not in NO_CHANNELS
    ]
    return {name: _load(name) for name in sorted(folders)}


def setup_text(kind: str, language: str) -> str:
    """How to connect a kind of channel, in Markdown; in English where the language has none. Empty if nothing is told.

    Raise KeyError for an unknown kind.
    """
    folder = Path(str(import_module(kinds()[kind].__module__).__file__)).parent
    texts = (folder / f"setup.{language}.md", folder / "setup.md")
    return next((text.read_text(encoding="utf-8") for text in texts if text.exists()), "")


def _load(kind: str) -> type[Connector]:
    module = import_module(f"connectors.{kind}.connector")
    found = [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Connector)
        and value.__module__ == module.__name__
        and not isabstract(value)
    ]
    if len(found) != 1:
        raise ImportError(f"{module.__name__} must define exactly one Connector, found {len(found)}")
    return found[0]
