"""JSON as it may come: hostile and partial bodies have anything anywhere."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, TypeAlias

import msgspec

from connectors.errors import Unreadable, gettext_noop

Json: TypeAlias = Mapping[str, Any]


def decoded(body: bytes) -> Json:
    """The body as an object. Raise Unreadable."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreadable(gettext_noop("This is not JSON, which Facebook always sends."), str(error)[:200]) from None
    except RecursionError:
        raise Unreadable(gettext_noop("This is not what Facebook sends: it is nested too deeply.")) from None
    if not isinstance(found, dict):
        raise Unreadable(gettext_noop("This is not what Facebook sends: an object was expected."))
    return found


def mapping(value: object) -> Json:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> Sequence[Json]:
    """The objects of a list, without what is none."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def listed(edge: object) -> Sequence[Json]:
    """The objects of an edge: `{"data": [...]}`."""
    return sequence(mapping(edge).get("data"))


def text_in(data: Json, name: str) -> str:
    """A text; empty if there is none."""
    found = data.get(name)
    return found if isinstance(found, str) else ""


def id_in(data: Json, name: str = "id") -> str:
    """An id, which some bodies hold as a number."""
    found = data.get(name)
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""


def short_hash(*words: object) -> str:
    """A few letters that stand for these words."""
    return sha256("\0".join(map(str, words)).encode("utf-8", "surrogatepass")).hexdigest()[:16]
