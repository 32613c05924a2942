"""Who acts: every change is written down under this name, whichever statement makes it.

The name travels to the database only when something is about to be written. A unit of work says it for its
transaction; outside of one it is said before the first writing statement and taken back when `acting` ends.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

READS = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "SET", "SHOW", "EXPLAIN", "LISTEN")
WRITES = ("INSERT ", "UPDATE ", "DELETE ")


@dataclass(frozen=True)
class Actor:
    """Who acts, and in which request."""

    name: str = ""
    request_id: str = ""


@dataclass
class _Told:
    """What of this thread's connection has been told: the session, or the transaction that runs."""

    session: bool = False
    transaction: object = None


NOBODY = Actor()
_actor: ContextVar[Actor] = ContextVar("actor", default=NOBODY)
_told: ContextVar[_Told | None] = ContextVar("told", default=None)


def writes(sql: str) -> bool:
    """Whether a statement may change a row; in doubt it does."""
    text = sql.lstrip()
    if text.startswith("WITH"):
        return any(word in text for word in WRITES)
    return not text.startswith(READS)


def current() -> Actor:
    """Who acts now."""
    return _actor.get()


@contextmanager
def acting(name: str, request_id: str = "") -> Iterator[None]:
    """Everything the connection changes meanwhile is written down as done by `name`."""
    told = _Told()
    tokens = _actor.set(Actor(name, request_id)), _told.set(told)
    try:
        yield
    finally:
        _actor.reset(tokens[0])
        _told.reset(tokens[1])
        outer = _told.get()
        if outer is not None:
            outer.session, outer.transaction = False, None
        if (told.session or told.transaction) and connection.is_usable():
            _tell(NOBODY)


@contextmanager
def nobody() -> Iterator[None]:
    """What is written meanwhile needs nobody to answer for it: counters that no trigger watches."""
    token = _told.set(None)
    try:
        yield
    finally:
        _told.reset(token)


def _tell_before_writing(execute: Callable[..., Any], sql: Any, params: Any, *more: Any) -> Any:
    told = _told.get()
    if told is not None and not told.session and writes(str(sql)):
        # A rollback takes back what was told inside the transaction.
        transaction = connection.atomic_blocks[0] if connection.in_atomic_block else None
        if transaction is None or told.transaction is not transaction:
            told.session, told.transaction = transaction is None, transaction
            _tell(_actor.get())
    return execute(sql, params, *more)


def _tell(actor: Actor) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('komek.actor', %s, false), set_config('komek.request_id', %s, false)",
            [actor.name, actor.request_id],
        )


def watch(*, connection: BaseDatabaseWrapper, **_: object) -> None:
    """See every statement of a connection from its first on."""
    if _tell_before_writing not in connection.execute_wrappers:
        connection.execute_wrappers.append(_tell_before_writing)


connection_created.connect(watch, dispatch_uid="komek.platform.actor")
