"""Who rings when, and what kind of person they are: drawn from a seed, so that a day can be had again."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

# The city's languages by how many choose them, and the key of each.
SHARES = (("kk", 0.45), ("ru", 0.52), ("en", 0.03))
KEYS = {"kk": "1", "ru": "2", "en": "3"}
EMERGENCY_KEY, CALL_BACK_KEY = "0", "1"

CALL_BACK_SHARE, URGENT_SHARE, IMPATIENT_SHARE = 0.10, 0.05, 0.30
PATIENCE_SECONDS = 180.0
# Most calls are short and some are long: the mean, and how far the logarithms spread.
TALK_SECONDS, TALK_SPREAD = 240.0, 0.6
# A number nobody has: the country has no network 700 at this exchange.
RANGE = "+7700555"
HOUR = 3600.0


class Profile(StrEnum):
    DAY = "day"
    STORM = "storm"


@dataclass(frozen=True)
class Person:
    """One who rings: times in seconds from the beginning; without patience given they wait for as long as it takes."""

    after: float
    number: str
    language: str
    talk_seconds: float
    patience: float = math.inf
    # So long they wait before they ask to be called back; None for those who never do.
    call_back_after: float | None = None
    urgent: bool = False


@dataclass(frozen=True)
class Pace:
    """So many calls an hour from this second on, changing evenly up to the next."""

    at: float
    an_hour: float


# Ten ordinary minutes, in a minute five times as many, twenty minutes of it, and back.
STORM = (Pace(0, 450), Pace(600, 450), Pace(660, 2250), Pace(1860, 2250), Pace(1920, 450), Pace(2520, 450))
DAY = (Pace(0, 356), Pace(HOUR, 356))
PACES = {Profile.DAY: DAY, Profile.STORM: STORM}


def length(profile: Profile) -> float:
    """How many seconds the profile has of its own; a day goes on like that."""
    return PACES[profile][-1].at


def people(
    profile: Profile, *, seed: int, seconds: float | None = None, speed: float = 1.0, scale: float = 1.0
) -> list[Person]:
    """Everybody who rings in so many seconds of the profile; `speed` shortens every time, `scale` changes how many ring."""
    dice = random.Random(f"{profile}:{seed}")  # noqa: S311 - no secret
    until = length(profile) if seconds is None else seconds
    drawn = [_person(dice, place, after) for place, after in enumerate(_moments(dice, profile, until, scale))]
    return [_faster(one, speed) for one in drawn]


def rate(profile: Profile, at: float) -> float:
    """How many an hour ring at this second."""
    paces = PACES[profile]
    for before, behind in pairwise(paces):
        if before.at <= at < behind.at:
            share = (at - before.at) / (behind.at - before.at)
            return before.an_hour + share * (behind.an_hour - before.an_hour)
    return paces[-1].an_hour


def _moments(dice: random.Random, profile: Profile, until: float, scale: float) -> Iterator[float]:
    """A Poisson stream by thinning: drawn at the highest rate, kept by the one of the moment."""
    highest = max(pace.an_hour for pace in PACES[profile])
    at = 0.0
    while True:
        at += dice.expovariate(highest * scale / HOUR)
        if at >= until:
            return
        if dice.random() < rate(profile, at) / highest:
            yield at


def _person(dice: random.Random, place: int, after: float) -> Person:
    language = dice.choices([name for name, _ in SHARES], [share for _, share in SHARES])[0]
    impatient, asks, urgent = (dice.random() < share for share in (IMPATIENT_SHARE, CALL_BACK_SHARE, URGENT_SHARE))
    return Person(
        after=after,
        number=f"{RANGE}{place:04}",
        language=language,
        talk_seconds=dice.lognormvariate(math.log(TALK_SECONDS) - TALK_SPREAD**2 / 2, TALK_SPREAD),
        patience=dice.expovariate(1 / PATIENCE_SECONDS) if impatient else math.inf,
        call_back_after=dice.uniform(5, 60) if asks and not urgent else None,
        urgent=urgent,
    )


def _faster(one: Person, speed: float) -> Person:
    return replace(
        one,
        after=one.after / speed,
        talk_seconds=one.talk_seconds / speed,
        patience=one.patience / speed,
        call_back_after=None if one.call_back_after is None else one.call_back_after / speed,
    )
