"""The past: what the residents and the first line do, and in a second process what follows from it.

The second process never plays further than the first has written, so everything has its cause in the database. Whatever
kills the two, the database holds the story up to one moment; the next run looks what stands open and goes on.
"""

import multiprocessing
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from multiprocessing.connection import Connection

from django.db import connection, connections

from komek.desks.console.demo import remembering
from komek.desks.console.demo.actors import Controllers, Dispatchers, Messages, Operators, Residents, Time
from komek.desks.console.demo.cases import Cases
from komek.desks.console.demo.notes import Notes
from komek.desks.console.demo.player import Player, unhurried_garbage
from komek.desks.console.demo.roster import Roster
from komek.desks.console.demo.stage import Stage
from komek.platform import audit, facts

ACTOR = "console:demo"
# After a longer absence the city is not played day by day: whoever comes back wants to see it now.
LONGEST_ABSENCE = timedelta(days=3)
# The last hours before the present are played without those whose seats a visitor may take.
HANDING_OVER = timedelta(hours=6)
FACTS_A_BATCH = 500
ONE_AT_A_TIME = 0x64656D6F

Tell = Callable[[int], object]


class AlreadyPlaying(Exception):
    """Another process plays this city."""


class BrokenOff(Exception):
    """The second process has failed; what it wrote is in the log of the first."""


class History:
    """What is still to be played of the past; `stage` makes one stage for each process."""

    def __init__(self, stage: Callable[[], Stage], notes: Notes, *, until: datetime) -> None:
        self.notes = notes
        self.until = until
        last = remembering.last_arrival()
        self.is_new = last is None
        self.since = self._since(last)
        # Calls are longer than the way to the next one: the log may be ahead of the last arrival, and never goes back.
        self.written = max(self.since, remembering.written_to() or self.since)
        self.front, self.back = stage(), stage()
        cases = Cases(self.front.material, self.front.stories, self.front.dice)
        self.residents = Residents(self.front, cases)
        self.operators = Operators(self.front, cases)
        for follow in (Dispatchers, Controllers, Messages, Time):
            follow(self.back)
        self.arrivals = list(self.front.stories.between(self.since, until, contacts=notes.contacts_a_day))
        self._arrived = 0

    def play(self, *, tell: Tell) -> None:
        """Play it to the end."""
        if not self.is_new:
            for fact in (*remembering.standing(), *remembering.heard(at=self.since)):
                self.front.hear(fact)
                self.back.hear(fact)
        self._plan_shifts()
        for at, key in self.arrivals:
            self.front.plan(at, partial(self._arrive, key))
        follower = Follower(self.back, since=self.written, handed_over=self.until - HANDING_OVER)
        if connection.in_atomic_block:
            # What is not committed no other process can see: one after the other.
            self._play(tell, follower.follow)
            return
        with _second_process(follower) as ahead:
            self._play(tell, lambda at, said: ahead.send((at, said)))

    def _play(self, tell: Tell, follow: Callable[[datetime, list[object]], object]) -> None:
        front = Player(self.front, since=self.written)

        def told(at: datetime, said: list[object]) -> None:
            tell(self._arrived)
            self._arrived = 0
            follow(at, [fact for fact in said if type(fact) in self.back.hearings])

        with one_at_a_time(), audit.acting(ACTOR), unhurried_garbage():
            handed_over = self.until - HANDING_OVER
            if self.written < handed_over:
                front.play(until=handed_over, tell=told)
            self.front.cast.leave_to_themselves(self.front.cast.named)
            front.play(until=self.until, tell=told)
            follow(self.until, [])

    def _since(self, last: datetime | None) -> datetime:
        if last is None:
            return self.notes.began_at
        is_made = last > self.notes.began_at + timedelta(days=self.notes.days) - timedelta(hours=6)
        return max(last, self.until - LONGEST_ABSENCE) if is_made else last

    def _arrive(self, key: str, at: datetime) -> None:
        self.residents.reach_out(key, at)
        self._arrived += 1

    def _plan_shifts(self) -> None:
        """The people of each day; on the last one none of those whose seats a visitor may take."""
        roster = Roster(self.front, self.operators, contacts_a_day=self.notes.contacts_a_day)
        zone, a_day = self.front.zone, timedelta(days=1)
        day, last = (moment.astimezone(zone).date() for moment in (self.since - a_day, self.until))
        handed_over = (self.until - a_day).astimezone(zone).date()
        while day <= last:
            roster.plan(day, since=self.written, without=self.front.cast.named if day >= handed_over else frozenset())
            day += a_day


class Follower:
    """Plays what follows from the facts of the first process: work, checks, decisions, answers."""

    def __init__(self, stage: Stage, *, since: datetime, handed_over: datetime) -> None:
        self.stage = stage
        self.handed_over = handed_over
        self.player = Player(stage, since=since)

    def follow(self, at: datetime, said: list[object]) -> None:
        """Hear what was said up to a moment, and play up to it."""
        for fact in said:
            self.stage.hear(fact)
        if at > self.handed_over:
            if self.player.since < self.handed_over:
                self.player.play(until=self.handed_over)
            self.stage.cast.leave_to_themselves(self.stage.cast.named)
        self.player.play(until=at)

    def run(self, hears: Connection) -> None:
        """Follow the first process until it ends; while it is not ahead, count what has happened."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        with audit.acting(ACTOR), unhurried_garbage():
            while told := _told(hears):
                self.follow(*told)
                while not hears.poll() and facts.catch_up(batch=FACTS_A_BATCH, most=FACTS_A_BATCH):
                    pass


def _told(hears: Connection) -> tuple[datetime, list[object]] | None:
    """All that the first process has said meanwhile; None when it has ended, or died."""
    try:
        at, said = hears.recv()
    except EOFError:
        return None
    try:
        while hears.poll():
            at, more = hears.recv()
            said += more
    except EOFError:
        pass
    return at, said


@contextmanager
def _second_process(follower: Follower) -> Iterator[Connection]:
    """The follower in a process of its own; whoever leaves waits until it has caught up."""
    context = multiprocessing.get_context("fork")
    hears, ahead = context.Pipe(duplex=False)
    # A connection is one process's own: each opens another.
    connections.close_all()

    def follow() -> None:
        ahead.close()
        follower.run(hears)

    process = context.Process(target=follow, daemon=True)
    process.start()
    hears.close()
    yield ahead
    ahead.close()
    process.join()
    if process.exitcode:
        message = "The second process has failed; run it again and it goes on."
        raise BrokenOff(message)


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
