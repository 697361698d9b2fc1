"""What is asked of the database: what Django's own capture of queries hears, and the prepared statements besides."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.db import connection


@contextmanager
def statements() -> Iterator[list[str]]:
    """All statements that are run inside, in their order."""
    asked: list[str] = []
    with connection.execute_wrapper(partial(_hear, asked)):
        yield asked


def _hear(asked: list[str], execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
    asked.append(sql)
    return execute(sql, *rest)
