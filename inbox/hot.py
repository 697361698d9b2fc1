"""Statements of the hot path: bound and prepared by the server, which then plans each of them once."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, LiteralString, TypeAlias

import psycopg
from django.db import connection

Cursor: TypeAlias = psycopg.Cursor[tuple[Any, ...]]
Values: TypeAlias = Mapping[str, Any] | Sequence[Any]


def fetch(statement: LiteralString, values: Values = ()) -> list[tuple[Any, ...]]:
    """Run a statement in Django's connection and transaction; return its rows. `values` are its places."""
    with connection.wrap_database_errors, _cursor() as cursor:
        return _run(cursor, statement, values).fetchall()


def change(statement: LiteralString, values: Values) -> int:
    """Run a statement and return how many rows it changed."""
    with connection.wrap_database_errors, _cursor() as cursor:
        return _run(cursor, statement, values).rowcount


def change_many(statement: LiteralString, rows: Sequence[Mapping[str, Any]]) -> int:
    """Run a statement for each row, in one trip; return how many rows it changed."""
    with connection.wrap_database_errors, _cursor() as cursor:
        cursor.executemany(statement, rows)
        return max(cursor.rowcount, 0)


def _run(cursor: Cursor, statement: LiteralString, values: Values) -> Cursor:
    """Run it, and let whoever listens to Django's statements hear of it (docs: database instrumentation)."""

    def execute(sql: LiteralString, params: Values, _many: bool, _context: Mapping[str, Any]) -> Cursor:
        return cursor.execute(sql, params, prepare=True)

    run = execute
    for wrapper in reversed(connection.execute_wrappers):
        run = partial(wrapper, run)
    return run(statement, values, False, {"connection": connection, "cursor": cursor})


def _cursor() -> Cursor:
    # Django's own cursors put the values into the text, which the server must plan anew each time.
    connection.ensure_connection()
    return psycopg.Cursor(connection.connection)
