"""Statements with $1 … in place of values, which the server parses and plans once a connection.

Django's own cursor writes every value into the text, and looks through the text for places to write them to.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import psycopg
from django.db import connection
from psycopg._queries import PostgresQuery


@contextmanager
def prepared() -> Iterator[Any]:
    """A cursor for such statements."""
    # As Django's own cursor begins: the connection of a thread that rested may have died with its server.
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    cursor = _Prepared(connection.connection)
    with cast(Any, connection)._prepare_cursor(cursor) as watched:  # noqa: SLF001 - logging, wrappers and errors as for any other
        yield watched


class _Prepared(psycopg.RawCursor[Any]):
    """Tells whoever logs or counts statements what it asks; psycopg forgets to, of what is prepared."""

    def _send_query_prepared(self, name: bytes, pgq: PostgresQuery, *, binary: bool | None = None) -> None:
        self._query = pgq
        super()._send_query_prepared(name, pgq, binary=binary)
