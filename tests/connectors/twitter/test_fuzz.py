"""The examples with anything anywhere: whatever comes, the reader understands it or says that it does not."""

import json
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import pytest

from connectors.contract import Payload
from connectors.errors import Unreadable
from connectors.twitter.app import XApp
from connectors.twitter.connector import X

EXAMPLES = sorted((Path(__file__).parents[3] / "connectors" / "twitter" / "examples").glob("*.json"))
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


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_anything_anywhere_is_read_or_said_to_be_unreadable(path: Path, tmp_path: Path) -> None:
    recorded = json.loads(path.read_text())
    random = Random(path.stem)
    body = tmp_path / "body.json"
    for _ in range(ROUNDS):
        body.write_bytes(broken(recorded["payload"], random))
        with suppress(Unreadable):
            for piece in XApp.split(body.read_bytes()):
                X.read(Payload(path=body, facts={"account": piece.account, "part": piece.part}), tmp_path)
        with suppress(Unreadable):
            X.read(Payload(path=body, facts=recorded["facts"]), tmp_path)
