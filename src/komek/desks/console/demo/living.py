"""The present: a day that goes on, at a pace a visitor can watch.

It keeps nothing: whoever is killed looks at the city and plans anew. It never acts for somebody who is really here,
and it steps back when more has come than the city works off.
"""

import math
import time
from datetime import datetime, timedelta
from functools import partial

from komek.desks.console.demo import remembering
from komek.desks.console.demo.actors import Controllers, Dispatchers, Messages, Operators, Residents
from komek.desks.console.demo.building import announce_bulletins
from komek.desks.console.demo.cases import Cases
from komek.desks.console.demo.dice import between
from komek.desks.console.demo.ears import Ears
from komek.desks.console.demo.history import one_at_a_time
from komek.desks.console.demo.pace import MINUTE, Brisk, Pace
from komek.desks.console.demo.people import really_here
from komek.desks.console.demo.stage import Stage
from komek.desks.console.demo.stories import PRESENT
from komek.platform import audit
from komek.platform.clock import now
from komek.platform.models import Unread
from komek.registers.staff.rules import Role
from komek.rooms.control import queries as control
from komek.rooms.intake import queries as intake
from komek.rooms.intake.rules import SeatState

ACTOR = "console:simulate"
A_BREATH = 0.5
LOOK_AROUND = timedelta(seconds=5)
# In the busiest hour somebody reaches out so often; at night a little more seldom, so that something always moves.
BUSIEST = timedelta(seconds=12)
QUIETEST = 0.6
# A conversation and its paperwork.
HANDLED_IN = timedelta(seconds=140)
FEWEST_SEATS = 4
MOST_WAITING, MOST_OPEN, MOST_UNCOUNTED = 12, 900, 5_000
OVERDUE_SPREAD = 240.0
RESTS, LONGEST_REST = 0.02, timedelta(minutes=6)


class Living:
    """Everybody who is not here in person, from now on."""

    def __init__(self, stage: Stage, *, speed: float) -> None:
        self.stage = stage
        self.speed = speed
        cases = Cases(stage.material, stage.stories, stage.dice)
        self.residents = Residents(stage, cases)
        self.operators = Operators(stage, cases)
        Dispatchers(stage)
        Controllers(stage)
        Messages(stage)
        self.overloaded = False
        stage.stories.near = frozenset(topic.code for topic in stage.topics() if topic.service_code in self._visited())

    def run(self) -> None:
        """Live until somebody stops it."""
        with one_at_a_time(), audit.acting(ACTOR):
            ears = Ears(self.stage.hearings)
            self._take_up(at=now())
            self._look_around(now())
            self.stage.plan(now(), self._let_in)
            while True:
                for fact in ears.new():
                    self.stage.hear(fact)
                while due := self.stage.next_until(now()):
                    self.stage.take(due, at=now())
                time.sleep(A_BREATH)

    def _take_up(self, *, at: datetime) -> None:
        """What stands open goes on as slowly as it began, and what should have been done already is done by and by."""
        self.stage.pace = Pace()
        for fact in (*remembering.standing(), *remembering.heard(at=at)):
            self.stage.hear(fact)
        for due in self.stage.plans:
            if due.at < at:
                due.at = at + between(self.stage.dice.of("late", at, due.place), 0, OVERDUE_SPREAD)
        self.stage.plans.sort()
        self.stage.pace = Brisk(self.speed)

    def _visited(self) -> set[str]:
        """The services whose dispatcher a visitor may be."""
        named = (self.stage.cast.by_id[agent_id] for agent_id in self.stage.cast.named)
        return {agent.service.code for agent in named if agent.role == Role.DISPATCHER and agent.service}

    def _let_in(self, at: datetime) -> None:
        """Let somebody reach out, and plan the next."""
        key = f"{PRESENT}:{int(at.timestamp() * 1000)}"
        chance = self.stage.dice.of("next", key)
        wait = timedelta(seconds=chance.expovariate(1 / self._every(at).total_seconds()))
        self.stage.plan(at + max(wait, timedelta(seconds=1)), self._let_in)
        if not self.overloaded:
            self.residents.reach_out(key, at)

    def _every(self, at: datetime) -> timedelta:
        local = at.astimezone(self.stage.zone)
        busy = self.stage.material.weight(local.weekday(), local.hour) / self.stage.material.busiest
        return BUSIEST / (QUIETEST + (1 - QUIETEST) * busy) / self.speed

    def _look_around(self, at: datetime) -> None:
        """See who is here in person, how much has piled up, and whether enough people sit at the telephones."""
        self.stage.plan(at + LOOK_AROUND, self._look_around)
        self.stage.cast.leave_to_themselves(self.stage.cast.named | really_here(at=at))
        waiting = sum(count.count for count in intake.queue_counts())
        self.overloaded = (
            waiting > MOST_WAITING
            or control.counts(at=at)["open"] > MOST_OPEN
            or Unread.objects.count() > MOST_UNCOUNTED
        )
        self._seat(at, waiting)
        announce_bulletins(self.stage, at=at)

    def _seat(self, at: datetime, waiting: int) -> None:
        """As many seats as the hour needs: somebody comes, goes or rests, one at a time."""
        taken = [seat for seat in intake.seats() if self.stage.cast.plays(seat.agent_id)]
        resting = [seat for seat in taken if seat.state == SeatState.BREAK]
        working = len(taken) - len(resting)
        needed = max(FEWEST_SEATS, math.ceil(HANDLED_IN / self.speed / self._every(at)))
        chance = self.stage.dice.of("floor", at)
        for seat in resting:
            if at - seat.since > LONGEST_REST or waiting > MOST_WAITING / 2:
                self.operators.sit_down(seat.agent_id, at)
        if working < needed:
            here = {seat.agent_id for seat in taken}
            absent = [agent for agent in self.stage.cast.operators if agent.pk not in here | self.stage.cast.away]
            if absent:
                # Whoever begins an hour's work is the same all hour long.
                turn = self.stage.dice.of("turn", at.date(), at.hour)
                turn.shuffle(absent)
                self.operators.sit_down(absent[0].pk, at)
        elif working > needed + 2 and waiting <= FEWEST_SEATS:
            self.operators.go_home(chance.choice(taken).agent_id, at)
        elif working >= needed and chance.random() < RESTS * LOOK_AROUND.total_seconds():
            tired = chance.choice(taken)
            lasts = between(chance, 1, 5, unit=MINUTE)
            self.stage.plan(at, partial(self.operators.rest, tired.agent_id, "rest", lasts))
