"""One transaction for everything a verb does, and one unit of work inside it.

Verbs call verbs: what the inner ones do belongs to the outermost. Where a failure is expected and survived,
`django.db.transaction.atomic` is used on purpose.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

import psycopg
from django.db import DatabaseError, transaction

from komek.platform import unit

V = TypeVar("V", bound=Callable[..., Any])

# Somebody else was quicker, two waited for each other, or a migration has changed a column since this connection prepared
# a question of it: all of it was undone, the preparations too, and may simply be done again.
MAY_BE_REPEATED = (
    psycopg.errors.UniqueViolation,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.FeatureNotSupported,
)


def together(verb: V) -> V:
    """Make a function one transaction, or a part of the verb's that called it: all of it happens, or nothing.

    What lost a race (another transaction has just made the same row) is done once more: the second run finds that row.
    """
    name = f"{verb.__module__}.{verb.__qualname__}"

    @wraps(verb)
    def whole(*args: Any, **kwargs: Any) -> Any:
        work = unit.current()
        if work is not None:
            return _within(work, verb, args, kwargs)
        try:
            return _once(name, verb, args, kwargs)
        except DatabaseError as lost:
            if not isinstance(lost.__cause__, MAY_BE_REPEATED) or transaction.get_connection().needs_rollback:
                raise
            return _once(name, verb, args, kwargs)

    return cast(V, whole)


def _within(work: unit.Unit, verb: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """A part of the outer verb; when it fails it leaves nothing behind, or the whole transaction is lost."""
    mark = work.mark()
    try:
        return verb(*args, **kwargs)
    except BaseException:
        if not work.back_to(mark):
            transaction.set_rollback(True)
        raise


def _once(name: str, verb: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    with transaction.atomic(), unit.opened(name):
        return verb(*args, **kwargs)
