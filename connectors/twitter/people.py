"""People as X describes them, in API v2 and in version 1.1."""

from collections.abc import Mapping

from connectors.contract import Person
from connectors.twitter.carriers import Json, id_of


def person(user: Json) -> Person:
    """A user as he is shown: `Carla (@carla)`."""
    handle = str(user.get("username") or user.get("screen_name") or "")
    name = str(user.get("name") or "")
    shown = f"{name} (@{handle})" if name and handle else name or (f"@{handle}" if handle else "")
    return Person(address=id_of(user), name=shown)


def known_person(address: str, users: Mapping[str, Json]) -> Person:
    """Who has this id, by name if he came along."""
    return person({**users.get(address, {}), "id": address, "id_str": address})
