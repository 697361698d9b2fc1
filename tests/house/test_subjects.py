"""Tests that share one started desk find their own mail in it, whichever of them ran before."""

import ast
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

CHROMIUM = Path(__file__).resolve().parents[1] / "inbox" / "web" / "chromium"


def posted() -> Iterator[tuple[str, str]]:
    """Where and with which subject mail is posted in a test: arguments where a function here asks for a subject."""
    trees = {path.name: ast.parse(path.read_text()) for path in sorted(CHROMIUM.glob("*.py"))}
    functions = [node for tree in trees.values() for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    places = {function.name: place for function in functions if (place := _place(function)) is not None}
    for name, tree in trees.items():
        for test in tree.body:
            for call in ast.walk(test):
                if isinstance(call, ast.Call) and (subject := _subject(call, places)):
                    yield _whose(name, test), subject


def _whose(name: str, node: ast.stmt) -> str:
    """The test, or the file of something that its tests stand on."""
    if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
        return f"{name}::{node.name}"
    return name


def _place(function: ast.FunctionDef) -> int | None:
    """Which of the arguments is the subject, with `self` not counted."""
    names = [argument.arg for argument in function.args.args if argument.arg != "self"]
    return names.index("subject") if "subject" in names else None


def _subject(call: ast.Call, places: dict[str, int]) -> str:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name not in places or len(call.args) <= places[name]:
        return ""
    subject = call.args[places[name]]
    return str(subject.value) if isinstance(subject, ast.Constant) else ""


def test_no_subject_is_found_by_looking_for_that_of_another_test() -> None:
    found = sorted({(subject, where) for where, subject in posted()})
    assert len(found) > 50
    alike = [
        f"{where}: {subject!r}, {other}: {longer!r}"
        for (subject, where), (longer, other) in combinations(sorted(found, key=lambda one: len(one[0])), 2)
        if not (where.startswith(other) or other.startswith(where)) and subject.casefold() in longer.casefold()
    ]
    assert alike == []
