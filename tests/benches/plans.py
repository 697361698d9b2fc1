"""Which tables are read from end to end: by the plan of every statement, and by what the server counted."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection

SCANS = """
SELECT relname, seq_scan FROM pg_stat_user_tables WHERE relname = ANY(%s)
"""


class Statements:
    """Each statement that was run, once, with the values that came with it first."""

    def __init__(self) -> None:
        self.seen: dict[str, Any] = {}

    @contextmanager
    def listening(self) -> Iterator["Statements"]:
        """Hear of what Django asks the database meanwhile."""
        with connection.execute_wrapper(self._hear):
            yield self

    def _hear(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Mapping[str, Any]) -> Any:
        if sql.lstrip()[:6].upper() in {"SELECT", "UPDATE", "INSERT", "DELETE"} or sql.lstrip().startswith("WITH"):
            self.seen.setdefault(sql, params)
        return execute(sql, params, many, context)

    def scanned(self, tables: set[str]) -> list[str]:
        """The statements whose plan reads one of these tables from end to end."""
        found = []
        with connection.cursor() as cursor:
            for sql, params in self.seen.items():
                cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
                (plan,) = cursor.fetchone()
                if tables & set(_scanned(json.loads(plan)[0]["Plan"] if isinstance(plan, str) else plan[0]["Plan"])):
                    found.append(sql)
        return found


def scans(tables: set[str]) -> dict[str, int]:
    """How often the server has read each table from end to end, by whatever statement, triggers included."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(SCANS, [sorted(tables)])
        return dict(cursor.fetchall())


def _scanned(plan: Mapping[str, Any]) -> Iterator[str]:
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for part in plan.get("Plans", ()):
        yield from _scanned(part)
