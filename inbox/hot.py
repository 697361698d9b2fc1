"""Statements of the hot path: bound and prepared by the server, which then plans each of them once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, LiteralString, TypeAlias, TypeVar, cast

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, ForeignKey, Model
from django.db.models.expressions import DatabaseDefault

M = TypeVar("M", bound=Model)

Cursor: TypeAlias = psycopg.Cursor[tuple[Any, ...]]
Values: TypeAlias = Mapping[str, Any] | Sequence[Any]


def fetch(statement: LiteralString, values: Values = ()) -> list[tuple[Any, ...]]:
    """Run a statement in Django's connection and transaction; return its rows. `values` are its places."""
    with (here := _here()).wrap_database_errors, _cursor(here) as cursor:
        return _run(here, cursor, statement, values).fetchall()


def row(model: type[M], pk: int, end: LiteralString) -> M | None:
    """The row with this primary key, as the model's manager would give it. `end` is what follows, as a lock."""
    return next(iter(rows(model, _with_key(model, end), [pk])), None)


@cache
def _with_key(model: type[Model], end: LiteralString) -> LiteralString:
    return f"WHERE t.{_key(model)} = %s {end}"


def rows(
    model: type[M], rest: LiteralString, values: Values, *, joined: tuple[str, ...] = (), only: tuple[str, ...] = ()
) -> list[M]:
    """The rows that `rest` finds in the model's table, which it calls `t`, as the model's manager would give them.

    `joined` are relations whose rows come along, each after the one it hangs on: ("customer", "customer__plan");
    `rest` calls their tables so. With `only`, the row itself comes with these fields alone.
    """
    statement, parts = _reading(model, rest, joined, only)
    return [_assembled(found, parts) for found in fetch(statement, values)]


@dataclass(frozen=True, slots=True)
class _Part:
    """The columns of one of the tables in what was read: from `at` on, one for each of `fields`, `key` its key's.

    `converted` are places and how the field reads what stands there, where it does not take it as it is. `hangs_on` is
    the place of the part that names it by `relation`; both are None for the model itself.
    """

    model: type[Model]
    fields: tuple[str, ...]
    columns: tuple[str, ...]
    converted: tuple[tuple[int, Any], ...]
    key: int
    at: int
    hangs_on: int | None
    relation: ForeignKey[Any, Any] | None


@cache
def _reading(
    model: type[Model], rest: LiteralString, joined: tuple[str, ...], only: tuple[str, ...]
) -> tuple[LiteralString, list[_Part]]:
    """The columns by name: a migration that adds one must not change what a prepared statement gives."""
    own = tuple(field for field in model._meta.concrete_fields if not only or field.primary_key or field.name in only)
    parts, places, names, always, joins = [_part(model, own, 0)], {"": 0}, ["t"], [True], []
    for path in joined:
        before, _, relation = path.rpartition("__")
        above = parts[places[before]]
        field = cast("ForeignKey[Any, Any]", above.model._meta.get_field(relation))
        other = field.related_model
        at = parts[-1].at + len(parts[-1].fields)
        places[path] = len(parts)
        parts.append(_part(other, tuple(other._meta.concrete_fields), at, places[before], field))
        always.append(always[places[before]] and not field.null)
        join = "JOIN" if always[-1] else "LEFT JOIN"
        joins.append(f"{join} {_quoted(other)} {path} ON {path}.{_key(other)} = {names[places[before]]}.{field.column}")
        names.append(path)
    columns = [f"{name}.{column}" for name, part in zip(names, parts, strict=True) for column in part.columns]
    text = f"SELECT {', '.join(columns)} FROM {_quoted(model)} t {' '.join(joins)} {rest}"  # noqa: S608  # our names
    return text, parts


