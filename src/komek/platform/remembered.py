"""What a process remembers of tables that seldom change, and how it notices that they did.

A register is read a thousand times between two edits. Each process keeps what it has read, with a token: one value
computed by the database that differs after any change, whoever made it and by whatever statement. A unit of work gets
the tokens of everything it needs in one statement; one reading of a page asks for each token once.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Generic, TypeVar

from komek.platform import unit

T = TypeVar("T")

# What one reading has asked for already; None outside of any.
_asked: ContextVar[dict[str, str] | None] = ContextVar("asked", default=None)


@contextmanager
def reading() -> Iterator[None]:
    """One look at the city, as short as a request: what is remembered is the same in all of it."""
    token = _asked.set({})
    try:
        yield
    finally:
        _asked.reset(token)


def rows_version(*tables: str) -> str:
    """SQL that tells small tables by their rows: every version of a row carries the number of its transaction."""
    return " || '/' || ".join(
        f"(SELECT count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM {table})"  # noqa: S608 - our own names
        for table in tables
    )


class Remembered(Generic[T]):
    """Something read once and kept until its token changes: one slot, replaced whole, so threads never see halves."""

    def __init__(self, name: str, *, version: str, load: Callable[[], T]) -> None:
        self.name = name
        self.load = load
        self._slot: tuple[str, T] | None = None
        unit.watches(name, version)

    def __call__(self) -> T:
        """What is in force now."""
        token = self._token()
        slot = self._slot
        if slot is None or slot[0] != token:
            slot = (token, self.load())
            self._slot = slot
        return slot[1]

    def _token(self) -> str:
        asked = _asked.get()
        if asked is None or unit.current() is not None:
            return unit.fresh_token(self.name)
        if self.name not in asked:
            asked[self.name] = unit.fresh_token(self.name)
        return asked[self.name]
