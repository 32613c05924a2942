"""Plays the plans of a stage with the clock of the story: in the order of time, some steps a transaction."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from komek.desks.console.deferred import Deferred, deferred
from komek.desks.console.demo.stage import Stage
from komek.platform import facts

STEPS_A_TRANSACTION = 80

Tell = Callable[[datetime, list[object]], object]


class Undone(Exception):
    """A refusal has undone all the steps of a transaction."""


class Player:
    """Takes the steps of one stage; `since` is the moment up to which everything has been played."""

    def __init__(self, stage: Stage, *, since: datetime) -> None:
        self.stage = stage
        self.since = since
        self._said: list[object] = []

    def play(self, *, until: datetime, tell: Tell = lambda _at, _said: None) -> None:
        """Take every step whose time comes; after each transaction, tell how far the story is and what was said."""
        while at := self._some(until):
            tell(at, self._said)
            gc.collect()

    def _some(self, until: datetime) -> datetime | None:
        """Some steps in one transaction: quickly, and once more with care when a room has refused something."""
        if connection.in_atomic_block:
            # Somebody else's transaction cannot be undone and tried again.
            return self._take(until)
        plans = list(self.stage.plans)
        try:
            with _without_savepoints(), transaction.atomic():
                return self._take(until)
        except Undone:
            self.stage.plans = plans
            with transaction.atomic():
                return self._take(until)

    def _take(self, until: datetime) -> datetime | None:
        self._said = []
        with deferred() as later, facts.overheard() as heard:
            return self._take_in_order(until, later, heard)

    def _take_in_order(self, until: datetime, later: Deferred, heard: list[object]) -> datetime | None:
        reached = None
        for _ in range(STEPS_A_TRANSACTION):
            due = self.stage.next_until(until)
            if due is None:
                break
            # What was interrupted is made up for now; the log never goes back in time.
            reached = max(due.at, self.since)
            self.stage.take(due, at=reached)
            if connection.needs_rollback:
                raise Undone
            later.run(at=reached)
            for fact in heard:
                self.stage.hear(fact)
            self._said += heard
            heard.clear()
        return reached


@contextmanager
def _without_savepoints() -> Iterator[None]:
    """Let a refusal undo all the steps instead of one: they are few, and a third of the work is saved."""
    was = connection.features.uses_savepoints
    connection.features.uses_savepoints = False
    try:
        yield
    finally:
        connection.features.uses_savepoints = was


@contextmanager
def unhurried_garbage() -> Iterator[None]:
    """Collect after each transaction instead of in the midst of it; what is loaded now stays anyway."""
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()
