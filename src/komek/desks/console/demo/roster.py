"""Who sits when in the past: a few of the many, each in a shift with breaks, on time more or less."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

from komek.desks.console.demo.actors import Operators
from komek.desks.console.demo.dice import between
from komek.desks.console.demo.pace import MINUTE
from komek.desks.console.demo.stage import Stage

FEWEST, MOST, CONTACTS_A_SEAT = 5, 30, 14
LUNCH_FROM, SHORTEST_WITH_LUNCH = 3.5, 7


@dataclass(frozen=True)
class Shift:
    """Hours of a day, and which part of the day's people work them."""

    begins: int
    hours: int
    share: float


SHIFTS = (Shift(8, 9, 0.4), Shift(11, 9, 0.2), Shift(15, 8, 0.2), Shift(20, 12, 0.2))


class Roster:
    """Plans the shifts of the past."""

    def __init__(self, stage: Stage, operators: Operators, *, contacts_a_day: float) -> None:
        self.stage = stage
        self.operators = operators
        self.people = min(MOST, max(FEWEST, round(contacts_a_day / CONTACTS_A_SEAT)))

    def plan(self, day: date, *, since: datetime, without: frozenset[int]) -> None:
        """Let the people of one day come and go; steps before `since` have been taken already."""
        chance = self.stage.dice.of("roster", day)
        able = [agent for agent in self.stage.cast.operators if agent.pk not in without]
        chance.shuffle(able)
        for shift in SHIFTS:
            for place in range(max(1, round(self.people * shift.share))):
                # The first of a shift speaks every language, so that nobody waits for the morning.
                agent = next((one for one in able if place or len(one.languages) > 2), able[0] if able else None)  # noqa: PLR2004 - two of three
                if agent is None:
                    return
                able.remove(agent)
                self._plan(agent, shift, day, since=since)

    def _plan(self, agent: Any, shift: Shift, day: date, *, since: datetime) -> None:
        chance = self.stage.dice.of("shift", day, agent.pk)
        begins = datetime.combine(day, time(shift.begins), tzinfo=self.stage.zone).astimezone(UTC)
        ends = begins + timedelta(hours=shift.hours)
        comes = begins + timedelta(minutes=chance.uniform(-5, 5))
        goes = ends + timedelta(minutes=chance.uniform(0, 8))
        if goes < since:
            return
        if comes > since:
            self.stage.plan(comes, partial(self.operators.sit_down, agent.pk))
        else:
            self.stage.plan(since, partial(self.operators.come_back, agent.pk))
        breaks = [
            (2.0, "rest", between(chance, 9, 17, unit=MINUTE)),
            (6.5, "rest", between(chance, 9, 17, unit=MINUTE)),
        ]
        if shift.hours >= SHORTEST_WITH_LUNCH:
            breaks.append((LUNCH_FROM + chance.random(), "lunch", between(chance, 30, 48, unit=MINUTE)))
        for after, reason, lasts in breaks:
            at = begins + timedelta(hours=after, minutes=chance.uniform(0, 40))
            if at > since:
                self.stage.plan(at, partial(self.operators.rest, agent.pk, reason, lasts))
        self.stage.plan(goes, partial(self.operators.go_home, agent.pk))
