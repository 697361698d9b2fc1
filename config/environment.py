"""Settings from the environment, each with a type, a default and a refusal of nonsense."""

import os
from base64 import b64decode
from collections.abc import Collection, Mapping
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ImproperlyConfigured

YES = {"1", "true", "yes", "on"}
NO = {"0", "false", "no", "off", ""}


def text(name: str, default: str = "") -> str:
    """The value of a variable, trimmed."""
    return os.environ.get(name, default).strip()


def required(name: str, what_it_is: str) -> str:
    """A value nobody can guess for us. Raise ImproperlyConfigured with a sentence that says what to set."""
    value = text(name)
    if not value:
        raise ImproperlyConfigured(f"Set {name}: {what_it_is}.")
    return value


def flag(name: str, *, default: bool = False) -> bool:
    """A yes or no. Raise ImproperlyConfigured for anything else."""
    value = text(name, "yes" if default else "no").lower()
    if value in YES | NO:
        return value in YES
    raise ImproperlyConfigured(f"{name} is {value!r}; it can be yes or no.")


def whole_number(name: str, default: int, *, lowest: int = 0) -> int:
    """A count. Raise ImproperlyConfigured if it is not a number or below `lowest`."""
    value = text(name, str(default))
    if not value.isdecimal() or int(value) < lowest:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be a whole number, {lowest} or more.")
    return int(value)


def one_of(name: str, default: str, allowed: Collection[str]) -> str:
    """One of a few words, in capitals. Raise ImproperlyConfigured for another."""
    value = text(name, default).upper()
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} is {value!r}; it can be {', '.join(allowed)}.")
    return value


def language(name: str, offered: Collection[str]) -> str:
    """The first of ours in a list like `ru_RU:ru:en`, which is how a Unix desktop sets it too; else English."""
    wanted = (part.partition("_")[0].lower() for part in text(name).replace(".", "_").replace("-", "_").split(":"))
    return next((code for code in wanted if code in offered), "en")


def zone(name: str, default: str) -> str:
    """A time zone by its name. Raise ImproperlyConfigured if there is none of it."""
    value = text(name, default)
    try:
        ZoneInfo(value)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be a time zone like Europe/Moscow.") from None
    return value


def web_address(name: str, default: str) -> str:
    """Where the pages are, without a path. Raise ImproperlyConfigured for anything else."""
    value = text(name, default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or value != f"{parts.scheme}://{parts.netloc}":
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be an address like https://desk.example.com.")
    return value


def redis(name: str) -> str:
    """The address of a Redis, or nothing. Raise ImproperlyConfigured for anything else."""
    value = text(name)
    if value and urlsplit(value).scheme not in {"redis", "rediss", "unix"}:
        raise ImproperlyConfigured(f"{name} must begin with redis:// (rediss:// with TLS, unix:// for a socket).")
    return value


def words(name: str, default: str = "") -> list[str]:
    """A list, separated by commas or spaces."""
    return text(name, default).replace(",", " ").split()


def database(name: str) -> dict[str, object]:
    """Connection settings from a `postgresql://` address; a socket folder goes in as `?host=/folder`."""
    address = required(name, "the address of PostgreSQL, like postgresql://otvet:password@db.example.com/otvet")
    parts = urlsplit(address)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured(f"{name} must begin with postgresql://; Otvet runs on PostgreSQL only.")
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or options.pop("user", "")),
        "PASSWORD": unquote(parts.password or options.pop("password", "")),
        "HOST": parts.hostname or options.pop("host", ""),
        "PORT": str(parts.port or options.pop("port", "")),
        "OPTIONS": options,
    }


def key_ring(name: str) -> Mapping[str, bytes]:
    """Keys of the vault as `id:base64` separated by commas, newest first, 32 bytes each.

    Raise ImproperlyConfigured if one is malformed: a vault that starts without its keys would fail later
    and in worse places.
    """
    ring = {}
    for entry in words(name):
        kid, _, encoded = entry.partition(":")
        try:
            key = b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if not kid or len(key) != 32:
            raise ImproperlyConfigured(f"{name}: each key is written id:base64 and holds 32 bytes.")
        ring[kid] = key
    if not ring:
        raise ImproperlyConfigured(f"Set {name}: the keys that seal channel passwords, written id:base64.")
    return ring
