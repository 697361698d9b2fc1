"""What PostgreSQL wants: text it can hold, and a connection of one's own where a pool would not do."""

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


def storable(text: str) -> str:
    """PostgreSQL holds no NUL, and a lone surrogate is not text."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
