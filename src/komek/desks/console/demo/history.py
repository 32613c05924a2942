"""The past, played by the actions with the clock of the story: in the order of time, some steps a transaction.

Whatever kills it, the database holds the story up to one moment; the next run looks what stands open and goes on.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial

from django.db import connection, transaction

from komek.desks.console.deferred import Deferred, deferred
from komek.desks.console.demo import remembering
from komek.desks.console.demo.actors import Controllers, Dispatchers, Operators, Residents, Time
from komek.desks.console.demo.cases import Cases
from komek.desks.console.demo.notes import Notes
from komek.desks.console.demo.roster import Roster
from komek.desks.console.demo.stage import Stage
from komek.platform import audit, facts

ACTOR = "console:demo"
STEPS_A_TRANSACTION = 80
# After a longer absence the city is not played day by day: whoever comes back wants to see it now.
LONGEST_ABSENCE = timedelta(days=3)
# The last hours before the present are played without those whose seats a visitor may take.
HANDING_OVER = timedelta(hours=6)
ONE_AT_A_TIME = 0x64656D6F

Tell = Callable[[int], object]


class AlreadyPlaying(Exception):
    """Another process plays this city."""


class _Undone(Exception):
    """A refusal has undone all the steps of a transaction."""


class History:
    """What is still to be played of the past."""

    def __init__(self, stage: Stage, notes: Notes, *, until: datetime) -> None:
        self.stage = stage
        self.notes = notes
        self.until = until
        cases = Cases(stage.material, stage.stories, stage.dice)
        self.residents = Residents(stage, cases)
        self.operators = Operators(stage, cases)
        Dispatchers(stage)
        Controllers(stage)
        Time(stage)
        last = remembering.last_arrival()
        self.is_new = last is None
        self.since = self._since(last)
        self._arrived = 0
        self.arrivals = list(stage.stories.between(self.since, until, contacts=notes.contacts_a_day))

    def play(self, *, tell: Tell) -> None:
        """Play it to the end."""
        with one_at_a_time():
            if not self.is_new:
                for fact in (*remembering.standing(), *remembering.heard(at=self.since)):
                    self.stage.hear(fact)
            self._plan_shifts()
            for at, key in self.arrivals:
                self.stage.plan(at, partial(self._arrive, key))
            with audit.acting(ACTOR):
                while self._play_some():
                    tell(self._arrived)
                    gc.collect(1)

    def _since(self, last: datetime | None) -> datetime:
        if last is None:
            return self.notes.began_at
        is_made = last > self.notes.began_at + timedelta(days=self.notes.days) - timedelta(hours=1)
        return max(last, self.until - LONGEST_ABSENCE) if is_made else last

    def _play_some(self) -> int:
        """Some steps in one transaction: quickly, and once more with care when a room has refused something."""
        plans, self._arrived = list(self.stage.plans), 0
        try:
            with _without_savepoints(), transaction.atomic():
                return self._take_some()
        except _Undone:
            self.stage.plans, self._arrived = plans, 0
            with transaction.atomic():
                return self._take_some()

    def _take_some(self) -> int:
        with deferred() as later, facts.overheard() as heard:
            return self._take_in_order(later, heard)

    def _take_in_order(self, later: Deferred, heard: list[object]) -> int:
        taken = 0
        while taken < STEPS_A_TRANSACTION and (due := self.stage.next_until(self.until)):
            # What was interrupted is made up for now; the log never goes back in time.
            at = max(due.at, self.since)
            if at > self.until - HANDING_OVER:
                self.stage.cast.leave_to_themselves(self.stage.cast.named)
            self.stage.take(due, at=at)
            if connection.needs_rollback:
                raise _Undone
            later.run(at=at)
            for fact in heard:
                self.stage.hear(fact)
            heard.clear()
            taken += 1
        return taken

    def _arrive(self, key: str, at: datetime) -> None:
        self.residents.reach_out(key, at)
        self._arrived += 1

    def _plan_shifts(self) -> None:
        """The people of each day; on the last one none of those whose seats a visitor may take."""
        roster = Roster(self.stage, self.operators, contacts_a_day=self.notes.contacts_a_day)
        zone, a_day = self.stage.zone, timedelta(days=1)
        day, last = (moment.astimezone(zone).date() for moment in (self.since - a_day, self.until))
        handed_over = (self.until - a_day).astimezone(zone).date()
        while day <= last:
            roster.plan(day, since=self.since, without=self.stage.cast.named if day >= handed_over else frozenset())
            day += a_day


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold the city for one player: two would live every life twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [ONE_AT_A_TIME])
        if not cursor.fetchone()[0]:
            message = "Another process plays this city just now."
            raise AlreadyPlaying(message)
    try:
        yield
    finally:
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [ONE_AT_A_TIME])


@contextmanager
def _without_savepoints() -> Iterator[None]:
    """Let a refusal undo all the steps instead of one: they are few, and a third of the work is saved."""
    was = connection.features.uses_savepoints
    connection.features.uses_savepoints = False
    try:
        yield
    finally:
        connection.features.uses_savepoints = was
