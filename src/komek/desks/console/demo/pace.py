"""How long people take: in the past as in a city, in the present as a visitor can watch."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from komek.desks.console.demo.dice import between

MINUTE, HOUR = 60.0, 3600.0
USUAL_PROMISE = timedelta(hours=8)
# Nobody drives anywhere, works and reports in less.
SHORTEST_WORK = timedelta(minutes=25)
LONGEST_PAPERWORK = timedelta(seconds=140)
LASTS = 0.1


@dataclass(frozen=True)
class Work:
    """How an order goes: each from the moment it was sent."""

    accept: timedelta
    set_out: timedelta
    arrive: timedelta
    report: timedelta


class Pace:
    """How long each thing takes somebody in a city."""

    never_sleeps = False

    def pick_up(self, chance: Random) -> timedelta:
        """From the offer to the first word."""
        return between(chance, 2, 12)

    def patience(self, chance: Random) -> timedelta:
        """How long a caller waits."""
        return between(chance, 70, 600)

    def talk(self, chance: Random) -> timedelta:
        """A conversation."""
        return timedelta(seconds=min(900.0, chance.lognormvariate(4.9, 0.5)))

    def wrap_up(self, chance: Random) -> timedelta:
        """Writing down the rest."""
        return between(chance, 8, 70)

    def lingers(self, spent: timedelta, waited: timedelta | None, chance: Random) -> bool:
        """Whether the paperwork is drawn out so that a visitor can be quicker."""
        del spent, waited, chance
        return False

    def work(self, chance: Random, *, sent_at: datetime, due_at: datetime | None) -> Work:
        """Most promises are kept, one in ten is not."""
        promised = (due_at - sent_at) if due_at else USUAL_PROMISE
        report = max(SHORTEST_WORK * chance.uniform(0.6, 1.2), promised * min(3.0, chance.lognormvariate(-0.72, 0.52)))
        return Work(
            accept=report * chance.uniform(0.02, 0.16),
            set_out=report * chance.uniform(0.3, 0.5),
            arrive=report * chance.uniform(0.55, 0.7),
            report=report,
        )

    def again(self, chance: Random) -> timedelta:
        """What was returned is done once more."""
        return between(chance, 20, 300, unit=MINUTE)

    def check(self, chance: Random) -> timedelta:
        """Until the second line looks at what is said to be done."""
        return between(chance, 10, 240, unit=MINUTE)

    def decide(self, chance: Random) -> timedelta:
        """Until the second line decides."""
        return between(chance, 5, 150, unit=MINUTE)

    def reply(self, chance: Random) -> timedelta:
        """Until a resident answers."""
        return between(chance, 0.2, 40, unit=HOUR)

    def call_back(self, chance: Random) -> timedelta:
        """Until somebody of the first line calls."""
        return between(chance, 10, 300, unit=MINUTE)

    def fetch(self, chance: Random) -> timedelta:
        """Until another system asks for its messages."""
        return between(chance, 5, 60)


class Brisk(Pace):
    """A day that a visitor can watch: what takes a city hours takes minutes, and somebody waits for the visitor."""

    never_sleeps = True

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed

    def pick_up(self, chance: Random) -> timedelta:
        return between(chance, 2, 9)

    def patience(self, chance: Random) -> timedelta:
        return between(chance, 4, 12, unit=MINUTE)

    def talk(self, chance: Random) -> timedelta:
        return between(chance, 35, 130) / self.speed

    def wrap_up(self, chance: Random) -> timedelta:
        return between(chance, 10, 25) / self.speed

    def lingers(self, spent: timedelta, waited: timedelta | None, chance: Random) -> bool:
        """Paperwork goes on until somebody has waited so long that a visitor would have taken them."""
        left_to_visitors = between(chance, 20, 60) / self.speed
        return spent < LONGEST_PAPERWORK / self.speed and (waited is None or waited < left_to_visitors)

    def work(self, chance: Random, *, sent_at: datetime, due_at: datetime | None) -> Work:
        del sent_at, due_at
        longest = 360 if chance.random() < LASTS else 25
        accept = between(chance, 0.4, 5, unit=MINUTE)
        set_out = accept + between(chance, 0.3, 3, unit=MINUTE)
        arrive = set_out + between(chance, 1, 6, unit=MINUTE)
        report = arrive + between(chance, 2, longest, unit=MINUTE)
        return Work(accept / self.speed, set_out / self.speed, arrive / self.speed, report / self.speed)

    def again(self, chance: Random) -> timedelta:
        return between(chance, 2, 20, unit=MINUTE) / self.speed

    def check(self, chance: Random) -> timedelta:
        return between(chance, 1, 9, unit=MINUTE) / self.speed

    def decide(self, chance: Random) -> timedelta:
        return between(chance, 2, 12, unit=MINUTE) / self.speed

    def reply(self, chance: Random) -> timedelta:
        return between(chance, 1, 30, unit=MINUTE) / self.speed

    def call_back(self, chance: Random) -> timedelta:
        return between(chance, 1, 12, unit=MINUTE) / self.speed
