"""One transaction for everything a verb does, and no savepoints inside it.

Verbs call verbs: with Django's `atomic` each would set and release a savepoint of its own, a third of all statements.
Nobody catches a refusal inside a transaction, so the outermost verb is enough. Where a failure is expected and
survived (a row that somebody else has just made), `django.db.transaction.atomic` is used on purpose.
"""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar, cast

from django.db import transaction

V = TypeVar("V", bound=Callable[..., Any])

_inside: ContextVar[bool] = ContextVar("inside", default=False)


def together(verb: V) -> V:
    """Make a function one transaction, or a part of the verb's that called it: all of it happens, or nothing."""

    @wraps(verb)
    def whole(*args: Any, **kwargs: Any) -> Any:
        if _inside.get():
            with transaction.atomic(savepoint=False):
                return verb(*args, **kwargs)
        token = _inside.set(True)
        try:
            with transaction.atomic():
                return verb(*args, **kwargs)
        finally:
            _inside.reset(token)

    return cast(V, whole)
