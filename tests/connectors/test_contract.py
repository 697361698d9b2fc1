"""Every channel passes these tests; a new folder is picked up without being named here.

An example is a file in a channel's `examples/`, as the provider sends it. A JSON file of its name in `reads_as/` tells
its `source` (the page or RFC that says it looks so), its `facts`, and what it `reads_as`: for each thing its `type` and
those of its fields that matter.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, FrozenInstanceError, fields
from pathlib import Path
from typing import Any

import msgspec
import pytest

import connectors
from connectors.contract import Connector, Payload, Polled
from connectors.errors import Unreadable
from connectors.registry import kinds

ROOT = Path(connectors.__path__[0])
FOLDERS = [ROOT / name / "examples" for name in kinds()]
EXAMPLES = [
    pytest.param(path, id=f"{folder.parent.name}/{path.stem}")
    for folder in FOLDERS
    for path in sorted(folder.glob("*"))
    if path.is_file()
]
SECRET = "open-sesame"  # a marked word to look for, not a password


def sample(kind: type[Connector]) -> Connector:
    """A connector of this kind with every needed field filled."""
    needed = [field for field in fields(kind) if field.default is MISSING and field.default_factory is MISSING]  # type: ignore[arg-type]  # a dataclass: the first test below proves it
    secrets = [field for field in fields(kind) if field.metadata.get("secret")]  # type: ignore[arg-type]  # as above
    values = dict.fromkeys((field.name for field in needed), "x")
    return kind(**(values | dict.fromkeys((field.name for field in secrets), SECRET)))


def agrees(expected: object, actual: object) -> bool:
    """Whether all that is expected is there; of a mapping only the named fields are compared."""
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        return all(agrees(value, actual.get(name)) for name, value in expected.items())
    if isinstance(expected, Sequence) and not isinstance(expected, str) and isinstance(actual, Sequence):
        return len(expected) == len(actual) and all(map(agrees, expected, actual))
    return expected == actual


def recorded(path: Path) -> Mapping[str, Any]:
    told: Mapping[str, Any] = json.loads((path.parent / "reads_as" / f"{path.stem}.json").read_text())
    return told


def read(path: Path, folder: Path) -> list[Mapping[str, Any]]:
    folder.mkdir()
    payload = Payload(body=path, facts=recorded(path).get("facts", {}))
    contents = kinds()[path.parent.parent.name].read(payload, folder)
    return [{"type": type(content).__name__, **msgspec.to_builtins(content)} for content in contents]


@pytest.mark.parametrize("kind", kinds().values(), ids=kinds().keys())
def test_it_is_a_frozen_dataclass(kind: type[Connector]) -> None:
    connector = sample(kind)
    with pytest.raises(FrozenInstanceError):
        setattr(connector, fields(kind)[0].name, "y")  # type: ignore[arg-type]  # a dataclass, as this proves
    assert kind.label
    assert kind.icon


@pytest.mark.parametrize("kind", kinds().values(), ids=kinds().keys())
def test_every_field_has_a_label_for_the_form(kind: type[Connector]) -> None:
    shown = [field for field in fields(kind) if not field.metadata.get("kept")]  # type: ignore[arg-type]  # it is a dataclass
    assert all(field.metadata.get("label") for field in shown)


@pytest.mark.parametrize("kind", kinds().values(), ids=kinds().keys())
def test_it_never_prints_a_secret(kind: type[Connector]) -> None:
    assert SECRET not in repr(sample(kind))


@pytest.mark.parametrize("kind", kinds().values(), ids=kinds().keys())
def test_it_is_pushed_or_polled(kind: type[Connector]) -> None:
    assert kind.app or kind.by_hand or isinstance(sample(kind), Polled)


@pytest.mark.parametrize("kind", kinds().values(), ids=kinds().keys())
def test_it_has_examples(kind: type[Connector]) -> None:
    name = next(name for name, found in kinds().items() if found is kind)
    assert kind.by_hand or list((ROOT / name / "examples" / "reads_as").glob("*.json"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_whatever_an_example_reads_as_has_its_example(folder: Path) -> None:
    examples = {path.stem for path in folder.glob("*") if path.is_file()}
    assert {path.stem for path in (folder / "reads_as").glob("*")} == examples


@pytest.mark.parametrize("path", EXAMPLES)
def test_it_reads_its_examples(path: Path, tmp_path: Path) -> None:
    expected = recorded(path)["reads_as"]
    found = read(path, tmp_path / "files")
    assert agrees(expected, found), f"expected {expected}, found {found}"


@pytest.mark.parametrize("path", EXAMPLES)
def test_an_example_names_its_source(path: Path) -> None:
    assert len(recorded(path)["source"]) > 10


@pytest.mark.parametrize("path", EXAMPLES)
def test_the_same_bytes_always_give_the_same_answer(path: Path, tmp_path: Path) -> None:
    first, second = read(path, tmp_path / "files"), []
    for file in (tmp_path / "files").iterdir():
        file.unlink()
    (tmp_path / "files").rmdir()
    second = read(path, tmp_path / "files")
    assert first == second


@pytest.mark.parametrize("kind", kinds().values(), ids=kinds().keys())
def test_it_says_so_when_it_cannot_read(kind: type[Connector], tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.write_bytes(b"")
    with pytest.raises(Unreadable):
        kind.read(Payload(body=empty), tmp_path)
