"""A question that is asked all day: the ORM writes its statement once, and the server plans it once.

Most of what a small answer costs is the ORM writing the same statement anew, and the server planning it anew: a card by
its number took 1.8 + 1.8 CPU ms (Python + PostgreSQL), and takes 0.3 + 0.1 (docs/decisions/0008). Here a question is an
ordinary queryset with places for its values:

    of_resident = Question(lambda resident: Card.objects.filter(resident_id=resident).order_by("-id")[:20])
    cards = of_resident(resident=7)

Everything but the given values stands in the statement as it is, so that partial indexes stay usable. How many rows a
question gives must not depend on a value: a limit is written into the queryset.
"""

import inspect
import re
from collections.abc import Callable, Sequence
from copy import copy
from typing import Any, Generic, TypeVar, cast

from django.db import NotSupportedError, connections, models
from django.db.backends.postgresql.compiler import SQLCompiler
from psycopg import sql
from psycopg.types.numeric import Int8

from komek.platform.statements import prepared

R = TypeVar("R")

LEAST, MOST = models.BigIntegerField.MAX_BIGINT * -1 - 1, models.BigIntegerField.MAX_BIGINT


class Given(models.Value):
    """The place of a value that every asking brings along."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]

    @property
    def any(self) -> "AnyGiven":
        """The place of several values, any of which fits: for the right side of an equation."""
        return AnyGiven(self.value)


class AnyGiven(Given):
    """The place of several values."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "ANY(%s)", [self]


class Question(Generic[R]):
    """A queryset that is written once; asked with the values of its places, it gives all its rows."""

    def __init__(self, ask: "Callable[..., models.QuerySet[Any, R]]", names: Sequence[str] | None = None) -> None:
        self.ask = ask
        self._names = tuple(inspect.signature(ask).parameters if names is None else names)
        self._written: tuple[models.QuerySet[Any, R], _Compiler] | None = None

    def __call__(self, **values: object) -> list[R]:
        """All rows, read at once; a whole number that no column can hold fits none."""
        queryset, compiler = self._written = self._written or self._write()
        try:
            asked = compiler.with_values([_bound(values[name]) for name in compiler.places])
        except OverflowError:
            return []
        iterable = cast(Any, queryset)._iterable_class  # noqa: SLF001 - what makes rows into objects is the ORM's own
        return list(iterable(_Asked(queryset, query=_Asked(queryset.query, get_compiler=lambda *_, **__: asked))))

    def one(self, **values: object) -> R | None:
        """The first row, if there is one."""
        return next(iter(self(**values)), None)

    def _write(self) -> "tuple[models.QuerySet[Any, R], _Compiler]":
        queryset = self.ask(**{name: Given(name) for name in self._names})
        assert not cast(Any, queryset)._prefetch_related_lookups, "a question is one statement"  # noqa: SLF001
        compiler = _Compiler(queryset.query, connections[queryset.db], queryset.db)
        compiler.write()
        return queryset, compiler


class _Compiler(SQLCompiler):
    """Has written its statement already, and runs it with other values each time."""

    text: str
    places: tuple[str, ...]
    values: Sequence[object]
    converters: Any

    def write(self) -> None:
        text, params = self.as_sql()
        waiting = iter(params)
        self.connection.ensure_connection()
        numbers: dict[str, int] = {}

        def place(found: re.Match[str]) -> str:
            if found[0] == "%%":
                return "%"
            value = next(waiting)
            if isinstance(value, Given):
                return f"${numbers.setdefault(value.value, len(numbers) + 1)}"
            return sql.quote(value, self.connection.connection)

        self.text = re.sub(r"%%|%s", place, text)
        self.places = tuple(numbers)
        fields = [selected[0] for selected in self.select[: self.col_count]]
        self.converters = super().get_converters(fields)

    def with_values(self, values: Sequence[object]) -> "_Compiler":
        """The same statement, for one asking in this thread."""
        asked = copy(self)
        asked.values = values
        asked.connection = connections[cast(str, self.using)]
        return asked

    def get_converters(self, expressions: Any) -> Any:
        return self.converters

    def execute_sql(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return [self._rows()]
        except NotSupportedError:
            # A migration has changed the type of a column since this connection prepared the question. In a transaction
            # everything is lost; the rollback forgets what was prepared, and a verb is done once more.
            if self.connection.in_atomic_block:
                raise
            with self.connection.cursor() as cursor:
                cursor.execute("DEALLOCATE ALL")
            return [self._rows()]

    def _rows(self) -> list[tuple[Any, ...]]:
        with prepared() as cursor:
            cursor.execute(self.text, self.values)
            return cast("list[tuple[Any, ...]]", cursor.fetchall())


class _Asked:
    """A queryset or a query, but for what this asking has instead."""

    def __init__(self, written: Any, **instead: Any) -> None:
        self.written = written
        self.__dict__.update(instead)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.written, name)


def _bound(value: object) -> object:
    # One width for all whole numbers: the type of a value is part of what the server has planned.
    if isinstance(value, int) and not isinstance(value, bool):
        if not LEAST <= value <= MOST:
            raise OverflowError(value)
        return Int8(value)
    return [_bound(one) for one in value] if isinstance(value, list | tuple | set | frozenset) else value
