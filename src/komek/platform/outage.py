"""When the database is not there: it restarts, fails over to another host, or has become a standby under our feet.

Such a failure is told from all others by what the server or the driver says, the connections are let go of, and whoever
asked is told to come back. A read is asked again at once, for it may have met a connection that was dead already; what
changes something is not, because nobody knows whether the lost server has kept it. Whoever sends it again does so under
the same key. While the database is known to be away, one request a second looks for it and the others are told so
without waiting: the threads stay free for whoever asks how this node is.
"""

import threading
import time
from collections.abc import Iterator
from typing import Any, cast

import psycopg
import structlog
from django.db import DatabaseError, InterfaceError, connection
from psycopg_pool import ConnectionPool, PoolTimeout

# Shut down, crashed, starting; full; and a standby that was asked to write.
_STATES = frozenset({"57P01", "57P02", "57P03", "53300", "25006"})
_CONNECTION = "08"
READ_ONLY = "SHOW transaction_read_only"
_LOOK_SECONDS = 1.0
_LOOK_EVERY_SECONDS = 1.0

log = structlog.get_logger("komek.outage")


def is_outage(failure: BaseException | None) -> bool:
    """Whether the failure means that there was no server to ask, and not that it refused what was asked."""
    return any(_says_outage(one) for one in _causes(failure))


def let_go(failure: BaseException | None = None) -> None:
    """Close the connections that led to the lost server; the next ones are made to whoever takes writes then."""
    log.warning("database.lost", failure=str(failure).strip())
    _state.lost()
    if not connection.in_atomic_block:
        connection.close()
    if not any(isinstance(one, PoolTimeout) for one in _causes(failure)) and (pool := _pool()):
        pool.drain()


def answers() -> bool:
    """Whether the database answers, soon, and takes writes; when it does not, its connections are let go of."""
    try:
        takes_writes = _takes_writes()
    except (psycopg.Error, DatabaseError, InterfaceError) as failure:
        let_go(failure)
        return False
    if takes_writes:
        _state.found()
    else:
        # It has become a standby under our feet: another one takes writes now, or will soon.
        let_go()
    return takes_writes


def _takes_writes() -> bool:
    if pool := _pool():
        pool.open()
        with pool.connection(timeout=_LOOK_SECONDS) as found:
            row = found.execute(READ_ONLY).fetchone()
            return row is not None and row[0] == "off"
    with connection.cursor() as cursor:
        cursor.execute(READ_ONLY)
        return bool(cursor.fetchone()[0] == "off")


def _pool() -> "ConnectionPool[psycopg.Connection[Any]] | None":
    """The pool of this process, where it has one."""
    return cast("ConnectionPool[psycopg.Connection[Any]] | None", cast("Any", connection).pool)


def is_away() -> bool:
    """Whether the database is known to be away; once a second this looks again, and whoever comes meanwhile waits."""
    return _state.is_lost and _state.look()


class _State:
    """What this process knows of the database."""

    def __init__(self) -> None:
        self.is_lost = False
        self._looked_at = 0.0
        self._looking = threading.Lock()

    def lost(self) -> None:
        if not self.is_lost:
            # Who comes next looks at once: it may have been this one connection only.
            self._looked_at = 0.0
        self.is_lost = True

    def found(self) -> None:
        if self.is_lost:
            self.is_lost = False
            log.info("database.found")

    def look(self) -> bool:
        """Look, or wait for who looks; whether it is still lost."""
        with self._looking:
            if self.is_lost and time.monotonic() - self._looked_at > _LOOK_EVERY_SECONDS:
                answers()
                self._looked_at = time.monotonic()
            return self.is_lost


_state = _State()


def _causes(failure: BaseException | None) -> Iterator[BaseException]:
    seen = 0
    while failure is not None and seen < 10:  # noqa: PLR2004 - nothing is wrapped this often
        yield failure
        failure, seen = failure.__cause__ or failure.__context__, seen + 1


def _says_outage(failure: BaseException) -> bool:
    if isinstance(failure, psycopg.Error):
        if failure.sqlstate is not None:
            return failure.sqlstate in _STATES or failure.sqlstate.startswith(_CONNECTION)
        # Said by the driver and not by a server: the connection is closed, or was never made.
        return isinstance(failure, psycopg.OperationalError)
    return False
