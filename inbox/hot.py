"""Statements of the hot path: bound and prepared by the server, which then plans each of them once."""

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

import psycopg
from django.db import connection


def fetch(statement: LiteralString, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Run a statement in Django's connection and transaction; return its rows. `values` are `%(name)s` places."""
    with connection.wrap_database_errors, _cursor() as cursor:
        return cursor.execute(statement, values, prepare=True).fetchall()


def change(statement: LiteralString, values: Mapping[str, Any]) -> int:
    """Run a statement and return how many rows it changed."""
    with connection.wrap_database_errors, _cursor() as cursor:
        return cursor.execute(statement, values, prepare=True).rowcount


def change_many(statement: LiteralString, rows: Sequence[Mapping[str, Any]]) -> int:
    """Run a statement for each row, in one trip; return how many rows it changed."""
    with connection.wrap_database_errors, _cursor() as cursor:
        cursor.executemany(statement, rows)
        return max(cursor.rowcount, 0)


def _cursor() -> psycopg.Cursor[tuple[Any, ...]]:
    # Django's own cursors put the values into the text, which the server must plan anew each time.
    connection.ensure_connection()
    return psycopg.Cursor(connection.connection)
