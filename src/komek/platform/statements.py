"""Statements with $1 … in place of values, which the server parses and plans once a connection.

Django's own cursor writes every value into the text, and looks through the text for places to write them to.
"""

from types import TracebackType
from typing import Any, cast

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg._queries import PostgresQuery


class prepared:  # noqa: N801 - a block, like a function that is a context manager, at a third of the price
    """A cursor for such statements."""

    def __enter__(self) -> Any:
        own = cast(Any, connections[DEFAULT_DB_ALIAS])
        # As Django's own cursor begins: the connection of a thread that rested may have died with its server.
        own.close_if_health_check_failed()
        if own.connection is None:
            own.ensure_connection()
        # Logging, wrappers and errors as for any other.
        self._watched = own._prepare_cursor(_Prepared(own.connection))  # noqa: SLF001
        return self._watched

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._watched.__exit__(kind, error, trace)


class _Prepared(psycopg.RawCursor[Any]):
    """Tells whoever logs or counts statements what it asks; psycopg forgets to, of what is prepared."""

    def _send_query_prepared(self, name: bytes, pgq: PostgresQuery, *, binary: bool | None = None) -> None:
        self._query = pgq
        super()._send_query_prepared(name, pgq, binary=binary)
