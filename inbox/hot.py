"""Statements of the hot path: bound and prepared by the server, which then plans each of them once."""

from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Any, LiteralString, TypeAlias, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Model

M = TypeVar("M", bound=Model)

Cursor: TypeAlias = psycopg.Cursor[tuple[Any, ...]]
Values: TypeAlias = Mapping[str, Any] | Sequence[Any]


def fetch(statement: LiteralString, values: Values = ()) -> list[tuple[Any, ...]]:
    """Run a statement in Django's connection and transaction; return its rows. `values` are its places."""
    with (here := _here()).wrap_database_errors, _cursor(here) as cursor:
        return _run(here, cursor, statement, values).fetchall()


def row(model: type[M], pk: int, end: LiteralString) -> M | None:
    """The row with this primary key, as the model's manager would give it. `end` is what follows, as a lock."""
    fields = model._meta.concrete_fields
    for values in fetch(_selecting(model, end), [pk]):
        read = [_read(field, value) for field, value in zip(fields, values, strict=True)]
        return model.from_db(connection.alias, [field.attname for field in fields], read)
    return None


@cache
def _selecting(model: type[Model], end: LiteralString) -> LiteralString:
    """The columns by name: a migration that adds one must not change what a prepared statement gives."""
    quoted, meta = connection.ops.quote_name, model._meta
    columns = ", ".join(quoted(str(field.column)) for field in meta.concrete_fields)
    return f"SELECT {columns} FROM {quoted(meta.db_table)} WHERE id = %s {end}"  # noqa: S608  # names of our own models


def _read(field: Field[Any, Any], value: object) -> object:
    convert = getattr(field, "from_db_value", None)
    return convert(value, None, connection) if convert else value


def change(statement: LiteralString, values: Values) -> int:
    """Run a statement and return how many rows it changed."""
    with (here := _here()).wrap_database_errors, _cursor(here) as cursor:
        return _run(here, cursor, statement, values).rowcount


def change_many(statement: LiteralString, rows: Sequence[Mapping[str, Any]]) -> int:
    """Run a statement for each row, in one trip; return how many rows it changed."""
    with (here := _here()).wrap_database_errors, _cursor(here) as cursor:
        cursor.executemany(statement, rows)
        return max(cursor.rowcount, 0)


def _run(here: BaseDatabaseWrapper, cursor: Cursor, statement: LiteralString, values: Values) -> Cursor:
    """Run it, and let whoever listens to Django's statements hear of it (docs: database instrumentation)."""

    def execute(sql: LiteralString, params: Values, _many: bool, _context: Mapping[str, Any]) -> Cursor:
        return cursor.execute(sql, params, prepare=True)

    run = execute
    for wrapper in reversed(here.execute_wrappers):
        run = partial(wrapper, run)
    return run(statement, values, False, {"connection": here, "cursor": cursor})


def _here() -> BaseDatabaseWrapper:
    """Our own connection, looked up once for a statement: `connection` would look it up for each word of it."""
    return connections[DEFAULT_DB_ALIAS]


def _cursor(here: BaseDatabaseWrapper) -> Cursor:
    # Django's own cursors put the values into the text, which the server must plan anew each time.
    here.ensure_connection()
    return psycopg.Cursor(here.connection)