def _part(
    model: type[Model],
    fields: tuple[Field[Any, Any], ...],
    at: int,
    hangs_on: int | None = None,
    relation: ForeignKey[Any, Any] | None = None,
) -> _Part:
    readers = [(place, getattr(field, "from_db_value", None)) for place, field in enumerate(fields)]
    return _Part(
        model=model,
        fields=tuple(field.attname for field in fields),
        columns=tuple(_quote(field.column) for field in fields),
        converted=tuple((place, reads) for place, reads in readers if reads),
        key=fields.index(model._meta.pk),
        at=at,
        hangs_on=hangs_on,
        relation=relation,
    )


def _assembled(values: Sequence[Any], parts: Sequence[_Part]) -> Any:
    """The model's own row, with those that came along hanging on it."""
    found: list[Model | None] = []
    for part in parts:
        own = values[part.at : part.at + len(part.fields)]
        row = _row_of(part, own) if own[part.key] is not None else None
        if part.relation and part.hangs_on is not None and (above := found[part.hangs_on]):
            part.relation.set_cached_value(above, row)
        found.append(row)
    return found[0]


def _row_of(part: _Part, values: Sequence[Any]) -> Model:
    read = list(values)
    for place, reads in part.converted:
        read[place] = reads(read[place], None, connection)
    return part.model.from_db(connection.alias, part.fields, read)


def _read(field: Field[Any, Any], value: object) -> object:
    convert = getattr(field, "from_db_value", None)
    return convert(value, None, connection) if convert else value


def add(row: M) -> M:
    """Write down a new row, as the model's manager would, with the key and all else that the database fills in."""
    given = {f: value for f in _columns(type(row)) if not _is_filled_in(value := f.pre_save(row, add=True), f)}
    statement, filled = _adding(type(row), tuple(given))
    ((*found,),) = fetch(statement, [f.get_db_prep_save(value, connection) for f, value in given.items()])
    for field, value in zip(filled, found, strict=True):
        setattr(row, field.attname, _read(field, value))
    row._state.adding, row._state.db = False, connection.alias
    return row


def _is_filled_in(value: object, field: Field[Any, Any]) -> bool:
    return isinstance(value, DatabaseDefault) or (field.primary_key and value is None)


@cache
def _columns(model: type[Model]) -> list[Field[Any, Any]]:
    return [field for field in model._meta.concrete_fields if not field.generated]


@cache
def _adding(model: type[Model], given: tuple[Field[Any, Any], ...]) -> tuple[LiteralString, list[Field[Any, Any]]]:
    filled = [field for field in model._meta.concrete_fields if field not in given]
    columns, places = ", ".join(_quote(field.column) for field in given), ", ".join("%s" for _ in given)
    back = ", ".join(_quote(field.column) for field in filled)
    text = f"INSERT INTO {_quoted(model)} ({columns}) VALUES ({places}) RETURNING {back}"  # noqa: S608  # our names
    return text, filled


def write(row: Model, *names: str) -> None:
    """Write these fields of a row that is there already."""
    statement, fields = _writing(type(row), names)
    values = [field.get_db_prep_save(field.pre_save(row, add=False), connection) for field in fields]
    change(statement, [*values, row.pk])


@cache
def _writing(model: type[Model], names: tuple[str, ...]) -> tuple[LiteralString, list[Field[Any, Any]]]:
    fields = [cast("Field[Any, Any]", model._meta.get_field(name)) for name in names]
    columns = ", ".join(f"{_quote(field.column)} = %s" for field in fields)
    text = f"UPDATE {_quoted(model)} SET {columns} WHERE {_key(model)} = %s"  # noqa: S608  # our names
    return text, fields


def _quoted(model: type[Model]) -> str:
    return _quote(model._meta.db_table)


def _key(model: type[Model]) -> str:
    return _quote(model._meta.pk.column)


def _quote(name: str | None) -> str:
    return connection.ops.quote_name(str(name))


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

    if not here.execute_wrappers:
        return cursor.execute(statement, values, prepare=True)
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
