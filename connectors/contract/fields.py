"""The fields of a connector: what the admin's form is written from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


def secret(label: str, *, default: str | None = None, help_text: str = "", advanced: bool = False) -> Any:
    """A credential: sealed in the vault, never printed, shown to admins as an empty password box."""
    metadata = {"label": label, "help": help_text, "secret": True, "advanced": advanced}
    if default is None:
        return field(repr=False, metadata=metadata)
    return field(repr=False, default=default, metadata=metadata)


def setting(
    label: str,
    *,
    default: Any = None,
    help_text: str = "",
    choices: Mapping[str, str] | None = None,
    advanced: bool = False,
) -> Any:
    """A field that may be seen. `choices` maps values to labels; `advanced` folds it away in the form."""
    metadata = {"label": label, "help": help_text, "choices": choices, "advanced": advanced}
    return field(metadata=metadata) if default is None else field(default=default, metadata=metadata)


def made(label: str, *, help_text: str = "") -> Any:
    """A word that we make up and the admin copies to the provider: shown to admins, never asked for."""
    return field(default="", metadata={"label": label, "help": help_text, "made": True})


def kept() -> Any:
    """What an account keeps of itself: no form shows it, and who changes settings leaves it as it is."""
    return field(default="", repr=False, metadata={"kept": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """The settings of one well-known provider.

    `fields` are those of the connector that differ from its defaults; `domains` are the parts of
    addresses behind the @ by which a form recognises the provider.
    """

    label: str
    domains: frozenset[str]
    fields: Mapping[str, str | int | bool]
