"""Networks' examples with anything anywhere: what comes is understood, or said not to be."""

import json
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import pytest

import connectors
from connectors.contract import Payload
from connectors.errors import Unreadable
from connectors.registry import kinds

ROOT = Path(connectors.__path__[0])
EXAMPLES = [
    pytest.param(kind, path, id=f"{kind}/{path.stem}")
    for kind, connector in kinds().items()
    if connector.app
    for path in sorted((ROOT / kind / "examples").glob("*.json"))
]
ODD: list[Any] = [
    None,
    True,
    -1,
    10**30,
    1.5,
    "",
    "x",
    "9" * 40,
    "\ud7ff\u0000",
    [],
    [None],
    [[]],
    {},
    {"id": []},
    {"data": 5},
]
ROUNDS = 150


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container with one of its keys or indexes."""
    found: list[tuple[Any, Any]] = []
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            found += [(value, key), *places(value[key])]
    return found


def broken(payload: Any, random: Random) -> bytes:
    changed = json.loads(json.dumps(payload))
    for _ in range(random.randint(1, 3)):
        container, key = random.choice(places(changed) or [({0: 0}, 0)])
        if random.random() < 0.2:
            del container[key]
        else:
            container[key] = deepcopy(random.choice(ODD))
    return json.dumps(changed).encode()


@pytest.mark.parametrize(("kind", "path"), EXAMPLES)
def test_anything_anywhere_is_read_or_said_to_be_unreadable(kind: str, path: Path, tmp_path: Path) -> None:
    network = kinds()[kind]
    assert network.app
    payload = json.loads(path.read_text())
    facts = json.loads((path.parent / "reads_as" / path.name).read_text())["facts"]
    random = Random(path.stem)
    body = tmp_path / "body.json"
    for _ in range(ROUNDS):
        body.write_bytes(broken(payload, random))
        with suppress(Unreadable):
            for piece in network.app.split(body.read_bytes()):
                network.read(Payload(body=body, facts={"account": piece.account, "part": piece.part}), tmp_path)
        with suppress(Unreadable):
            network.read(Payload(body=body, facts=facts), tmp_path)
