"""Norms: the promised time of a topic, as people write it."""

import re
from dataclasses import dataclass
from enum import StrEnum

from komek.registers.calendar.rules.refusals import BadNorm


class Unit(StrEnum):
    """What a norm is counted in."""

    NOW = "now"
    HANDOVER = "handover"
    MINUTES = "minutes"
    HOURS = "hours"
    WORKING_DAYS = "working_days"


LETTERS = {"m": Unit.MINUTES, "h": Unit.HOURS, "wd": Unit.WORKING_DAYS}
ONE_YEAR = {Unit.NOW: 0, Unit.HANDOVER: 0, Unit.MINUTES: 366 * 24 * 60, Unit.HOURS: 366 * 24, Unit.WORKING_DAYS: 366}
AT_ONCE = frozenset({Unit.NOW, Unit.HANDOVER})


@dataclass(frozen=True)
class Norm:
    """A promised time; `round_the_clock` lets minutes and hours run at night too, working days never do."""

    amount: int
    unit: Unit
    round_the_clock: bool = False

    def __post_init__(self) -> None:
        """Refuse amounts that promise nothing or too much."""
        least = 0 if self.at_once else 1
        if not least <= self.amount <= ONE_YEAR[self.unit]:
            raise BadNorm(f"{self.amount} {self.unit}")

    def __str__(self) -> str:
        """The norm as it is written in the catalog."""
        if self.at_once:
            return self.unit.value
        letter = next(letter for letter, unit in LETTERS.items() if unit is self.unit)
        return f"{self.amount}{letter}"

    @property
    def at_once(self) -> bool:
        """Kept within the contact itself, so that no clock is left to run."""
        return self.unit in AT_ONCE


def parse_norm(text: str, *, round_the_clock: bool = False) -> Norm:
    """Read `now`, `handover`, `30m`, `4h` or `3wd`."""
    word = text.strip().lower()
    if word in {unit.value for unit in AT_ONCE}:
        return Norm(0, Unit(word), round_the_clock)
    found = re.fullmatch(r"(\d{1,6})\s*(m|h|wd)", word, re.ASCII)
    if not found:
        raise BadNorm(text)
    return Norm(int(found[1]), LETTERS[found[2]], round_the_clock)
