"""The rules of the house that no linter knows."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import pytest
from celery import current_app
from django.apps import apps
from django.db import models

from config.celery import TIMETABLE

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("config", "connectors", "inbox", "escalation", "reports", "tests")
FUNCTION_LINES = 40
FILE_LINES = 300
# Longer because it reads better whole; each with the reason.
LONGER_FILES = {
    "inbox/web/acts.py": "one small view for each verb of a conversation",
    "inbox/web/tags.py": "one small tag or filter after another",
}
LINE_LENGTH = 120
# Django knows no break within one of its tags, nor within a sentence that an attribute says: such a line is longer.
UNBREAKABLE = re.compile(r"""([\w-]+=")?({% ((?!%}).)+ %}|{% blocktrans .*{% endblocktrans %})("?>?)?""")
VAGUE = {"utils", "helpers", "services", "common", "misc", "managers", "util", "helper", "manager"}
DATE_IN_PAGE = re.compile(r"""(?:\|(?:date|time):|{% now )['"]([^'"]+)['"]""")
NAMED = re.compile(r"(?<!\\)[DlFMNbE]")  # days and months by their names, as Django writes a form
FORBIDDEN = {
    "a package registry's host": r"pypi\.org|pythonhosted\.org|deb\.debian\.org|registry\.npmjs\.org",
    "a path of one machine": r"(^|[^A-Za-z0-9_.])/(work|farm|root)/",
    "something left for later": r"\b(TODO|FIXME|XXX)\b",
}


def sources() -> Iterator[Path]:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            if "migrations" not in path.parts and path != Path(__file__).resolve():
                yield path


FILES = [pytest.param(path, id=str(path.relative_to(ROOT))) for path in sources()]


@pytest.mark.parametrize("path", FILES)
def test_a_file_is_small_enough_to_know(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    lines = len(path.read_text().splitlines())
    assert lines <= FILE_LINES or name in LONGER_FILES or name.startswith("tests/"), f"{name} has {lines} lines"


@pytest.mark.parametrize("path", FILES)
def test_a_function_does_one_thing(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            assert lines <= FUNCTION_LINES or str(path).startswith(str(ROOT / "tests")), (
                f"{node.name} has {lines} lines"
            )


@pytest.mark.parametrize("path", FILES)
def test_a_file_is_named_for_something(path: Path) -> None:
    assert path.stem not in VAGUE


@pytest.mark.parametrize("suffix", [".html", ".css", ".js"])
def test_a_line_of_a_page_can_be_read(suffix: str) -> None:
    for package in PACKAGES:
        for path in (ROOT / package).rglob(f"*{suffix}"):
            for number, line in enumerate(path.read_text().splitlines(), 1):
                whole = suffix == ".html" and UNBREAKABLE.fullmatch(line.strip())
                assert len(line) <= LINE_LENGTH or whole, (
                    f"{path.relative_to(ROOT)}:{number} has {len(line)} characters"
                )


def test_dates_are_put_into_words_in_one_way() -> None:
    """Django begins Russian days and months with a capital: `dated` does not (inbox/dates.py)."""
    wrong = []
    for package in ("inbox", "escalation", "reports", "config"):
        modules = {*(ROOT / package).rglob("*.py")} - {ROOT / "inbox/dates.py"}
        wrong += [str(path.relative_to(ROOT)) for path in modules if "date_format" in path.read_text()]
        for path in (ROOT / package).rglob("templates/**/*.*"):
            wrong += [
                f"{path.relative_to(ROOT)}: {form}"
                for form in DATE_IN_PAGE.findall(path.read_text())
                if NAMED.search(form) and not form.endswith("_FORMAT")
            ]
    assert wrong == []


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_speaks_of(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what], re.MULTILINE)
    suffixes = {".py", ".html", ".js", ".css", ".md", ".toml", ".txt", ".po"}
    here = Path(__file__).resolve()
    for package in (*PACKAGES, ".ci", "docs"):
        for path in (ROOT / package).rglob("*"):
            if path.suffix in suffixes and path != here and "__pycache__" not in path.parts:
                assert not pattern.search(path.read_text()), f"{path.relative_to(ROOT)} speaks of {what}"


def test_every_task_that_is_asked_for_exists() -> None:
    for module in current_app.conf.imports:
        import_module(module)
    asked = {task for task, _every in TIMETABLE.values()}
    for path in sources():
        asked |= set(re.findall(r'wake\(\s*"([\w.]+)"', path.read_text()))
    assert asked - set(current_app.tasks) == set()


def test_no_column_has_an_automatic_time() -> None:
    for model in apps.get_app_config("inbox").get_models():
        for field in model._meta.fields:
            automatic = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
            assert not automatic, f"{model.__name__}.{field.name}"


def test_no_model_points_to_a_higher_room() -> None:
    rooms = ["inbox", "escalation", "reports"]
    there = [room for room in rooms if apps.is_installed(room)]
    for lower, higher in pairwise(there):
        for model in apps.get_app_config(lower).get_models():
            for field in model._meta.get_fields():
                if isinstance(field, models.ForeignKey):
                    assert field.related_model._meta.app_label != higher


def test_a_task_takes_ids_and_calls_one_function() -> None:
    for path in sources():
        if path.name != "tasks.py":
            continue
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and node.decorator_list:
                body = [statement for statement in node.body if not isinstance(statement, ast.Expr)]
                lines = (node.end_lineno or 0) - node.lineno + 1
                assert lines <= 12, f"{path.relative_to(ROOT)}: {node.name}"
                assert len(body) <= 5
