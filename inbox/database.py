"""What PostgreSQL wants and gives: text it can hold, a connection where a pool would not do, locks that die with us."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection

KNOWN = {"dbname", "user", "password", "host", "port", "service", "application_name", "sslmode", "sslrootcert"}


def direct_connection() -> psycopg.Connection[tuple[object, ...]]:
    """In autocommit, for locks and notifications that last as long as the connection does.

    It must reach PostgreSQL itself: a pooler that shares sessions between transactions would lose both.
    """
    settings = connection.get_connection_params()
    return psycopg.connect(
        **{name: value for name, value in settings.items() if name in KNOWN}, autocommit=True, connect_timeout=5
    )


@contextmanager
def alone_at(work: str, row: int) -> Iterator[bool]:
    """Whether nobody else is at this work on this row; others are kept off while this lasts.

    The lock belongs to the session: a process that is killed holds up nobody.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, %s))", [work, row])
        (mine,) = cursor.fetchone()
    try:
        yield bool(mine)
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, %s))", [work, row])


def storable(text: str) -> str:
    """PostgreSQL holds no NUL, and a lone surrogate is not text."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
